import { refuse } from '#core/errors/error';
import { parseDigest } from '#core/oci/digest';
import { formatPlatform } from '#core/oci/platform';
import type { StoredManifest } from '#core/oci/image-store';
import { unpacked } from '../archive/gzip.ts';
import { readTar } from '../archive/read-tar.ts';
import type { BuiltImage } from '../build/build-record.ts';
import type { Plan } from '../plan/plan.ts';
import type { CheckedBuild } from './check-build.ts';
import type { ExpectedPart } from './check-archive.ts';
import { digestOf, same } from './digests.ts';
import type { ImageLayout } from './image-layout.ts';

/**
 * Reads the images back: manifests, configurations and layers are what their digests say, the platforms are those of
 * the plan, and the files that the plan puts there are the very ones that were built.
 * @throws RELEASE_WORK_INVALID, RELEASE_CONTENT_MISMATCH, REGISTRY_*, IMAGE_*, ARCHIVE_*
 */
export async function checkImages(
  plan: Plan,
  { build, output }: CheckedBuild,
  images: ImageLayout,
): Promise<void> {
  const nameOf = ({ references }: Pick<BuiltImage, 'references'>): string => references.join();
  const planned = plan.images.map(nameOf);
  if (planned.join('\n') !== build.images.map(nameOf).join('\n'))
    apart(planned.join(' '), build.images.map(nameOf).join(' '));
  for (const [index, image] of build.images.entries()) {
    const platforms = plan.images[index]?.platforms ?? [];
    await checkPlatforms(
      image,
      platforms.map(({ platform }) => platform),
      images,
    );
    for (const { platform, files } of platforms) {
      const digest = image.platforms.find((one) => one.platform === platform)?.digest ?? '';
      const parts = files.map((file) => ({ path: file.path.slice(1), built: output(file.output, platform) }));
      await checkImage(await manifestOf(images, digest), parts, images);
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

async function checkImage(
  { manifest, digest }: StoredManifest,
  parts: readonly ExpectedPart[],
  images: ImageLayout,
): Promise<void> {
  if (manifest.kind !== 'image') return apart('an image for each platform', 'an index in an index');
  await images.blobs.pathOf(manifest.config.digest.hex);
  const found = new Map<string, string>();
  const wanted = new Set(parts.map(({ path }) => path));
  for (const layer of manifest.layers) {
    const name = `${layer.digest.algorithm}:${layer.digest.hex}`;
    for await (const entry of readTar(unpacked(images.blobs.stream(layer.digest.hex), name), {
      name,
      links: 'any',
    })) {
      if (!wanted.has(entry.path)) continue;
      found.set(
        entry.path,
        entry.kind === 'file' ? (await digestOf('sha256', entry.content.read())).hex : entry.kind,
      );
    }
  }
  for (const { path, built } of parts) same(`${digest.hex}: /${path}`, built.sha256, found.get(path));
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
