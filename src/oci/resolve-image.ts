import { refuse } from '#core/errors/error';
import { parseJsonBytes } from '#core/json/parse';
import { isObject } from '#core/json/value';
import { limits } from '#core/limits';
import type { Descriptor } from './descriptor.ts';
import { equalDigests, formatDigest, type OciDigest } from './digest.ts';
import type { ImageStore, StoredManifest } from './image-store.ts';
import type { Manifest } from './manifest.ts';
import { isIndexType } from './media-types.ts';
import { formatPlatform, manifestsFor, parsePlatformObject, type Platform } from './platform.ts';

/** An image, found: from here on known by its digest only. */
export interface ResolvedImage {
  /** The image that is meant: of the platform, where one is asked for. */
  readonly digest: OciDigest;
  readonly mediaType: string;
  /** Octets of its manifest. */
  readonly size: number;
  readonly platform: Platform | undefined;
  /** The indexes through which it was found, outermost first: who attests one of them attests the image. */
  readonly indexes: readonly OciDigest[];
}

/** Nested indexes that are looked into for one platform, count. */
const NESTED = 32;

/**
 * Finds an image by tag or digest, and in an index the image of a platform. Without a platform the index itself
 * is the image.
 * @throws IMAGE_NOT_FOUND, IMAGE_PLATFORM_UNRESOLVED, IMAGE_INDEX_TOO_DEEP, and what the store throws
 */
export async function resolveImage(
  store: ImageStore,
  at: string | OciDigest,
  platform?: Platform,
): Promise<ResolvedImage> {
  const found = (await store.manifest(at)) ?? notFound(store, at);
  if (platform === undefined) return resolved(found, undefined, []);
  if (found.manifest.kind === 'image') {
    await checkPlatform(store, found.manifest, platform);
    return resolved(found, platform, []);
  }
  const inIndex = await find(store, found, platform, [], { left: NESTED });
  return inIndex ?? unresolved(store, platform, offered(found.manifest.manifests));
}

function resolved(
  { digest, mediaType, size }: StoredManifest,
  platform: Platform | undefined,
  indexes: readonly OciDigest[],
): ResolvedImage {
  return { digest, mediaType, size, platform, indexes };
}

async function find(
  store: ImageStore,
  index: StoredManifest,
  platform: Platform,
  above: readonly OciDigest[],
  budget: { left: number },
): Promise<ResolvedImage | undefined> {
  if (index.manifest.kind !== 'index') return undefined;
  const indexes = [...above, index.digest];
  const { manifests } = index.manifest;
  const fits = manifestsFor(manifests, platform).filter(({ mediaType }) => !isIndexType(mediaType));
  const [only, ...others] = new Map(fits.map((one) => [formatDigest(one.digest), one])).values();
  if (others.length > 0) unresolved(store, platform, offered(fits));
  if (only !== undefined) return resolved(await load(store, only), platform, indexes);
  for (const nested of manifests.filter(({ mediaType }) => isIndexType(mediaType))) {
    budget.left--;
    if (indexes.length >= limits.indexDepth || budget.left < 0) {
      refuse('IMAGE_INDEX_TOO_DEEP', 'indexes in indexes, and no end of them', {
        expected: `at most ${limits.indexDepth} levels and ${NESTED} indexes`,
        found: formatDigest(nested.digest),
        hint: 'name the image of the platform by its digest',
      });
    }
    const found = await find(store, await load(store, nested), platform, indexes, budget);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The manifest of a descriptor, which must be what the descriptor says. */
export async function load(store: ImageStore, descriptor: Descriptor): Promise<StoredManifest> {
  const found = await store.manifest(descriptor.digest);
  if (found === undefined) {
    return refuse('REGISTRY_CONTENT_MISSING', `${store.name} does not have what it lists`, {
      expected: formatDigest(descriptor.digest),
      found: 'nothing',
      hint: 'push it again: an index is there whose manifests are not',
    });
  }
  if (found.size !== descriptor.size) {
    refuse('REGISTRY_SIZE_MISMATCH', 'a manifest has another size than its descriptor says', {
      path: formatDigest(descriptor.digest),
      expected: `${descriptor.size} octets`,
      found: `${found.size} octets`,
    });
  }
  if (found.mediaType !== descriptor.mediaType) {
    refuse('REGISTRY_TYPE_UNEXPECTED', 'a manifest has another type than its descriptor says', {
      path: formatDigest(descriptor.digest),
      expected: JSON.stringify(descriptor.mediaType.slice(0, 200)),
      found: found.mediaType,
    });
  }
  return found;
}

/** An image that stands alone says in its configuration what it is for. */
async function checkPlatform(
  store: ImageStore,
  { config }: Manifest & { readonly kind: 'image' },
  platform: Platform,
): Promise<void> {
  if (config.size > limits.manifest) {
    refuse('INPUT_TOO_LARGE', 'the configuration of the image is too large', {
      expected: `at most ${limits.manifest} octets`,
      found: `${config.size} octets`,
    });
  }
  const value = parseJsonBytes(await store.blob(config), 'the configuration of the image');
  const own = isObject(value)
    ? parsePlatformObject(value, { code: 'IMAGE_MANIFEST_INVALID', path: '' })
    : undefined;
  const fits = own !== undefined && manifestsFor([{ ...config, platform: own }], platform).length === 1;
  if (!fits) unresolved(store, platform, own === undefined ? 'nothing' : formatPlatform(own));
}

/** Whether the image is still what the tag was. @throws IMAGE_TAG_MOVED */
export async function confirmTag(store: ImageStore, tag: string, digest: OciDigest): Promise<void> {
  const now = await store.tagged(tag);
  if (now !== undefined && equalDigests(now, digest)) return;
  refuse('IMAGE_TAG_MOVED', `${store.name}:${tag} became another image while it was verified`, {
    expected: formatDigest(digest),
    found: now === undefined ? 'no such tag' : formatDigest(now),
    hint: 'verify again, or name the image by its digest',
  });
}

function offered(manifests: readonly Descriptor[]): string {
  const names = manifests.flatMap(({ platform }) =>
    platform === undefined ? [] : [formatPlatform(platform)],
  );
  const some = [...new Set(names)].slice(0, 20).map((name) => name.slice(0, 60));
  return some.length === 0 ? 'none' : some.map((name) => JSON.stringify(name)).join(', ');
}

function unresolved(store: ImageStore, platform: Platform, found: string): never {
  return refuse('IMAGE_PLATFORM_UNRESOLVED', `${store.name} has not exactly one image for the platform`, {
    expected: formatPlatform(platform),
    found,
    hint: 'name one that is there; without --platform the whole index is verified',
  });
}

function notFound(store: ImageStore, at: string | OciDigest): never {
  const name = typeof at === 'string' ? `${store.name}:${at}` : `${store.name}@${formatDigest(at)}`;
  return refuse('IMAGE_NOT_FOUND', `there is no image ${name}`, {
    expected: 'an image that the registry has',
    found: 'HTTP 404, or nothing of this name in the layout',
    hint: 'check the name, the tag and the registry',
  });
}
