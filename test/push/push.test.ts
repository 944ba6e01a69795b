import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { makeEvidence } from '../sigstore/make-evidence.ts';
import { read } from '../registry/reader.ts';
import { TestRegistry, type RegistryOptions } from '../registry/server.ts';
import type { Ended } from '../cli/run-main.ts';
import { makeWork, runRelease, type Work, type WorkOptions } from './work.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});
const start = async (options: RegistryOptions = {}): Promise<TestRegistry> => {
  const registry = await TestRegistry.start(options);
  ends.push(async () => registry.stop());
  return registry;
};
const work = async (options?: WorkOptions): Promise<Work> => {
  const made = await makeWork(options);
  ends.push(made.remove);
  return made;
};
const push = async ({ folder }: Work, registry: TestRegistry, ...more: readonly string[]): Promise<Ended> =>
  runRelease(['push', '--work', '.', '--namespace', `${registry.host}/o`, '--json', ...more], folder);
const bare = '--without-attestations';
const sendings = (registry: TestRegistry): readonly string[] =>
  registry.asked.filter(({ method }) => method === 'PUT' || method === 'POST').map(({ path: at }) => at);

/** Attestations of an image and of the images in it, as `attest` leaves them. */
function attest({ folder, images }: Work, only?: 'index'): void {
  const [image] = images;
  const digests = [image?.digest ?? '', ...(image?.platforms ?? []).map(({ digest }) => digest)];
  mkdirSync(path.join(folder, 'assets'), { recursive: true });
  const file = path.join(folder, 'assets', 'multiple.intoto.jsonl');
  writeFileSync(file, '');
  for (const digest of only === 'index' ? digests.slice(0, 1) : digests) {
    const content = { sha256: digest.slice('sha256:'.length) };
    const { bytes } = makeEvidence({ subjects: [{ name: 'image', digest: content }] });
    appendFileSync(file, `${bytes.toString('utf8').trim()}\n`);
  }
}

test('an image comes as a whole, its tag last, and again without sending anything', async () => {
  const registry = await start();
  const made = await work({
    references: [['registry.example/x/agent:v1.2.3', 'registry.example/x/agent:v1']],
  });
  const first = await push(made, registry, bare);
  expect(first).toMatchObject({ exit: 0 });
  const digest = made.images[0]?.digest;
  expect(JSON.parse(first.stdout)).toMatchObject({
    images: [
      { reference: `${registry.host}/o/agent:v1`, digest, blobs: { sent: 4 }, wasThere: false },
      { reference: `${registry.host}/o/agent:v1.2.3`, digest, blobs: { sent: 0, there: 4 } },
    ],
  });
  expect(sendings(registry).slice(-2)).toEqual(['/v2/o/agent/manifests/v1', '/v2/o/agent/manifests/v1.2.3']);
  const { image } = await read(`${registry.host}/o/agent:v1`, { platform: 'linux/arm64' });
  expect(`sha256:${image.digest.hex}`).toBe(made.images[0]?.platforms[1]?.digest);
  registry.asked.length = 0;
  const again = JSON.parse((await push(made, registry, bare)).stdout);
  expect(again.images[0]).toMatchObject({ blobs: { sent: 0, mounted: 0, there: 4 }, wasThere: true });
  expect(sendings(registry).filter((at) => at.includes('uploads') || at.endsWith('/v1'))).toEqual([]);
});

test('what another repository of the registry has is mounted', async () => {
  const registry = await start();
  const made = await work({ references: [['registry.example/x/a:v1'], ['registry.example/x/b:v1']] });
  const { images } = JSON.parse((await push(made, registry, bare)).stdout);
  expect(images.map(({ blobs }: { readonly blobs: object }) => blobs)).toEqual([
    { there: 0, mounted: 0, sent: 4 },
    { there: 0, mounted: 4, sent: 0 },
  ]);
});

describe('attestations', () => {
  test.each<[string, RegistryOptions]>([
    ['by the referrers API', {}],
    ['by the tag that stands in for it', { referrersApi: false }],
  ])('are attached %s, once however often', async (_, options) => {
    const registry = await start(options);
    const made = await work();
    attest(made);
    for (const times of [1, 2]) {
      const { exit, stdout } = await push(made, registry);
      expect([times, exit, JSON.parse(stdout).images[0].attestations]).toEqual([times, 0, 3]);
    }
    const { attested } = await read(`${registry.host}/o/agent:v1.2.3`, { platform: 'linux/amd64' });
    expect(attested.map(({ items }) => items.length)).toEqual([1, 1]);
  });

  test('come before the tag', async () => {
    const registry = await start();
    const made = await work();
    attest(made);
    await push(made, registry);
    expect(sendings(registry).at(-1)).toBe('/v2/o/agent/manifests/v1.2.3');
  });

  test('no file of them: nothing is sent', async () => {
    const registry = await start();
    const { exit, stderr } = await push(await work(), registry);
    expect([exit, stderr]).toEqual([2, expect.stringContaining('FILE_NOT_FOUND')]);
    expect(registry.asked).toEqual([]);
  });

  test.each<[string, string, (folder: string) => void]>([
    ['of another build', 'ATTESTATION_MISSING', () => undefined],
    ['that cannot be read', 'JSON_SYNTAX', (file) => writeFileSync(file, '{')],
    [
      'that are bare envelopes',
      'EVIDENCE_UNRECOGNISED',
      (file) => writeFileSync(file, makeEvidence({ format: 'envelope' }).bytes),
    ],
    [
      'of an old kind',
      'BUNDLE_VERSION_UNSUPPORTED',
      (file) => writeFileSync(file, makeEvidence({ format: 'bundle-0.1' }).bytes),
    ],
  ])('%s: nothing is sent', async (_, code, spoil) => {
    const registry = await start();
    const [made, other] = [await work(), await work({ content: 'other' })];
    attest(other, 'index');
    const file = path.join(other.folder, 'assets', 'multiple.intoto.jsonl');
    spoil(file);
    const { exit, stderr } = await push(made, registry, '--attestations', file);
    expect([exit, stderr]).toEqual([1, expect.stringContaining(code)]);
    expect(sendings(registry)).toEqual([]);
  });
});

test('a tag of another image is refused before anything is sent', async () => {
  const registry = await start();
  await push(await work(), registry, bare);
  registry.asked.length = 0;
  const { exit, stderr } = await push(await work({ content: 'other' }), registry, bare);
  expect([exit, stderr]).toEqual([1, expect.stringContaining('REGISTRY_TAG_TAKEN')]);
  expect(sendings(registry)).toEqual([]);
});

describe('what a registry does', () => {
  test.each<[string, RegExp, number, number]>([
    ['an outage while content is sent', /^PUT .*uploads/, 503, 1],
    ['a limit', /^HEAD .*blobs/, 429, 1],
    ['an upload that it forgot', /^PUT .*uploads/, 404, 1],
    ['an outage at the tag', /^PUT .*manifests\/v1/, 500, 1],
  ])('goes on after %s', async (_, pattern, status, times) => {
    const registry = await start();
    registry.fault(pattern, (response) => response.writeHead(status, { 'retry-after': '0' }).end(), times);
    expect((await push(await work({ platforms: ['linux/amd64'] }), registry, bare)).exit).toBe(0);
  });

  test('goes on after a connection that is cut off in the middle', async () => {
    const registry = await start();
    registry.fault(/^PUT .*uploads/, (response) => response.destroy(), 1);
    expect((await push(await work({ platforms: ['linux/amd64'] }), registry, bare)).exit).toBe(0);
  });

  test.each<[string, string, RegExp, number]>([
    ['no right to write', 'REGISTRY_UNAUTHORISED', /^POST/, 403],
    ['no repository', 'REGISTRY_PUSH_REFUSED', /^POST/, 404],
    ['a blob that it does not take', 'REGISTRY_PUSH_REFUSED', /^PUT .*uploads/, 400],
    ['uploads that it always forgets', 'REGISTRY_PUSH_REFUSED', /^PUT .*uploads/, 404],
    ['a manifest that it does not take', 'REGISTRY_PUSH_REFUSED', /^PUT .*manifests/, 400],
    ['an answer that is none', 'REGISTRY_PUSH_REFUSED', /^HEAD .*blobs/, 418],
  ])('ends with %s, and there is no tag', async (_, code, pattern, status) => {
    const registry = await start();
    registry.fault(pattern, (response) => response.writeHead(status).end());
    const { exit, stderr } = await push(await work(), registry, bare);
    expect([exit, stderr]).toEqual([3, expect.stringContaining(code)]);
    expect(sendings(registry)).not.toContain('/v2/o/agent/manifests/v1.2.3');
  });

  test('ends where content is stored as something else', async () => {
    const registry = await start();
    const header = { 'docker-content-digest': `sha256:${'0'.repeat(64)}` };
    registry.fault(/^PUT .*manifests/, (response) => response.writeHead(201, header).end());
    const { exit, stderr } = await push(await work(), registry, bare);
    expect([exit, stderr]).toEqual([1, expect.stringContaining('REGISTRY_DIGEST_MISMATCH')]);
  });

  test('ends where an upload is to go elsewhere without TLS', async () => {
    const registry = await start();
    const header = { location: 'http://elsewhere.example/upload' };
    registry.fault(/^POST/, (response) => response.writeHead(202, header).end());
    const { exit, stderr } = await push(await work(), registry, bare);
    expect([exit, stderr]).toEqual([3, expect.stringContaining('REGISTRY_INSECURE')]);
  });

  test('logs in for writing', async () => {
    const registry = await start({ auth: 'token', user: { name: 'me', password: 'secret-word' } });
    const made = await work({ platforms: ['linux/amd64'] });
    const auth = Buffer.from('me:secret-word').toString('base64');
    mkdirSync(path.join(made.folder, '.docker'));
    writeFileSync(
      path.join(made.folder, '.docker', 'config.json'),
      JSON.stringify({ auths: { [registry.host]: { auth } } }),
    );
    const { exit, stdout, stderr } = await push(made, registry, bare);
    expect(exit).toBe(0);
    expect(stdout + stderr).not.toMatch(new RegExp(`secret-word|${auth}|a-token`));
    const asked = registry.asked.find(({ path: at }) => at.startsWith('/token'))?.path ?? '';
    expect(new URLSearchParams(asked.split('?')[1]).get('scope')).toBe('repository:o/agent:pull,push');
  });
});

test('a layer that was changed since is not sent', async () => {
  const registry = await start();
  const made = await work({ platforms: ['linux/amd64'] });
  const manifest = JSON.parse(
    Buffer.from(await readBlob(made, made.images[0]?.digest ?? '')).toString('utf8'),
  );
  const layer = path.join(made.folder, 'images/blobs/sha256', manifest.layers[0].digest.slice(7));
  chmodSync(layer, 0o644);
  const bytes = await readBlob(made, manifest.layers[0].digest);
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  writeFileSync(layer, bytes);
  const { exit, stderr } = await push(made, registry, bare);
  expect([exit, stderr]).toEqual([1, expect.stringContaining('RELEASE_CONTENT_MISMATCH')]);
});

async function readBlob({ folder }: Work, digest: string): Promise<Buffer> {
  return readFile(path.join(folder, 'images/blobs/sha256', digest.slice(7)));
}
