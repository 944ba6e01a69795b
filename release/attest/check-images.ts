import { createHash } from 'node:crypto';
import { sha256Hex } from '#core/bytes/digest';
import { refuse } from '#core/errors/error';
import { parseDigest } from '#core/oci/digest';
import { formatPlatform, parsePlatform } from '#core/oci/platform';
import type { StoredManifest } from '#core/oci/image-store';
import { watched } from '../archive/octets.ts';
import { unpacked } from '../archive/gzip.ts';
import { digestOfInput, labelsOf } from '../assemble/assemble.ts';
import type { BuiltImage } from '../build/build-record.ts';
import { readBaseDocuments } from '../image/base-image.ts';
import { imageDocuments, type ImageContent } from '../image/image-documents.ts';
import type { FetchedWork } from '../lock/work.ts';
import type { CheckedBuild } from './check-build.ts';
import { checkEntries, type ExpectedPart } from './check-archive.ts';
import { same, sizeOf } from './digests.ts';
import type { ImageLayout } from './image-layout.ts';

/**
 * Reads the images back: each is the one that the plan's files, as they were built, and the locked base make, and
 * nothing else is in it; the platforms are those of the plan.
 * @throws RELEASE_WORK_INVALID, RELEASE_CONTENT_MISMATCH, REGISTRY_*, IMAGE_*, ARCHIVE_*
 */
export async function checkImages(
  { plan, store }: Pick<FetchedWork, 'plan' | 'store'>,
  { build, output }: CheckedBuild,
  images: ImageLayout,
): Promise<void> {
  const nameOf = ({ references }: Pick<BuiltImage, 'references'>): string => references.join();
  const planned = plan.images.map(nameOf);
  if (planned.join('\n') !== build.images.map(nameOf).join('\n'))
    apart(planned.join(' '), build.images.map(nameOf).join(' '));
  const { sourceDateEpoch } = build;
  const labels = labelsOf(plan, sourceDateEpoch);
  for (const [index, image] of build.images.entries()) {
    const { platforms = [], base } = plan.images[index] ?? {};
    await checkPlatforms(
      image,
      platforms.map(({ platform }) => platform),
      images,
    );
    const baseSha256 = base === undefined ? undefined : digestOfInput(plan, base);
    for (const { platform, files, entrypoint } of platforms) {
      const digest = image.platforms.find((one) => one.platform === platform)?.digest ?? '';
      await checkImage(await manifestOf(images, digest), images, {
        name: `${image.references[0] ?? 'an image'} for ${platform}`,
        parts: files.map((file) => ({ path: file.path.slice(1), built: output(file.output, platform) })),
        base:
          baseSha256 === undefined
            ? undefined
            : await readBaseDocuments(store, baseSha256, parsePlatform(platform)),
        platform,
        entrypoint,
        labels,
        sourceDateEpoch,
      });
    }
  }
}

/** An index lists exactly these platforms; an image for one is its manifest. */
async function checkPlatforms(
  { digest, platforms, references }: BuiltImage,
  planned: readonly string[],
  images: ImageLayout,
): Promise<void> {
  const { manifest } = await manifestOf(images, digest);
  const listed =
    manifest.kind === 'image'
      ? planned.map((platform) => `${platform} ${digest}`)
      : manifest.manifests.map(
          (one) =>
            `${one.platform === undefined ? 'no platform' : formatPlatform(one.platform)} ${one.digest.algorithm}:${one.digest.hex}`,
        );
  const recorded = platforms.map((one) => `${one.platform} ${one.digest}`);
  same(
    `the platforms of ${references[0] ?? 'an image'}`,
    recorded.toSorted().join(),
    listed.toSorted().join(),
  );
  same(
    `the platforms of ${references[0] ?? 'an image'}`,
    planned.toSorted().join(),
    platforms
      .map(({ platform }) => platform)
      .toSorted()
      .join(),
  );
}

type ExpectedImage = Omit<ImageContent, 'layer' | 'diffId'> & {
  /** For messages. */
  readonly name: string;
  readonly parts: readonly ExpectedPart[];
};

async function checkImage(
  { manifest, digest }: StoredManifest,
  images: ImageLayout,
  expected: ExpectedImage,
): Promise<void> {
  const { name, parts } = expected;
  const layers = manifest.kind === 'image' ? manifest.layers : [];
  const own = layers.at(-1);
  if (manifest.kind !== 'image' || own === undefined) return apart('an image with a layer', `none: ${name}`);
  const hash = createHash('sha256');
  let size = 0;
  const packed = watched(images.blobs.stream(own.digest.hex), (chunk) => (size += chunk.length));
  const archive = watched(unpacked(packed, name), (chunk) => hash.update(chunk));
  await checkEntries(archive, name, parts);
  const layer = { sha256: own.digest.hex, size };
  const diffId = `sha256:${hash.digest('hex')}`;
  // The manifest names the configuration and all layers: it is what it should be only where they are.
  same(`the image ${name}`, sha256Hex(imageDocuments({ ...expected, layer, diffId }).manifest), digest.hex);
  for (const blob of [manifest.config, ...layers.slice(0, -1)])
    same(`a part of ${name}`, blob.size, await sizeOf(images.blobs.stream(blob.digest.hex)));
}

async function manifestOf({ layout }: ImageLayout, digest: string): Promise<StoredManifest> {
  const found = await layout.manifest(parseDigest(digest, 'RELEASE_WORK_INVALID'));
  return (
    found ??
    refuse('IMAGE_LAYOUT_INVALID', 'the layout does not have an image of the build', {
      expected: digest,
      found: 'no such blob',
    })
  );
}

function apart(expected: string, found: string): never {
  return refuse(
    'RELEASE_WORK_INVALID',
    'build.json does not belong to plan.json: the images are not those of the plan',
    {
      expected: JSON.stringify(expected.slice(0, 300)),
      found: JSON.stringify(found.slice(0, 300)),
      hint: 'run edgeseal-release build again, with the same --work',
    },
  );
}
