import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import { parseJson } from '#core/json/parse';
import type { JsonObject, JsonValue } from '#core/json/value';
import type { Signer } from '#core/sigstore/signer';
import { extractFacts } from './extract-facts.ts';
import type { Facts, ProvenanceFacts } from './facts.ts';
import { fixtures, keySigner, signerFor, statementOf, type Fixture } from './fixtures.test-data.ts';

function provenance({ statement, signer }: Fixture): ProvenanceFacts {
  const facts = extractFacts(statement, signer);
  if (facts.kind !== 'provenance') throw new Error(facts.kind);
  return facts;
}

/** The fixture with its predicate passed through an edit of its JSON text. */
function edited(fixture: Fixture, edit: (predicate: string) => string): Fixture {
  const { predicateType, predicate } = fixture.statement;
  const text = edit(JSON.stringify(predicate));
  return { ...fixture, statement: statementOf(predicateType, parseJson(text)) };
}

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return reasonOf(error).code;
  }
}

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

describe('facts of provenance', () => {
  test.each(Object.entries(fixtures))('%s: source, run and workflow', (name, fixture) => {
    const facts = provenance(fixture);
    const certified = (value: string): object => ({ value, by: 'certificate' });
    expect(facts).toMatchObject({
      sourceRepository: certified('https://github.com/octo/app'),
      sourceRef: certified('refs/tags/v1.2.3'),
      sourceTag: certified('v1.2.3'),
      sourceDigest: certified(COMMIT),
      workflowPath: certified('.github/workflows/release.yml'),
      trigger: certified('push'),
      runnerEnvironment: certified('github-hosted'),
      repositoryId: certified('11'),
      ownerId: certified('22'),
      invocationId: { by: 'certificate' },
      buildType: { by: 'builder' },
      builderId: { by: name === 'delegated builder' ? 'builder' : 'certificate' },
    });
    expect(facts.dependencies.value).toHaveLength(1);
  });

  test('a field that only the certificate has is named by its extension', () => {
    const { statement, signer } = fixtures['npm v1'];
    expect(provenance({ statement, signer }).runnerEnvironment).toEqual({
      value: 'github-hosted',
      path: 'runnerEnvironment',
      by: 'certificate',
    });
    const facts = provenance({
      statement,
      signer: signerFor(signer.identity ?? '', { runnerEnvironment: undefined }),
    });
    expect(facts.runnerEnvironment).toBeUndefined();
  });

  test('a key bears nothing out, and adds nothing', () => {
    const facts = provenance({ ...fixtures['npm v1'], signer: keySigner });
    expect(facts.sourceRepository?.by).toBe('builder');
    expect(facts.runnerEnvironment).toBeUndefined();
  });

  test('signed by a key, a document that contradicts itself is refused', () => {
    const fixture = edited(fixtures['generic generator'], (text) =>
      text.replace('"github_ref":"refs/tags/v1.2.3"', '"github_ref":"refs/tags/v1.2.4"'),
    );
    expect(codeOf(() => provenance(fixture))).toBe('PROVENANCE_CONTRADICTS_CERTIFICATE');
    expect(codeOf(() => provenance({ ...fixture, signer: keySigner }))).toBe('PROVENANCE_INVALID');
  });

  test('v0.2 claims of completeness', () => {
    const facts = provenance(
      edited(fixtures['generic generator'], (text) =>
        text
          .replace('"materials":false', '"materials":true')
          .replace('"reproducible":false', '"reproducible":true'),
      ),
    );
    expect(facts).toMatchObject({
      dependenciesComplete: { value: true, by: 'builder' },
      reproducible: { value: true, by: 'builder' },
      hermetic: undefined,
    });
  });

  test('the hermetic statement of our own builder', () => {
    const statement = '"edgeseal_hermetic":{"network":"none","fetchPhase":"declared"}';
    const facts = (text: string): ProvenanceFacts =>
      provenance(
        edited(fixtures['GitHub attestation'], (all) => all.replace('"github":{', `${text},"github":{`)),
      );
    expect(facts(statement)).toMatchObject({
      hermetic: { value: true },
      dependenciesComplete: { value: true },
    });
    expect(facts(statement.replace('none', 'host')).hermetic?.value).toBe(false);
    expect(codeOf(() => facts('"edgeseal_hermetic":[]'))).toBe('PROVENANCE_INVALID');
  });

  test.each(['buildInvocationID', 'buildInvocationId'])('the invocation id under %s', (key) => {
    const facts = provenance(
      edited(fixtures['generic generator'], (text) => text.replace('buildInvocationID', key)),
    );
    expect(facts.invocationId).toEqual({
      value: '77-2',
      path: `predicate.metadata.${key}`,
      by: 'certificate',
    });
  });

  test('two invocation ids that differ are refused', () => {
    const fixture = edited(fixtures['generic generator'], (text) =>
      text.replace('"buildInvocationID"', '"buildInvocationId":"77-1","buildInvocationID"'),
    );
    expect(codeOf(() => provenance(fixture))).toBe('PROVENANCE_INVALID');
  });
});

describe('the branch of a source', () => {
  const generic = fixtures['generic generator'];
  const branchSigner = signerFor(generic.signer.identity ?? '', {
    sourceRepositoryRef: 'refs/heads/main',
    buildConfigUri: 'https://github.com/octo/app/.github/workflows/release.yml@refs/heads/main',
  });
  const onBranch = (text: string): string => text.replaceAll('refs/tags/v1.2.3', 'refs/heads/main');
  const event = (name: string, signer: Signer, edit: (text: string) => string): Fixture => ({
    ...edited(generic, (text) =>
      edit(text.replace('"github_event_name":"push"', `"github_event_name":"${name}"`)),
    ),
    signer: { ...signer, extensions: { ...signer.extensions, buildTrigger: name } },
  });
  const noBase = (text: string): string => text.replace('"base_ref":"refs/heads/main",', '');
  const target = '"github_event_payload":{"release":{"target_commitish":"release-1"},';

  test.each([
    ['push to a branch', event('push', branchSigner, onBranch), 'main', undefined, 'certificate'],
    ['schedule', event('schedule', branchSigner, onBranch), 'main', undefined, 'certificate'],
    [
      'push of a tag from a branch',
      event('push', generic.signer, (text) => text),
      'main',
      'v1.2.3',
      'builder',
    ],
    ['push of a tag from a commit', event('push', generic.signer, noBase), undefined, 'v1.2.3', undefined],
    [
      'a base that is null',
      event('push', generic.signer, (text) =>
        text.replace('"base_ref":"refs/heads/main"', '"base_ref":null'),
      ),
      undefined,
      'v1.2.3',
      undefined,
    ],
    [
      'a base that is a tag',
      event('push', generic.signer, (text) =>
        text.replace('"base_ref":"refs/heads/main"', '"base_ref":"refs/tags/x"'),
      ),
      undefined,
      'v1.2.3',
      undefined,
    ],
    [
      'release',
      event('release', generic.signer, (text) => text.replace('"github_event_payload":{', target)),
      'release-1',
      'v1.2.3',
      'builder',
    ],
    [
      'a tag dispatched by hand',
      event('workflow_dispatch', generic.signer, (text) => text),
      undefined,
      'v1.2.3',
      undefined,
    ],
    [
      'base ref of the context',
      event('workflow_dispatch', generic.signer, (text) =>
        text.replace('"github_base_ref":""', '"github_base_ref":"refs/heads/dev"'),
      ),
      'dev',
      'v1.2.3',
      'builder',
    ],
  ])('%s', (_name, fixture, branch, tag, by) => {
    const facts = provenance(fixture);
    expect([facts.sourceBranch?.value, facts.sourceTag?.value, facts.sourceBranch?.by]).toEqual([
      branch,
      tag,
      by,
    ]);
  });
});

describe('inputs of a workflow_dispatch', () => {
  const dispatched = (fixture: Fixture, edit: (text: string) => string): Fixture => ({
    ...edited(fixture, (text) =>
      edit(text.replaceAll(/("(?:github_)?event_name"):"push"/g, '$1:"workflow_dispatch"')),
    ),
    signer: {
      ...fixture.signer,
      extensions: { ...fixture.signer.extensions, buildTrigger: 'workflow_dispatch' },
    },
  });
  const generic = fixtures['generic generator'];
  const inPayload = (text: string): string =>
    text.replace('"github_event_payload":{', '"github_event_payload":{"inputs":{"v":"1"},');
  const inParameters = (text: string): string =>
    text.replace('"parameters":{}', '"parameters":{"event_inputs":{"v":"1"}}');
  const external = (text: string): string =>
    text.replace('"externalParameters":{', '"externalParameters":{"inputs":{"v":"1"},');
  test.each([
    ['from the payload', dispatched(generic, inPayload), { v: '1' }],
    ['from the parameters', dispatched(generic, inParameters), { v: '1' }],
    ['from external parameters', dispatched(fixtures['GitHub attestation'], external), { v: '1' }],
    ['null', dispatched(generic, (text) => inPayload(text).replace('{"v":"1"}', 'null')), undefined],
    ['another event has none', edited(generic, (text) => inParameters(inPayload(text))), undefined],
  ])('%s', (_name, fixture, inputs) => expect(provenance(fixture).workflowInputs?.value).toEqual(inputs));
});

describe('source and trigger', () => {
  const other = `git+https://github.com/octo/app@refs/heads/main`;
  const at =
    (uri: string) =>
    (text: string): string =>
      text.replace(/"(materials|resolvedDependencies)":\[\{"uri":"[^"]*"/, `"$1":[{"uri":"${uri}"`);
  test.each(Object.entries(fixtures))(
    '%s: the source that was built is the one that triggered',
    (_name, fixture) => {
      expect(codeOf(() => provenance(edited(fixture, at(other))))).toBe('PROVENANCE_INVALID');
      expect(
        codeOf(() => provenance(edited(fixture, at('git+https://github.com/evil/app@refs/tags/v1.2.3')))),
      ).toBe('PROVENANCE_INVALID');
      expect(codeOf(() => provenance(edited(fixture, at('https://example.com/x'))))).toBe(
        'PROVENANCE_INVALID',
      );
      expect(
        codeOf(() =>
          provenance(
            edited(fixture, (text) => text.replace(/"(materials|resolvedDependencies)":\[.*?\]/, '"$1":[]')),
          ),
        ),
      ).toBe('PROVENANCE_INVALID');
    },
  );

  const bare = at('git+https://github.com/octo/app');
  test('a delegated builder may build another commit: then the ref is unknown', () => {
    const fixture = edited(fixtures['delegated builder'], (text) =>
      bare(text).replace(/("materials":.*"sha1":)"[^"]*"/, `$1"${'9'.repeat(40)}"`),
    );
    expect(provenance(fixture)).toMatchObject({
      sourceRef: undefined,
      sourceTag: undefined,
      sourceBranch: undefined,
      sourceDigest: { value: '9'.repeat(40), by: 'builder' },
      sourceRepository: { by: 'certificate' },
    });
  });
  test("npm's first builds state no ref, and build what triggered them", () => {
    const old = (text: string): string => bare(text).replace('npm/cli/gha/v2', 'npm/cli/gha@v1');
    expect(provenance(edited(fixtures['npm v0.2'], old)).sourceRef?.value).toBe('refs/tags/v1.2.3');
    expect(codeOf(() => provenance(edited(fixtures['npm v0.2'], bare)))).toBe('PROVENANCE_INVALID');
  });
});

describe('times', () => {
  const fixture = (finished: string): Fixture =>
    edited(fixtures['GitHub attestation'], (text) =>
      text.replace('"invocationId"', `"finishedOn":"${finished}","invocationId"`),
    );
  test.each([
    ['2026-01-02T11:59:00Z', 'log'],
    ['2026-01-02T12:04:59Z', 'log'],
    ['2026-01-02T12:06:00Z', 'builder'],
    ['2025-12-29T00:00:00Z', 'log'],
    ['2025-12-01T00:00:00Z', 'builder'],
  ])('%s is borne out by the %s', (time, by) =>
    expect(provenance(fixture(time)).finishedOn).toMatchObject({ value: time, by }),
  );
  test('no time without Z', () =>
    expect(codeOf(() => provenance(fixture('2026-01-02T12:00:00+00:00')))).toBe('PROVENANCE_INVALID'));
});

describe('other predicates', () => {
  const publish = 'https://github.com/npm/attestation/tree/main/specs/publish/v0.1';
  const package_ = (name: string, version = '1.0.0'): JsonObject => ({
    name,
    version,
    registry: 'https://registry.example',
  });
  const of = (type: string, predicate: JsonValue, subject = 'pkg:npm/%40octo/app@1.0.0'): Facts => {
    const statement = statementOf(type, predicate);
    return extractFacts(
      { ...statement, subjects: statement.subjects.map((each) => ({ ...each, name: subject })) },
      keySigner,
    );
  };
  test('publish', () =>
    expect(of(publish, package_('@octo/app'))).toMatchObject({
      kind: 'publish',
      name: '@octo/app',
      version: '1.0.0',
    }));
  test.each([
    ['another name', publish, package_('@octo/other'), 'PREDICATE_INVALID'],
    ['another version', publish, package_('@octo/app', '2.0.0'), 'PREDICATE_INVALID'],
    ['no name', publish, {}, 'PREDICATE_INVALID'],
    ['no object', publish, 'x', 'PREDICATE_INVALID'],
  ])('publish: %s', (_name, type, predicate, code) => expect(codeOf(() => of(type, predicate))).toBe(code));
  test.each([
    ['https://slsa.dev/provenance/v1', 'PROVENANCE_INVALID'],
    ['https://slsa.dev/provenance/v1.0', 'PROVENANCE_INVALID'],
    ['https://slsa.dev/provenance/v0.2', 'PROVENANCE_INVALID'],
    ['https://slsa.dev/verification_summary/v1', 'VSA_INVALID'],
    ['https://cyclonedx.org/bom/v1.6', 'SBOM_INVALID'],
    ['https://spdx.dev/Document', 'SBOM_INVALID'],
    ['https://in-toto.io/attestation/vulns/v0.2', 'PREDICATE_INVALID'],
    ['https://slsa.dev/provenance/v2', undefined],
    ['https://slsa.dev/provenance/v1x', undefined],
    ['https://example.com/x', undefined],
  ])('%s with an empty predicate: %s', (type, code) => expect(codeOf(() => of(type, {}))).toBe(code));

  test('arbitrary predicates give facts or a reason of their own', () => {
    const types = fc.constantFrom(
      'https://slsa.dev/provenance/v1',
      'https://slsa.dev/verification_summary/v1',
      'https://cyclonedx.org/bom',
      'https://spdx.dev/Document',
      'https://in-toto.io/attestation/vulns/v0.2',
      'https://cosign.sigstore.dev/attestation/vuln/v1',
      publish,
    );
    const anyJson = fc.json().map((text) => parseJson(text));
    fc.assert(
      fc.property(types, anyJson, (type, predicate) => {
        expect(codeOf(() => of(type, predicate))).not.toBe('INTERNAL_ERROR');
      }),
    );
  });
});
