import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeGeneratorEvidence } from '../sigstore/make-evidence.ts';
import { edgesealIn, type Answer } from './command.ts';
import { attachBundles, bytesOf, pushImage } from './content.ts';
import { digestOf, TestRegistry } from './server.ts';

let folder = '';
let registry: TestRegistry;
let digest = '';
let image = '';
const file = (name: string): string => join(folder, name);
const online = async (...args: readonly string[]): Promise<Answer> => edgesealIn(folder, args);
const offline = async (...args: readonly string[]): Promise<Answer> =>
  edgesealIn(folder, args, { network: () => Promise.reject(new Error('no network in a test')) });
const pack = async (out: string, ...more: readonly string[]): Promise<Answer> =>
  online('evidence', 'export', '--trusted-root=root.json', `--out=${out}`, ...more);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'edgeseal-packs-'));
  registry = await TestRegistry.start();
  const manifest = pushImage(registry, 'o/app', 'v1');
  digest = digestOf(manifest);
  image = `${registry.host}/o/app`;
  const fixture = makeGeneratorEvidence({ artifact: { name: 'image', content: manifest } });
  attachBundles(registry, 'o/app', manifest, [{ bytes: fixture.bytes }]);
  const { identity, issuer } = fixture;
  const release = { name: 'release', requirements: [{ signers: [{ issuer, identity }] }] };
  const other = { name: 'other', requirements: [{ signers: [{ issuer, identity: 'nobody' }] }] };
  writeFileSync(file('root.json'), fixture.trustedRootBytes);
  writeFileSync(file('bundle.json'), fixture.bytes);
  writeFileSync(file('manifest.json'), manifest);
  writeFileSync(file('release.json'), bytesOf(release));
  writeFileSync(file('other.json'), bytesOf(other));
  expect(await pack('app.pack.json', `--image=${image}:v1`)).toMatchObject({ exit: 0 });
  await pack('strict.pack.json', `--image=${image}:v1`, '--policy=other.json');
  await pack('files.pack.json', '--bundle=bundle.json', 'manifest.json');
});
afterAll(async () => {
  await registry.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('verify-image --evidence, without a network', () => {
  const builder =
    'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml';
  const verify = async (...args: readonly string[]): Promise<Answer> =>
    offline(
      'verify-image',
      '--source-uri=github.com/example-org/example',
      `--builder-id=${builder}`,
      ...args,
    );

  test.each<[string, string, () => readonly string[], number, string]>([
    ['all images of the pack', 'app', () => [], 0, 'PASSED'],
    ['an image by its name', 'app', () => [`${image}:v1`], 0, 'PASSED'],
    ['an image by its digest', 'app', () => [digest], 0, 'PASSED'],
    ['an image by both', 'app', () => [`${image}:v1@${digest}`], 0, 'PASSED'],
    ['another source', 'app', () => ['--source-branch=other'], 1, 'SOURCE_BRANCH_MISMATCH'],
    ['another tag, which is mutable', 'app', () => [`${image}:v2`], 2, 'IMAGE_MUTABLE'],
    ['another digest', 'app', () => [`${image}@sha256:${'0'.repeat(64)}`], 1, 'FAILED'],
    ['a policy of the pack counts too', 'strict', () => [], 1, 'SIGNER_IDENTITY_MISMATCH'],
    ['an attestation that stands in the pack by itself', 'files', () => [`${image}@${digest}`], 0, 'PASSED'],
    ['a pack without images', 'files', () => [], 1, 'EVIDENCE_EMPTY'],
    [
      'another root than is pinned',
      'app',
      () => [`--trusted-root-digest=sha256:${'0'.repeat(64)}`],
      3,
      'TRUST_ROOT_MISMATCH',
    ],
    ['the provenance twice', 'app', () => ['--provenance-path=bundle.json'], 2, 'FLAG_CONFLICT'],
    ['a layout too', 'app', () => ['--local-image', 'x'], 2, 'FLAG_CONFLICT'],
  ])('%s', async (_, name, args, exit, says) => {
    const answer = await verify(`--evidence=${name}.pack.json`, ...args());
    expect([answer.exit, answer.stderr]).toEqual([exit, expect.stringContaining(says)]);
  });
  test('nothing at all', async () => {
    expect(await verify()).toMatchObject({ exit: 2, stderr: expect.stringContaining('FLAG_REQUIRED') });
  });
  test('a pack with an octet changed', async () => {
    const bytes = readFileSync(file('app.pack.json'));
    const at = bytes.length >> 1;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(file('changed.pack.json'), bytes);
    expect(await verify('--evidence=changed.pack.json')).toMatchObject({ exit: 1 });
  });
});

describe('policy test puts images of packs before the policy', () => {
  test.each([
    ['an accept case that is accepted', 'release', 'accept/a.json', 0, 'ok release/accept/a.json'],
    ['an accept case that is refused', 'other', 'accept/a.json', 1, 'was refused: SIGNER_IDENTITY_MISMATCH'],
    ['a deny case that is refused', 'other', 'deny/a.SIGNER_IDENTITY_MISMATCH.json', 0, 'ok other/deny'],
    ['a deny case that is accepted', 'release', 'deny/a.json', 1, 'was accepted'],
    ['for another reason', 'other', 'deny/a.SOURCE_TAG_MISMATCH.json', 1, 'for another reason'],
  ])('%s', async (_, policy, name, exit, says) => {
    rmSync(file(policy), { recursive: true, force: true });
    for (const kind of ['accept', 'deny']) mkdirSync(join(file(policy), kind), { recursive: true });
    writeFileSync(join(file(policy), name), readFileSync(file('app.pack.json')));
    const { exit: found, stdout } = await offline('policy', 'test', `${policy}.json`);
    expect([found, stdout]).toEqual([exit, expect.stringContaining(says)]);
  });
});

test('a pack that nobody could read is not written', async () => {
  const manifest = pushImage(registry, 'o/large', 'v1');
  const bundles = ['{', '['].map((text) => ({ bytes: Buffer.alloc(13 * 1024 * 1024, text) }));
  attachBundles(registry, 'o/large', manifest, bundles);
  const answer = await pack('large.pack.json', `--image=${registry.host}/o/large:v1`);
  expect(answer).toMatchObject({
    exit: 1,
    stderr: expect.stringMatching(/INPUT_TOO_LARGE[^]*several packs/),
  });
  expect(() => readFileSync(file('large.pack.json'))).toThrow('ENOENT');
});
