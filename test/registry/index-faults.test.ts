import { describe, expect, test } from 'vitest';
import type { ReasonCode } from '#core/errors/codes';
import { bytesOf, descriptor } from './content.ts';
import { answer } from './faulty-registry.ts';
import { ReadRegistry, timed } from './read-registry.ts';
import { refusalOf } from './reader.ts';
import { OCI_INDEX, OCI_MANIFEST } from './server.ts';

const world = new ReadRegistry();

describe('faults in an index', () => {
  const entries = (manifests: readonly unknown[]): Buffer =>
    bytesOf({ schemaVersion: 2, mediaType: OCI_INDEX, manifests });
  const platform = 'linux/arm64';

  test('of 100,000 entries', async () => {
    const entry = descriptor(OCI_MANIFEST, Buffer.from('x'), {
      platform: { os: 'linux', architecture: 'amd64' },
    });
    world.registry.putManifest(
      'o/app',
      entries(Array.from({ length: 100_000 }, () => entry)),
      OCI_INDEX,
      'v1',
    );
    const before = process.memoryUsage().rss;
    expect(await timed(refusalOf(world.image(), world.options()))).toMatchObject({ code: 'INPUT_TOO_LARGE' });
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  test('of too many small entries', async () => {
    const entry = descriptor(OCI_MANIFEST, Buffer.from('x'));
    world.registry.putManifest('o/app', entries(Array.from({ length: 5000 }, () => entry)), OCI_INDEX, 'v1');
    expect(await timed(refusalOf(world.image(), world.options()))).toMatchObject({
      code: 'IMAGE_MANIFEST_INVALID',
    });
  });

  test('that holds itself: a digest cannot', async () => {
    const outer = entries([{ mediaType: OCI_INDEX, digest: `sha256:${'a'.repeat(64)}`, size: 10 }]);
    world.registry.putManifest('o/app', outer, OCI_INDEX, 'v1');
    world.registry.fault(/manifests\/sha256:aaaa/, answer(200, { 'content-type': OCI_INDEX }, outer));
    expect(await timed(refusalOf(world.image(), { ...world.options(), platform }))).toMatchObject({
      code: 'REGISTRY_DIGEST_MISMATCH',
    });
  });

  test('that holds others without end', async () => {
    let inner = entries([]);
    for (let level = 0; level < 10; level++) {
      world.registry.putManifest('o/app', inner, OCI_INDEX, 'v1');
      inner = entries([descriptor(OCI_INDEX, inner)]);
    }
    expect(await timed(refusalOf(world.image(), { ...world.options(), platform }))).toMatchObject({
      code: 'IMAGE_INDEX_TOO_DEEP',
    });
  });

  const inside = bytesOf({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] });
  test.each<[string, object, ReasonCode]>([
    ['is not there', { digest: `sha256:${'b'.repeat(64)}` }, 'REGISTRY_CONTENT_MISSING'],
    ['is of another size', { size: 1 }, 'REGISTRY_SIZE_MISMATCH'],
    ['is of another type', { mediaType: OCI_MANIFEST }, 'REGISTRY_TYPE_UNEXPECTED'],
  ])('whose entry %s', async (_, change, code) => {
    world.registry.putManifest('o/app', inside, OCI_INDEX);
    const entry = {
      ...descriptor(OCI_INDEX, inside),
      platform: { os: 'linux', architecture: 'arm64' },
      ...change,
    };
    world.registry.putManifest('o/app', entries([entry]), OCI_INDEX, 'v1');
    expect(await timed(refusalOf(world.image(), { ...world.options(), platform }))).toMatchObject({ code });
  });

  test('with two images for the platform', async () => {
    const two = ['x', 'y'].map((text) =>
      descriptor(OCI_MANIFEST, Buffer.from(text), { platform: { os: 'linux', architecture: 'arm64' } }),
    );
    world.registry.putManifest('o/app', entries(two), OCI_INDEX, 'v1');
    expect(await timed(refusalOf(world.image(), { ...world.options(), platform }))).toMatchObject({
      code: 'IMAGE_PLATFORM_UNRESOLVED',
    });
  });
});
