import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseStatement } from '#core/in-toto-attestation/index';
import { definePolicy } from '#core/policy/define-policy';
import { isObject, member, type JsonObject, type JsonValue } from '#core/json/value';
import { parseJson } from '#core/json/parse';
import type { BuildRecord } from '../../release/build/build-record.ts';
import type { Lock } from '../../release/lock/lock.ts';
import type { ProvenanceInput } from '../../release/provenance/build-definition.ts';
import { BUILD_TYPE } from '../../release/provenance/build-type.ts';
import { provenanceV1 } from '../../release/provenance/provenance-v1.ts';
import type { WorkflowIdentity } from '../../release/signing/identity.ts';

const root = path.join(import.meta.dirname, '../..');
const text = readFileSync(path.join(root, 'docs/buildtype.md'), 'utf8');
const hex = (letter: string, length = 64): string => letter.repeat(length);
const COMMIT = '9d1f0c27b3a4e5f60718293a4b5c6d7e8f901234';
const REPOSITORY = 'https://github.com/kubeedge/kubeedge';

const identity: WorkflowIdentity = {
  issuer: 'https://token.actions.githubusercontent.com',
  repository: REPOSITORY,
  ref: 'refs/tags/v1.24.0',
  commit: COMMIT,
  workflowPath: '.github/workflows/release.yml',
  builder: 'https://github.com/kubeedge/edgeseal/.github/workflows/edgeseal-hermetic.yml@refs/tags/v0.1.0',
  event: 'push',
  runnerEnvironment: 'github-hosted',
  repositoryId: '150601934',
  ownerId: '43580456',
  runId: '7777777777',
  runAttempt: '1',
};
const lock: Lock = {
  schemaVersion: 1,
  description: hex('1'),
  source: {
    repository: REPOSITORY,
    ref: identity.ref,
    commit: COMMIT,
    tree: hex('2', 40),
    time: 1_790_812_800,
    files: [],
  },
  dependencies: [
    {
      input: 'go',
      kind: 'toolchain',
      uri: 'https://go.dev/dl/go1.26.8.linux-amd64.tar.gz',
      digest: { sha256: hex('3') },
      size: 66_000_000,
    },
    {
      input: 'vendor',
      kind: 'vendor-tree',
      uri: `git+${REPOSITORY}@${COMMIT}#vendor`,
      digest: { sha256: hex('4'), gitTree: hex('5', 40) },
      size: 1_200_000,
    },
    {
      input: 'vendor',
      kind: 'vendored-module',
      uri: 'pkg:golang/github.com/mattn/go-sqlite3@v1.14.24',
      digest: { sha256: hex('6') },
      size: 4000,
      path: 'github.com/mattn/go-sqlite3',
    },
  ],
};
const times = { startedOn: '2026-10-01T00:10:00Z', finishedOn: '2026-10-01T00:16:30Z' };
const build: BuildRecord = {
  schemaVersion: 1,
  lock: hex('7'),
  invocationId: '00000000-0000-4000-8000-000000000000',
  ...times,
  sourceDateEpoch: lock.source.time,
  sandbox: { mechanism: 'linux-namespaces', version: 'util-linux 2.38.1' },
  steps: [
    {
      component: 'edgecore',
      name: 'compile',
      platform: 'linux/amd64',
      ...times,
      log: hex('8'),
      evidence: hex('9'),
    },
  ],
  outputs: [],
  assets: [],
  images: [],
};
const tarball = 'kubeedge-v1.24.0-linux-amd64.tar.gz';
const input: ProvenanceInput = {
  lock,
  build,
  recipe: { path: 'release.json', uri: `git+${REPOSITORY}@${identity.ref}#release.json` },
  identity,
  version: '0.1.0',
  component: 'edgecore',
  platform: 'linux/amd64',
  subjects: [
    { name: tarball, digest: { sha256: hex('a'), sha512: hex('b', 128) } },
    { name: 'edge/edgecore', digest: { sha256: hex('c') }, within: [`sha256:${hex('a')}`] },
    { name: `${tarball}.cdx.json`, digest: { sha256: hex('d') } },
  ],
  steps: build.steps,
  documents: [
    { name: `${tarball}.cdx.json`, sha256: hex('d'), mediaType: 'application/vnd.cyclonedx+json' },
    { name: 'rebuild.json', sha256: hex('e'), mediaType: 'application/json' },
  ],
  isReproduced: true,
};

/** Every path in a document, elements of lists as `[]`. */
function pathsOf(value: JsonValue, at = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: JsonValue) => pathsOf(item, `${at}[]`));
  if (!isObject(value)) return [at];
  return Object.keys(value).flatMap((key) =>
    pathsOf(member(value, key) ?? null, at === '' ? key : `${at}.${key}`),
  );
}

function inside(document: JsonObject, ...keys: readonly string[]): JsonValue {
  return keys.reduce<JsonValue>(
    (value, key) => (isObject(value) ? (member(value, key) ?? null) : null),
    document,
  );
}

describe('docs/buildtype.md', () => {
  const statement = parseStatement(provenanceV1(input));
  test('its example is what is written', () => {
    const [, block = ''] = /```json\n([\s\S]*?)```/.exec(text) ?? [];
    expect(parseJson(block)).toEqual(statement.document);
  });
  test('it is about our build type', () => {
    expect(text).toContain(`\`${BUILD_TYPE}\``);
  });
  test('it says what each parameter and each field of the builder means', () => {
    const definition = ['predicate', 'buildDefinition'] as const;
    const named = [
      ...pathsOf(inside(statement.document, ...definition, 'externalParameters')),
      ...pathsOf(inside(statement.document, ...definition, 'internalParameters')),
    ];
    for (const name of named) expect(text).toContain(`| \`${name}\``);
  });
  test("KubeEdge's policy of hermetic builds accepts it", async () => {
    const cue = readFileSync(path.join(root, 'policies/kubeedge-hermetic.cue'), 'utf8');
    const policy = await definePolicy({
      name: 'x',
      requirements: [{ signers: [{ issuer: '**', identity: '**' }], cue }],
    });
    const facts = { kind: 'other', predicateType: statement.predicateType } as const;
    expect(policy.requirements[0]?.checks).toHaveLength(1);
    expect(policy.requirements[0]?.checks.flatMap(({ check }) => check(statement, facts))).toEqual([]);
  });
});
