import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EdgesealError, reasonOf } from '#core/errors/error';
import { formatPath, type Reason } from '#core/errors/reason';
import { parseJson } from '#core/json/parse';
import { isArray, isObject, type JsonValue } from '#core/json/value';
import type { Signer } from '#core/sigstore/signer';
import { extractFacts } from './extract-facts.ts';
import {
  extensions,
  fixtures,
  keySigner,
  signerFor,
  statementOf,
  type Fixture,
} from './fixtures.test-data.ts';

type Path = readonly (string | number)[];
const families: readonly (readonly [string, Fixture])[] = Object.entries(fixtures);

/** A copy of the predicate with the value at a path replaced; `undefined` takes it away. */
function changed(predicate: JsonValue, path: Path, value: unknown): JsonValue {
  const copy = structuredClone(predicate);
  let parent: unknown = copy;
  for (const key of path.slice(0, -1)) parent = Reflect.get(Object(parent), key);
  const last = path.at(-1) ?? '';
  if (value === undefined) Reflect.deleteProperty(Object(parent), last);
  else Reflect.set(Object(parent), last, value);
  return copy;
}

function pathsOf(value: JsonValue, path: Path = []): Path[] {
  const below = isArray(value)
    ? value.flatMap((item, index) => pathsOf(item, [...path, index]))
    : isObject(value)
      ? Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))
      : [];
  return path.length === 0 ? below : [path, ...below];
}

function reasonFor({ statement }: Fixture, predicate: JsonValue, signer: Signer): Reason | undefined {
  try {
    extractFacts(statementOf(statement.predicateType, predicate), signer);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

describe.each(families)('%s', (name, fixture) => {
  const { predicate } = fixture.statement;

  test('agrees with its certificate', () => {
    expect(reasonFor(fixture, predicate, fixture.signer)).toBeUndefined();
  });

  test('any one of its bound fields changed is refused', () => {
    const free =
      /parameters$|completeness|reproducible|base_ref|ref_type|buildType|builderImage|configPath|github_event_payload$/i;
    const accepted = pathsOf(predicate)
      .filter((path) => !free.test(formatPath(path)))
      .filter((path) => {
        const value = path.reduce<unknown>((at, key) => Reflect.get(Object(at), key), predicate);
        if (typeof value === 'number')
          return reasonFor(fixture, changed(predicate, path, value + 1), fixture.signer) === undefined;
        if (typeof value !== 'string' || value === '') return false;
        const other = /^[0-9a-f]{40}$/.test(value) ? value.replace(/^./, '9') : `${value}x`;
        return reasonFor(fixture, changed(predicate, path, other), fixture.signer) === undefined;
      })
      .map(formatPath);
    // An id that is no workflow, or that a delegator signs for, has nothing in the certificate to stand
    // against: only a policy's (signer, builder) pair trusts it.
    const isFree = fixture.signer === fixtures['delegated builder'].signer || name.startsWith('npm');
    expect(accepted.filter((path) => !isFree || !path.endsWith('builder.id'))).toEqual([]);
  });

  test('any one field of the certificate changed is refused, or not spoken of', () => {
    const spoken = Object.entries(extensions).flatMap(([key, value]) => {
      const signer: Signer = {
        ...fixture.signer,
        extensions: { ...fixture.signer.extensions, [key]: `${value}x` },
      };
      const reason = reasonFor(fixture, predicate, signer);
      return reason === undefined ? [] : [[key, reason.code]];
    });
    expect(new Set(spoken.map(([, code]) => code))).toEqual(new Set(['PROVENANCE_CONTRADICTS_CERTIFICATE']));
    expect(spoken.map(([key]) => key)).toEqual(
      expect.arrayContaining([
        'sourceRepositoryUri',
        'sourceRepositoryRef',
        'sourceRepositoryDigest',
        'buildTrigger',
      ]),
    );
  });

  test('any field dropped or of another kind gives facts or a reason of its own', () => {
    for (const path of pathsOf(predicate)) {
      for (const value of [undefined, null, 1, 'x', '', true, [], {}, [{}], { a: 1 }, 2n ** 70n]) {
        const reason = reasonFor(fixture, changed(predicate, path, value), fixture.signer);
        expect([formatPath(path), reason?.code]).not.toContain('INTERNAL_ERROR');
      }
    }
  });

  test('signed by a key, nothing is borne out by a certificate', () => {
    const facts = extractFacts(fixture.statement, keySigner);
    const voices = Object.values(facts).flatMap((fact: unknown) =>
      typeof fact === 'object' && fact !== null && 'by' in fact ? [fact.by] : [],
    );
    expect(new Set(voices)).toEqual(new Set(['builder']));
  });

  test('arbitrary JSON anywhere gives facts or a reason of its own', () => {
    const anyJson = fc.json().map((text) => parseJson(text));
    fc.assert(
      fc.property(anyJson, fc.constantFrom(...pathsOf(predicate)), (value, path) => {
        for (const document of [value, changed(predicate, path, value)]) {
          expect(reasonFor(fixture, document, fixture.signer)?.code).not.toBe('INTERNAL_ERROR');
        }
      }),
    );
  });
});

describe('the reason', () => {
  test('says what the certificate says, where, and what was found', () => {
    const { statement, signer } = fixtures['GitHub attestation'];
    const path = ['buildDefinition', 'internalParameters', 'github', 'repository_id'];
    expect(reasonFor({ statement, signer }, changed(statement.predicate, path, '12'), signer)).toMatchObject({
      code: 'PROVENANCE_CONTRADICTS_CERTIFICATE',
      path: 'predicate.buildDefinition.internalParameters.github.repository_id',
      expected: '"11" (sourceRepositoryIdentifier)',
      found: '"12"',
    });
  });
});

describe('builder.id', () => {
  const workflow = 'https://github.com/octo/app/.github/workflows/release.yml@refs/tags/v1.2.3';
  const { statement } = fixtures['GitHub attestation'];
  const withId = (id: string): JsonValue => changed(statement.predicate, ['runDetails', 'builder', 'id'], id);

  test.each([
    ['the workflow that signed', workflow, signerFor(workflow), undefined],
    [
      'another workflow',
      workflow.replace('octo', 'evil'),
      signerFor(workflow),
      'PROVENANCE_CONTRADICTS_CERTIFICATE',
    ],
    [
      'the workflow without ref',
      workflow.split('@')[0],
      signerFor(workflow),
      'PROVENANCE_CONTRADICTS_CERTIFICATE',
    ],
    [
      'the workflow at another ref',
      `${workflow}4`,
      signerFor(workflow),
      'PROVENANCE_CONTRADICTS_CERTIFICATE',
    ],
    [
      'in upper case',
      workflow.replace('.github/', '.GITHUB/'),
      signerFor(workflow),
      'PROVENANCE_CONTRADICTS_CERTIFICATE',
    ],
    ['a name of its own', 'https://example.com/builder@v1', signerFor(workflow), undefined],
    ["npm's runner", 'https://github.com/actions/runner/github-hosted', signerFor(workflow), undefined],
    [
      "npm's runner elsewhere",
      'https://github.com/actions/runner/self-hosted',
      signerFor(workflow),
      'PROVENANCE_CONTRADICTS_CERTIFICATE',
    ],
    [
      'an old certificate: its subject counts',
      workflow,
      signerFor(workflow, { buildSignerUri: undefined }),
      undefined,
    ],
    [
      'an old certificate of another',
      `${workflow}4`,
      signerFor(workflow, { buildSignerUri: undefined }),
      'PROVENANCE_CONTRADICTS_CERTIFICATE',
    ],
    [
      'the certificate of a person',
      workflow,
      { ...signerFor('a@example.com'), extensions: {} },
      'PROVENANCE_CONTRADICTS_CERTIFICATE',
    ],
    [
      'no extension: nothing else to compare',
      'https://example.com/b',
      { ...signerFor('a@example.com'), extensions: {} },
      undefined,
    ],
  ] as const)('%s', (_name, id, signer, code) => {
    expect(reasonFor({ statement, signer }, withId(id ?? ''), signer)?.code).toBe(code);
  });
});

test('an error of edgeseal is the only one', () => {
  expect(() => extractFacts(statementOf('https://slsa.dev/provenance/v1', null), keySigner)).toThrow(
    EdgesealError,
  );
});
