import { describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import type { BuilderRule, Pattern } from '#core/policy/policy';
import type { Signer } from '#core/sigstore/signer';
import {
  checkBuilderRef,
  DELEGATORS,
  GENERATOR_WORKFLOWS,
  NPM_RUNNER,
  splitBuilderId,
} from './builder-id.ts';
import { builtInBuilders, rulesForBuilder } from './builders.ts';
import { extractFacts } from './extract-facts.ts';
import type { ProvenanceFacts } from './facts.ts';
import { fixtures, keySigner, signerFor } from './fixtures.test-data.ts';
import { buildLevel, matchBuilder } from './match-builder.ts';

const name = `${GENERATOR_WORKFLOWS}generator_generic_slsa3.yml`;
const nodejs = `${GENERATOR_WORKFLOWS}builder_nodejs_slsa3.yml`;
const exact = (text: string): Pattern => ({ kind: 'exact', text, test: (value) => value === text });

const known = extractFacts(fixtures['generic generator'].statement, fixtures['generic generator'].signer);
if (known.kind !== 'provenance') throw new Error(known.kind);
const base: ProvenanceFacts = known;

function factsWith(builderId: string, predicateType = base.predicateType): ProvenanceFacts {
  return { ...base, predicateType, builderId: { ...base.builderId, value: builderId } };
}

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return reasonOf(error).code;
  }
}

function outcome(
  rules: readonly BuilderRule[],
  builderId: string,
  signer: Signer,
  type?: string,
): string | number {
  try {
    return matchBuilder(rules, factsWith(builderId, type), signer).level;
  } catch (error) {
    return reasonOf(error).code;
  }
}

describe('matchBuilder: a workflow that signs for itself', () => {
  const at = (ref: string): string => `${name}@${ref}`;
  const v2 = at('refs/tags/v2.1.0');
  const rule = (id: string, more: Partial<BuilderRule> = {}): readonly BuilderRule[] => [
    { id, level: 3, ...more },
  ];
  test.each([
    ['its name', rule(name), v2, signerFor(v2), 3],
    ['name and short version', rule(`${name}@v2.1.0`), v2, signerFor(v2), 3],
    ['name and long version', rule(v2), v2, signerFor(v2), 3],
    ['another version', rule(`${name}@v2.1.1`), v2, signerFor(v2), 'BUILDER_UNTRUSTED'],
    ['another name', rule(`${name}x`), v2, signerFor(v2), 'BUILDER_UNTRUSTED'],
    ['no rule', [], v2, signerFor(v2), 'BUILDER_UNTRUSTED'],
    ['the highest of two', [...rule(name, { level: 1 }), ...rule(v2)], v2, signerFor(v2), 3],
    ['a branch', rule(name), at('refs/heads/main'), signerFor(at('refs/heads/main')), 'BUILDER_REF_INVALID'],
    [
      'a branch, allowed',
      rule(name, { anyRef: true }),
      at('refs/heads/main'),
      signerFor(at('refs/heads/main')),
      3,
    ],
    ['a short tag', rule(name), at('refs/tags/v2'), signerFor(at('refs/tags/v2')), 'BUILDER_REF_INVALID'],
    [
      'a prerelease',
      rule(name),
      at('refs/tags/v2.1.0-rc.1'),
      signerFor(at('refs/tags/v2.1.0-rc.1')),
      'BUILDER_REF_INVALID',
    ],
    [
      'an untrusted signer at a branch: trust comes first',
      rule(`${name}x`),
      at('refs/heads/main'),
      signerFor(at('refs/heads/main')),
      'BUILDER_UNTRUSTED',
    ],
    [
      'a branch and another id: the ref comes first',
      rule(name),
      v2,
      signerFor(at('refs/heads/main')),
      'BUILDER_REF_INVALID',
    ],
    ['another id than the signer', rule(name), at('refs/tags/v2.1.1'), signerFor(v2), 'BUILDER_ID_MISMATCH'],
    ['a short id', rule(name), `${name}@v2.1.0`, signerFor(v2), 'BUILDER_ID_MISMATCH'],
    [
      'another issuer',
      rule(name),
      v2,
      { ...signerFor(v2), issuer: 'https://evil.example' },
      'SIGNER_ISSUER_MISMATCH',
    ],
    [
      'an issuer of the rule',
      rule(name, { issuer: exact('https://ghes.example') }),
      v2,
      { ...signerFor(v2), issuer: 'https://ghes.example' },
      3,
    ],
    ['no issuer', rule(name), v2, { ...signerFor(v2), issuer: undefined }, 'SIGNER_ISSUER_MISMATCH'],
    [
      'a person of that name',
      rule(name),
      v2,
      { ...signerFor(v2), identityType: 'email' },
      'BUILDER_UNTRUSTED',
    ],
    ['a key', rule(name), v2, keySigner, 'BUILDER_UNTRUSTED'],
    [
      'a key that a rule names',
      rule('https://ci.example/b', { identity: exact('key:release-key'), anyRef: true }),
      'https://ci.example/b',
      keySigner,
      3,
    ],
  ] as const)('%s', (_name, rules, id, signer, expected) => {
    expect(outcome(rules, id, signer)).toBe(expected);
  });
});

describe('matchBuilder: a delegator signs for the builder that called it', () => {
  const signer = signerFor(`${DELEGATORS[1]}@refs/tags/v2.1.0`);
  const jreleaser = 'https://github.com/jreleaser/release-action/.github/workflows/builder_slsa3.yml';
  test.each([
    ['a built-in builder', builtInBuilders.artifact, `${nodejs}@refs/tags/v2.1.0`, signer, 3],
    [
      'a builder that the user names',
      rulesForBuilder(`${nodejs}@v2.1.0`, 'artifact'),
      `${nodejs}@refs/tags/v2.1.0`,
      signer,
      3,
    ],
    [
      'another version',
      rulesForBuilder(`${nodejs}@v2.1.1`, 'artifact'),
      `${nodejs}@refs/tags/v2.1.0`,
      signer,
      'BUILDER_ID_MISMATCH',
    ],
    [
      'another builder',
      rulesForBuilder(`${nodejs}x`, 'npm-package'),
      `${nodejs}@refs/tags/v2.1.0`,
      signer,
      'BUILDER_ID_MISMATCH',
    ],
    [
      'a builder at a branch',
      builtInBuilders.artifact,
      `${nodejs}@refs/heads/main`,
      signer,
      'BUILDER_REF_INVALID',
    ],
    ['a builder without ref', builtInBuilders.artifact, nodejs, signer, 'BUILDER_ID_INVALID'],
    ['two refs', builtInBuilders.artifact, `${nodejs}@a@refs/tags/v2.1.0`, signer, 'BUILDER_ID_INVALID'],
    [
      'no workflow',
      builtInBuilders.artifact,
      'https://example.com/b@refs/tags/v2.1.0',
      signer,
      'BUILDER_ID_INVALID',
    ],
    [
      'a delegator at a branch',
      builtInBuilders.artifact,
      `${nodejs}@refs/tags/v2.1.0`,
      signerFor(`${DELEGATORS[1]}@refs/heads/main`),
      'BUILDER_REF_INVALID',
    ],
    [
      'a runner of their own',
      builtInBuilders.artifact,
      `${nodejs}@refs/tags/v2.1.0`,
      signerFor(signer.identity ?? '', { runnerEnvironment: 'self-hosted' }),
      'RUNNER_ENVIRONMENT_MISMATCH',
    ],
    [
      'JReleaser by language',
      rulesForBuilder(jreleaser, 'artifact'),
      `${jreleaser}@refs/tags/v1.0.0-java`,
      signer,
      3,
    ],
    [
      'JReleaser without language',
      rulesForBuilder(jreleaser, 'artifact'),
      `${jreleaser}@refs/tags/v1.0.0`,
      signer,
      'BUILDER_REF_INVALID',
    ],
    [
      'images have no delegators',
      builtInBuilders.image,
      `${nodejs}@refs/tags/v2.1.0`,
      signer,
      'BUILDER_UNTRUSTED',
    ],
  ] as const)('%s', (_name, rules, id, who, expected) => {
    expect(outcome(rules, id, who)).toBe(expected);
  });
});

describe("matchBuilder: npm's runner", () => {
  const signer = signerFor('https://github.com/octo/app/.github/workflows/publish.yml@refs/heads/main');
  const hosted = `${NPM_RUNNER}/github-hosted`;
  const V02 = 'https://slsa.dev/provenance/v0.2';
  const V1 = 'https://slsa.dev/provenance/v1';
  test.each([
    ['v1, by its id', hosted, hosted, V1, 2],
    ['v1, by its short id', NPM_RUNNER, hosted, V1, 'BUILDER_ID_INVALID'],
    ['v0.2, by its short id', NPM_RUNNER, NPM_RUNNER, V02, 2],
    ['v0.2, by its long id', hosted, NPM_RUNNER, V02, 2],
    ['a runner of their own', hosted, `${NPM_RUNNER}/self-hosted`, V1, 'BUILDER_ID_MISMATCH'],
    ['another id', hosted, nodejs, V1, 'BUILDER_ID_MISMATCH'],
    ['not a runner', `${NPM_RUNNER}2`, NPM_RUNNER, V02, 'BUILDER_UNTRUSTED'],
  ] as const)('%s', (_name, wanted, id, type, expected) => {
    expect(outcome(rulesForBuilder(wanted, 'npm-package'), id, signer, type)).toBe(expected);
  });
});

describe('matchBuilder: a signer for other names', () => {
  const signer = signerFor(`https://github.com/octo/b/.github/workflows/b.yml@refs/tags/v1.0.0`);
  const identity = exact('https://github.com/octo/b/.github/workflows/b.yml');
  test.each([
    ['its name', 'https://octo.example/hermetic', 'https://octo.example/hermetic', 3],
    ['another mode', 'https://octo.example/hermetic', 'https://octo.example/plain', 'BUILDER_ID_MISMATCH'],
    ['any release', 'https://octo.example/b', 'https://octo.example/b@refs/tags/v9.9.9', 3],
    ['no branch', 'https://octo.example/b', 'https://octo.example/b@refs/heads/main', 'BUILDER_ID_MISMATCH'],
    ['its version', 'https://octo.example/b@v1', 'https://octo.example/b@v1', 3],
  ] as const)('%s', (_name, wanted, id, expected) => {
    expect(outcome([{ id: wanted, identity, level: 3 }], id, signer)).toBe(expected);
  });
});

test('buildLevel: 1 where no rule names the builder', () => {
  const { signer } = fixtures['generic generator'];
  expect(buildLevel(builtInBuilders.artifact, base, signer)).toBe(3);
  expect(buildLevel(builtInBuilders.image, base, signer)).toBe(1);
  expect(buildLevel([], base, keySigner)).toBe(1);
});

test.each(['', '@v1', 'a@', 'a@b@c'])('rulesForBuilder refuses %j', (id) => {
  expect(() => rulesForBuilder(id, 'artifact')).toThrow(
    expect.objectContaining({ code: 'BUILDER_ID_INVALID' }),
  );
});

describe('checkBuilderRef', () => {
  test.each([
    ['refs/tags/v1.2.3', true],
    ['refs/tags/v0.0.0', true],
    ['refs/tags/v01.2.3', false],
    ['refs/tags/v1.2', false],
    ['refs/tags/1.2.3', false],
    ['refs/tags/v1.2.3+build', false],
    ['refs/tags/v1.2.3-java', false],
    ['v1.2.3', false],
    ['refs/heads/v1.2.3', false],
    ['', false],
  ])('%s: %s', (ref, valid) => {
    const check = (): void => checkBuilderRef({ name: 'https://github.com/a/b', ref }, 'identity');
    expect(codeOf(check)).toBe(valid ? undefined : 'BUILDER_REF_INVALID');
  });
  test('splits at the last @', () => {
    expect(splitBuilderId('a@b@c')).toEqual({ name: 'a@b', ref: 'c' });
    expect(splitBuilderId('a')).toEqual({ name: 'a', ref: undefined });
  });
});
