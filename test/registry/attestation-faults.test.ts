import type { ServerResponse } from 'node:http';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ReasonCode } from '#core/errors/codes';
import { attachBundles, attachLayers, bytesOf, descriptor, evidenceAbout, pushImage } from './content.ts';
import { answer } from './faulty-registry.ts';
import { hang, ReadRegistry, timed } from './read-registry.ts';
import { read } from './reader.ts';
import { digestOf, OCI_INDEX, OCI_MANIFEST } from './server.ts';

const world = new ReadRegistry();

describe('faults in one attestation do not hide the others', () => {
  let manifest: Buffer;
  beforeEach(() => {
    manifest = pushImage(world.registry, 'o/app', 'v1');
    attachBundles(world.registry, 'o/app', manifest, [evidenceAbout(manifest)]);
  });

  test.each<[string, (response: ServerResponse, length: number) => void, ReasonCode]>([
    ['404', answer(404, {}), 'REGISTRY_CONTENT_MISSING'],
    ['500', answer(500, {}), 'REGISTRY_UNAVAILABLE'],
    [
      'other content',
      (response, length) => answer(200, {}, 'x'.repeat(length))(response),
      'REGISTRY_DIGEST_MISMATCH',
    ],
    [
      'more',
      (response, length) => answer(200, {}, 'x'.repeat(length + 1))(response),
      'REGISTRY_SIZE_MISMATCH',
    ],
    [
      'less',
      (response, length) => answer(200, {}, 'x'.repeat(length - 1))(response),
      'REGISTRY_SIZE_MISMATCH',
    ],
    [
      'more without saying so',
      (response) => {
        response.writeHead(200);
        response.on('close', () => clearInterval(timer));
        const timer = setInterval(() => response.write('x'.repeat(65536)), 1);
      },
      'REGISTRY_SIZE_MISMATCH',
    ],
    ['silence', hang, 'REGISTRY_TIMEOUT'],
  ])('%s', async (_, fault, code) => {
    const bad = evidenceAbout(manifest, { seed: 'bad' }).bytes;
    attachBundles(world.registry, 'o/app', manifest, [{ bytes: bad }]);
    world.registry.fault(new RegExp(`blobs/${digestOf(bad)}`), (response) => fault(response, bad.length));
    const { attested } = await timed(read(world.image(), world.options()));
    expect(
      attested[0]?.items.map((item) => (item.kind === 'refused' ? item.reason.code : item.kind)).toSorted(),
    ).toEqual([code, 'evidence'].toSorted());
  });

  test('a layer of 2 GiB is never fetched', async () => {
    const layer = {
      ...descriptor('application/vnd.dev.sigstore.bundle.v0.3+json', Buffer.from('x')),
      size: 2 ** 31,
    };
    world.registry.putManifest(
      'o/app',
      {
        schemaVersion: 2,
        config: descriptor('application/vnd.oci.empty.v1+json', Buffer.from('{}')),
        artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        layers: [layer],
        subject: descriptor(OCI_MANIFEST, manifest),
      },
      OCI_MANIFEST,
    );
    const before = process.memoryUsage().rss;
    expect(await world.refusedEvidence()).toMatchObject([{ code: 'INPUT_TOO_LARGE' }]);
    expect(world.registry.asked.some(({ path }) => path.endsWith(layer.digest))).toBe(false);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  test('a subject that is another image', async () => {
    const stray = pushImage(world.registry, 'o/other', 'v1').toString().replace('amd64', 'arm64');
    const [strange] = attachBundles(world.registry, 'o/app', Buffer.from(`${stray} `), [
      evidenceAbout(manifest, { seed: 'x' }),
    ]);
    const listed = {
      ...descriptor(OCI_MANIFEST, strange ?? manifest),
      artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    };
    world.registry.fault(
      /referrers/,
      answer(200, { 'content-type': OCI_INDEX }, bytesOf({ schemaVersion: 2, manifests: [listed] })),
    );
    expect(await world.refusedEvidence()).toMatchObject([
      { code: 'IMAGE_MANIFEST_INVALID', path: 'subject.digest' },
    ]);
  });

  test('a legacy layer without a signature', async () => {
    attachLayers(world.registry, 'o/app', manifest, [{ blob: Buffer.from('{}'), annotations: {} }]);
    expect(await world.refusedEvidence()).toMatchObject([{ code: 'SIGNATURE_MISSING' }]);
  });
});
