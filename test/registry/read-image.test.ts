import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { verify } from '#core/verify/verify';
import { trustOf } from '../sigstore/trust.ts';
import { definePolicy } from '#core/policy/define-policy';
import { limits } from '#core/limits';
import { cycloneDx } from '../sigstore/statement.ts';
import {
  attachBundles,
  attachLayers,
  BUNDLE_TYPE,
  descriptor,
  evidenceAbout,
  legacyLayer,
  pushImage,
  pushIndex,
  referrerManifest,
} from './content.ts';
import { read, refusalOf } from './reader.ts';
import { digestOf, OCI_MANIFEST, TestRegistry, type RegistryOptions } from './server.ts';

let registry: TestRegistry;
const start = async (options: RegistryOptions = {}): Promise<void> => {
  await registry.stop();
  registry = await TestRegistry.start(options);
};
beforeEach(async () => {
  registry = await TestRegistry.start();
});
afterEach(async () => registry.stop());

const SLSA = 'https://slsa.dev/provenance/v1';
const image = (suffix = ':v1'): string => `${registry.host}/o/app${suffix}`;

describe('an image and its attestations', () => {
  test.each<[string, RegistryOptions, 'api' | 'tag' | 'att']>([
    ['bundles by the referrers API', {}, 'api'],
    ['bundles by the fallback tag', { referrersApi: false }, 'tag'],
    ["layers of cosign's .att", {}, 'att'],
    ["layers of cosign's .att, no referrers API", { referrersApi: false }, 'att'],
  ])('%s', async (_, options, how) => {
    await start(options);
    const manifest = pushImage(registry, 'o/app', 'v1');
    const { fixture, blob, annotations } = legacyLayer({ artifact: { name: 'image', content: manifest } });
    if (how === 'att') attachLayers(registry, 'o/app', manifest, [{ blob, annotations }]);
    else attachBundles(registry, 'o/app', manifest, [{ bytes: fixture.bytes, predicateType: SLSA }], how);
    const { image: found, attested } = await read(image());
    expect(`sha256:${found.digest.hex}`).toBe(digestOf(manifest));
    const policy = await definePolicy(
      { name: 'p', requirements: [{ signers: [{ issuer: '**', identity: '**' }], predicateType: SLSA }] },
      () => undefined,
    );
    const verdict = verify({
      artifact: { name: 'image', kind: 'image', digests: { sha256: found.digest.hex } },
      evidence: attested.flatMap(({ items }) => items),
      policy,
      trust: trustOf(fixture),
      now: new Date('2026-01-20T00:00:00Z'),
    });
    expect(verdict).toMatchObject({ outcome: 'pass' });
    expect(verdict.requirements[0]?.attestations[0]?.source).toMatch(/^127\.0\.0\.1:\d+\/o\/app@sha256:/);
  });

  test.each<[string, string, number]>([
    ['its own type', BUNDLE_TYPE, 1],
    ["its empty configuration's, as cosign 2 writes it", 'application/vnd.oci.empty.v1+json', 1],
    ["a bare envelope's", 'application/vnd.dsse.envelope.v1+json', 1],
    ['another, that cannot be one', 'application/spdx+json', 0],
  ])('by the fallback tag, listed as %s', async (_, listedAs, items) => {
    await start({ referrersApi: false });
    const manifest = pushImage(registry, 'o/app', 'v1');
    attachBundles(registry, 'o/app', manifest, [evidenceAbout(manifest)], 'tag', listedAs);
    expect((await read(image())).attested.flatMap((it) => it.items)).toHaveLength(items);
  });

  test('none', async () => {
    pushImage(registry, 'o/app', 'v1');
    expect((await read(image())).attested).toMatchObject([{ items: [], skipped: [] }]);
  });

  test('by digest, and nothing but the digest counts', async () => {
    const manifest = pushImage(registry, 'o/app', 'v1');
    const found = await read(image(`:other@${digestOf(manifest)}`));
    expect(`sha256:${found.image.digest.hex}`).toBe(digestOf(manifest));
  });

  test.each([
    ['no such tag', ':v2', 'IMAGE_NOT_FOUND'],
    ['no such digest', `@sha256:${'0'.repeat(64)}`, 'IMAGE_NOT_FOUND'],
  ])('%s', async (_, suffix, code) => {
    pushImage(registry, 'o/app', 'v1');
    expect(await refusalOf(image(suffix))).toMatchObject({ code });
  });

  test('on several pages', async () => {
    await start({ page: 2 });
    const manifest = pushImage(registry, 'o/app', 'v1');
    const bundles = ['a', 'b', 'c', 'd', 'e'].map((seed) => evidenceAbout(manifest, { seed }));
    attachBundles(registry, 'o/app', manifest, bundles);
    expect((await read(image())).attested[0]?.items.length).toBe(5);
  });
});

describe('what is not asked for', () => {
  test('is not fetched where an annotation names its type', async () => {
    const manifest = pushImage(registry, 'o/app', 'v1');
    const good = evidenceAbout(manifest);
    const sbom = evidenceAbout(manifest, { statement: cycloneDx });
    attachBundles(registry, 'o/app', manifest, [
      { bytes: good.bytes, predicateType: SLSA },
      { bytes: sbom.bytes, predicateType: 'https://cyclonedx.org/bom' },
    ]);
    const layer = legacyLayer({ artifact: { name: 'image', content: manifest }, statement: cycloneDx });
    const annotations = { ...layer.annotations, predicateType: 'https://cyclonedx.org/bom' };
    attachLayers(registry, 'o/app', manifest, [{ blob: layer.blob, annotations }]);
    const { attested } = await read(image(), { wanted: [SLSA] });
    expect(attested).toMatchObject([
      { skipped: ['https://cyclonedx.org/bom'], items: [{ kind: 'evidence' }] },
    ]);
    expect(registry.asked.filter(({ path }) => path.includes('/blobs/')).length).toBe(1);
  });
});

test.each([
  ['application/vnd.dsse.envelope.v1+json', 1],
  ['application/vnd.dev.cosign.simplesigning.v1+json', 0],
  ['application/json', 0],
])('a layer of `.att` of type %s: %i attestations', async (mediaType, count) => {
  const manifest = pushImage(registry, 'o/app', 'v1');
  const { blob, annotations } = legacyLayer({ artifact: { name: 'image', content: manifest } });
  attachLayers(registry, 'o/app', manifest, [{ blob, annotations, mediaType }]);
  expect((await read(image())).attested[0]?.items).toHaveLength(count);
});

test.each([
  [BUNDLE_TYPE, 1],
  ['application/vnd.dsse.envelope.v1+json', 1],
  ['application/json', 0],
])('a layer of type %s under a manifest for bundles: %i attestations', async (mediaType, count) => {
  const manifest = pushImage(registry, 'o/app', 'v1');
  const { bytes } = evidenceAbout(manifest);
  registry.putBlob('o/app', bytes);
  const made: object = JSON.parse(referrerManifest(manifest, bytes).toString());
  const layers = [descriptor(mediaType, bytes)];
  registry.putManifest('o/app', { ...made, layers }, OCI_MANIFEST);
  expect((await read(image())).attested[0]?.items).toHaveLength(count);
});

test.each([
  [0, undefined],
  [1, 'EVIDENCE_TOO_MANY'],
])('as many layers in `.att` as may be, and %i bundles: %s', async (count, code) => {
  const manifest = pushImage(registry, 'o/app', 'v1');
  const layer = { blob: Buffer.from('{}'), annotations: {} };
  attachLayers(
    registry,
    'o/app',
    manifest,
    Array.from({ length: limits.evidenceItems }, () => layer),
  );
  attachBundles(
    registry,
    'o/app',
    manifest,
    Array.from({ length: count }, () => ({ bytes: layer.blob })),
  );
  const found = await read(image()).catch((error: unknown) => error);
  expect(found).toMatchObject(code === undefined ? { attested: [{ skipped: [] }] } : { code });
});

describe('requests', () => {
  test('go in four waves, however many attestations there are', async () => {
    await start({ lockstep: 60 });
    const manifest = pushImage(registry, 'o/app', 'v1');
    const bundles = Array.from({ length: 10 }, (_, seed) => evidenceAbout(manifest, { seed: String(seed) }));
    attachBundles(registry, 'o/app', manifest, bundles);
    expect((await read(image())).attested[0]?.items.length).toBe(10);
    // the tag; three lists; ten manifests; ten bundles, and the tag again
    expect([registry.waves, registry.asked.length]).toEqual([4, 1 + 3 + 10 + 11]);
  });
});

describe('platforms', () => {
  test('without one the index is the image', async () => {
    const { index } = pushIndex(registry, 'o/app', 'v1');
    const { image: found, attested } = await read(image());
    expect(`sha256:${found.digest.hex}`).toBe(digestOf(index));
    expect(attested.length).toBe(1);
  });

  test('one of an index: attestations of the image, then of the index', async () => {
    const { index, images } = pushIndex(registry, 'o/app', 'v1');
    attachBundles(registry, 'o/app', index, [evidenceAbout(index)]);
    const { image: found, attested } = await read(image(), { platform: 'linux/arm64' });
    expect(`sha256:${found.digest.hex}`).toBe(digestOf(images.arm64));
    expect(attested.map(({ digest, items }) => [`sha256:${digest.hex}`, items.length])).toEqual([
      [digestOf(images.arm64), 0],
      [digestOf(index), 1],
    ]);
  });

  test('of an image that stands alone', async () => {
    const manifest = pushImage(registry, 'o/app', 'v1');
    const { image: found } = await read(image(), { platform: 'linux/amd64' });
    expect(`sha256:${found.digest.hex}`).toBe(digestOf(manifest));
    expect(await refusalOf(image(), { platform: 'linux/arm64' })).toMatchObject({
      code: 'IMAGE_PLATFORM_UNRESOLVED',
      found: 'linux/amd64',
    });
  });

  test('one that is not there', async () => {
    pushIndex(registry, 'o/app', 'v1');
    expect(await refusalOf(image(), { platform: 'linux/arm' })).toMatchObject({
      code: 'IMAGE_PLATFORM_UNRESOLVED',
      found: '"linux/amd64", "linux/arm64"',
    });
  });
});
