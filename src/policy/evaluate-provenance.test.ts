import { describe, expect, test } from 'vitest';
import {
  anyGithubSigner,
  BUILDER,
  codesOf,
  fact,
  GITHUB,
  keySigner,
  provenance,
  reasonsFor,
  signer,
} from '../../test/policy/fixtures.ts';

const signers = [anyGithubSigner];
const builder = { id: BUILDER, level: 3 as const };
const ruleOf = (rule: object): { signers: typeof signers; provenance: object } => ({
  signers,
  provenance: rule,
});
const source = (rule: object): ReturnType<typeof ruleOf> => ruleOf({ source: rule });
const onBranch = {
  ...provenance,
  sourceRef: fact('refs/heads/main', 'ref'),
  sourceBranch: fact('main', 'ref'),
  sourceTag: undefined,
};
const bare = {
  ...provenance,
  sourceRepository: undefined,
  sourceRef: undefined,
  sourceBranch: undefined,
  sourceTag: undefined,
  sourceDigest: undefined,
  workflowPath: undefined,
  trigger: undefined,
  runnerEnvironment: undefined,
  repositoryId: undefined,
  ownerId: undefined,
  workflowInputs: undefined,
  externalParameters: undefined,
  dependenciesComplete: undefined,
  hermetic: undefined,
  dependencies: fact([], 'predicate.materials'),
};

describe('the builder and its level', () => {
  test.each([
    ['trusted', { builders: [builder], level: 3 }, []],
    ['trusted for less', { builders: [{ ...builder, level: 2 }], level: 3 }, ['BUILD_LEVEL_TOO_LOW']],
    ['another', { builders: [{ ...builder, id: `${BUILDER}x` }] }, ['BUILDER_UNTRUSTED']],
    ['another release of it', { builders: [{ ...builder, id: `${BUILDER}@v9.9.9` }] }, ['BUILDER_UNTRUSTED']],
    ['this release of it', { builders: [{ ...builder, id: `${BUILDER}@v1.2.3` }] }, []],
    [
      'of another issuer',
      { builders: [{ ...builder, issuer: 'https://gitlab.com' }] },
      ['SIGNER_ISSUER_MISMATCH'],
    ],
    ['level 1 of an unknown one', { level: 1 }, []],
  ])('%s', async (_, rule, codes) => {
    expect(codesOf(await reasonsFor(ruleOf(rule)))).toEqual(codes);
  });

  test.each([
    ['a branch', 'refs/heads/main', undefined, ['BUILDER_REF_INVALID']],
    ['a short tag', 'refs/tags/v1', undefined, ['BUILDER_REF_INVALID']],
    ['a branch, where any ref will do', 'refs/heads/main', true, []],
  ])('called at %s', async (_, ref, anyRef, codes) => {
    const identity = `${BUILDER}@${ref}`;
    const given = {
      signer: { ...signer, identity },
      facts: { ...provenance, builderId: fact(identity, 'builder.id') },
    };
    expect(
      codesOf(
        await reasonsFor(
          { provenance: { builders: [{ ...builder, ...(anyRef === true ? { anyRef } : {}) }] } },
          given,
        ),
      ),
    ).toEqual(codes);
  });

  test('a provenance that names another builder', async () => {
    const facts = {
      ...provenance,
      builderId: fact(`${BUILDER}x@refs/tags/v1.2.3`, 'predicate.runDetails.builder.id'),
    };
    const [reason] = await reasonsFor({ provenance: { builders: [builder] } }, { facts });
    expect(reason).toMatchObject({
      code: 'BUILDER_ID_MISMATCH',
      path: 'predicate.runDetails.builder.id',
      at: { file: 'policy.json', line: 6 },
    });
  });

  test("a key's provenance has no builder by GitHub's word", async () => {
    expect(codesOf(await reasonsFor({ provenance: { builders: [builder] } }, { signer: keySigner }))).toEqual(
      ['BUILDER_UNTRUSTED'],
    );
  });

  test('another predicate is no provenance', async () => {
    const facts = { kind: 'other' as const, predicateType: 'https://example.com/p' };
    expect(codesOf(await reasonsFor(ruleOf({ level: 1 }), { facts }))).toEqual(['PROVENANCE_INVALID']);
  });
});

describe('the source', () => {
  test.each([
    ['repository', { repository: 'https://github.com/kubeedge/kubeedge' }, provenance, []],
    ['repository glob', { repository: 'https://github.com/kubeedge/*' }, provenance, []],
    [
      'a fork',
      { repository: 'https://github.com/evil/kubeedge' },
      provenance,
      ['SOURCE_REPOSITORY_MISMATCH'],
    ],
    [
      'in other letters',
      { repository: 'https://github.com/KubeEdge/KubeEdge' },
      provenance,
      ['SOURCE_REPOSITORY_MISMATCH'],
    ],
    ['no repository', { repository: '**' }, bare, ['SOURCE_REPOSITORY_MISMATCH']],
    ['ref', { ref: 'refs/tags/*' }, provenance, []],
    ['another ref', { ref: 'refs/heads/*' }, provenance, ['SOURCE_REF_MISMATCH']],
    ['no ref', { ref: '**' }, bare, ['SOURCE_REF_MISMATCH']],
    ['branch', { branch: 'main' }, onBranch, []],
    ['another branch', { branch: 'dev' }, onBranch, ['SOURCE_BRANCH_MISMATCH']],
    ['no branch', { branch: 'main' }, provenance, ['SOURCE_BRANCH_MISMATCH']],
    ['tag', { tag: 'v1.20.1' }, provenance, []],
    ['another tag', { tag: 'v1.20.2' }, provenance, ['SOURCE_TAG_MISMATCH']],
    ['no tag', { tag: 'main' }, onBranch, ['SOURCE_TAG_MISMATCH']],
    ['versioned tag', { versionedTag: 'v1.20' }, provenance, []],
    ['another version', { versionedTag: 'v1.21' }, provenance, ['SOURCE_VERSIONED_TAG_MISMATCH']],
    ['no version', { versionedTag: 'v1' }, onBranch, ['SOURCE_VERSIONED_TAG_MISMATCH']],
    ['range', { tagRange: '^1.20.0' }, provenance, []],
    ['out of range', { tagRange: '>=1.21.0' }, provenance, ['SOURCE_VERSIONED_TAG_MISMATCH']],
    ['no tag for the range', { tagRange: '*' }, onBranch, ['SOURCE_VERSIONED_TAG_MISMATCH']],
    [
      'a tag that is no version',
      { tagRange: '*' },
      { ...provenance, sourceTag: fact('latest', 'ref') },
      ['SOURCE_VERSIONED_TAG_MISMATCH'],
    ],
    [
      'a prerelease outside the range',
      { tagRange: '^1.20.0' },
      { ...provenance, sourceTag: fact('v1.21.0-rc.1', 'ref') },
      ['SOURCE_VERSIONED_TAG_MISMATCH'],
    ],
    ['commit', { digest: 'd'.repeat(40) }, provenance, []],
    ['another commit', { digest: 'e'.repeat(40) }, provenance, ['SOURCE_DIGEST_MISMATCH']],
    ['no commit', { digest: 'e'.repeat(40) }, bare, ['SOURCE_DIGEST_MISMATCH']],
    ['numbers', { repositoryId: '1234', ownerId: '5678' }, provenance, []],
    ['another repository of that name', { repositoryId: '1' }, provenance, ['SOURCE_IDENTIFIER_MISMATCH']],
    ['another owner of that name', { ownerId: '1' }, provenance, ['SOURCE_IDENTIFIER_MISMATCH']],
    ['no number', { repositoryId: '1234' }, bare, ['SOURCE_IDENTIFIER_MISMATCH']],
  ])('%s', async (_, rule, facts, codes) => {
    expect(codesOf(await reasonsFor(source(rule), { facts }))).toEqual(codes);
  });

  test('what is absent is said to be absent', async () => {
    expect(await reasonsFor(source({ tag: 'v1' }), { facts: onBranch })).toEqual([
      {
        code: 'SOURCE_TAG_MISMATCH',
        message: 'the source tag is not stated',
        path: undefined,
        expected: '"v1"',
        found: 'nothing',
        at: { file: 'policy.json', line: 13, column: 18 },
        hint: 'the build was not made from a tag: it was made from "refs/heads/main"',
      },
    ]);
  });
});

describe('how it was built', () => {
  const everyValue = { version: true, debug: true };
  test.each([
    ['build type', { buildType: 'https://actions.github.io/buildtypes/workflow/v1' }, provenance, []],
    ['another build type', { buildType: 'https://example.com/v1' }, provenance, ['BUILD_TYPE_MISMATCH']],
    ['workflow', { workflow: '.github/workflows/*' }, provenance, []],
    ['another workflow', { workflow: '.github/workflows/ci.yml' }, provenance, ['WORKFLOW_MISMATCH']],
    ['no workflow', { workflow: '**' }, bare, ['WORKFLOW_MISMATCH']],
    ['trigger', { triggers: ['release', 'push'] }, provenance, []],
    ['another trigger', { triggers: ['release'] }, provenance, ['TRIGGER_NOT_ALLOWED']],
    ['no trigger', { triggers: ['push'] }, bare, ['TRIGGER_NOT_ALLOWED']],
    ['runner', { runnerEnvironment: 'github-hosted' }, provenance, []],
    ['another runner', { runnerEnvironment: 'self-hosted' }, provenance, ['RUNNER_ENVIRONMENT_MISMATCH']],
    ['no runner', { runnerEnvironment: 'github-hosted' }, bare, ['RUNNER_ENVIRONMENT_MISMATCH']],
    ['input', { workflowInputs: { release: 'true' } }, provenance, []],
    ['another input', { workflowInputs: { release: 'false' } }, provenance, ['WORKFLOW_INPUT_MISMATCH']],
    [
      'an input that is not there',
      { workflowInputs: { constructor: 'x' } },
      provenance,
      ['WORKFLOW_INPUT_MISMATCH'],
    ],
    ['no inputs', { workflowInputs: { release: 'true' } }, bare, ['WORKFLOW_INPUT_MISMATCH']],
    ['parameters', { externalParameters: { version: 'v1', debug: false } }, provenance, []],
    ['parameters of any value', { externalParameters: everyValue }, provenance, []],
    [
      'another value',
      { externalParameters: { version: 'v1', debug: 1 } },
      provenance,
      ['EXTERNAL_PARAMETER_NOT_ALLOWED'],
    ],
    [
      'a parameter that is not listed',
      { externalParameters: { version: 'v1' } },
      provenance,
      ['EXTERNAL_PARAMETER_NOT_ALLOWED'],
    ],
    [
      'a missing parameter',
      { externalParameters: { ...everyValue, more: true } },
      provenance,
      ['EXTERNAL_PARAMETER_NOT_ALLOWED'],
    ],
    ['no parameters, none listed', { externalParameters: {} }, bare, []],
    [
      'no parameters, one listed',
      { externalParameters: { version: true } },
      bare,
      ['EXTERNAL_PARAMETER_NOT_ALLOWED'],
    ],
    [
      'parameters that are a list',
      { externalParameters: {} },
      { ...provenance, externalParameters: fact([], 'p') },
      ['EXTERNAL_PARAMETER_NOT_ALLOWED'],
    ],
    ['hosts', { dependencyHosts: ['github.com', '*.dev'] }, provenance, []],
    ['another host', { dependencyHosts: ['github.com'] }, provenance, ['DEPENDENCY_HOST_NOT_ALLOWED']],
    [
      'a host that only looks like it',
      { dependencyHosts: ['github.com'] },
      { ...provenance, dependencies: fact([{ uri: 'https://github.com@evil.example/x' }], 'd') },
      ['DEPENDENCY_HOST_NOT_ALLOWED'],
    ],
    [
      'a dependency without host',
      { dependencyHosts: ['**'] },
      { ...provenance, dependencies: fact([{ uri: 'pkg:npm/x@1' }], 'd') },
      ['DEPENDENCY_HOST_NOT_ALLOWED'],
    ],
    [
      'a dependency without URI',
      { dependencyHosts: ['**'] },
      { ...provenance, dependencies: fact([{ digest: { sha256: 'a' } }], 'd') },
      ['DEPENDENCY_HOST_NOT_ALLOWED'],
    ],
  ])('%s', async (_, rule, facts, codes) => {
    expect(codesOf(await reasonsFor(ruleOf(rule), { facts }))).toEqual(codes);
  });

  test.each([
    ['stated', provenance, []],
    [
      'denied',
      { ...provenance, hermetic: fact(false, 'h'), dependenciesComplete: fact(false, 'c') },
      ['NOT_HERMETIC', 'DEPENDENCIES_INCOMPLETE'],
    ],
    ['not stated', bare, ['NOT_HERMETIC', 'DEPENDENCIES_INCOMPLETE']],
  ])('hermetic and complete: %s', async (_, facts, codes) => {
    const rule = { builders: [builder], hermetic: true, dependenciesComplete: true };
    expect(codesOf(await reasonsFor({ provenance: rule }, { facts }))).toEqual(codes);
  });

  test('of very many dependencies ten are told', async () => {
    const facts = {
      ...provenance,
      dependencies: fact(
        Array.from({ length: 25 }, (__, i) => ({ uri: `https://evil.example/${i}` })),
        'd',
      ),
    };
    const reasons = await reasonsFor(ruleOf({ dependencyHosts: ['github.com'] }), { facts });
    expect(reasons).toHaveLength(10);
    expect(reasons[9]).toMatchObject({
      path: 'd[9].uri',
      hint: '15 more dependencies are refused for the same',
    });
  });

  test('all that fails is told, in order', async () => {
    const rule = {
      signers: [{ issuer: GITHUB, identity: 'someone' }],
      provenance: {
        builders: [{ ...builder, id: `${BUILDER}x` }],
        dependencyHosts: ['none'],
        workflowInputs: { a: 'b' },
        source: {
          versionedTag: 'v9',
          tag: 'v9',
          branch: 'x',
          digest: 'e'.repeat(40),
          ref: 'x',
          repository: 'https://x/y/z',
        },
        triggers: ['never'],
      },
    };
    expect(codesOf(await reasonsFor(rule))).toEqual([
      'SIGNER_IDENTITY_MISMATCH',
      'BUILDER_UNTRUSTED',
      'SOURCE_REPOSITORY_MISMATCH',
      'SOURCE_REF_MISMATCH',
      'SOURCE_DIGEST_MISMATCH',
      'SOURCE_BRANCH_MISMATCH',
      'SOURCE_TAG_MISMATCH',
      'SOURCE_VERSIONED_TAG_MISMATCH',
      'WORKFLOW_INPUT_MISMATCH',
      'TRIGGER_NOT_ALLOWED',
      'DEPENDENCY_HOST_NOT_ALLOWED',
      'DEPENDENCY_HOST_NOT_ALLOWED',
    ]);
  });
});
