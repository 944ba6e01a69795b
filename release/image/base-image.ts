import { createHash } from 'node:crypto';
import { refuse } from '#core/errors/error';
import { parseJsonBytes } from '#core/json/parse';
import { isObject, member } from '#core/json/value';
import { limits } from '#core/limits';
import type { Descriptor } from '#core/oci/descriptor';
import { formatDigest } from '#core/oci/digest';
import { parseManifest, type Manifest } from '#core/oci/manifest';
import { mediaTypes } from '#core/oci/media-types';
import { formatPlatform, manifestsFor, type Platform } from '#core/oci/platform';
import { unpacked } from '../archive/gzip.ts';
import { applyLayers, type ImageTree, type Layer } from '../archive/layers.ts';
import type { Store } from '../store/store.ts';
import { parseBaseConfig, type BaseConfig } from './image-config.ts';
import { layerType } from './image-types.ts';

/** An image that others begin with, for one platform. */
export interface BaseImage {
  readonly config: BaseConfig;
  /** With OCI's media types; the lowest first. */
  readonly layers: readonly Descriptor[];
  /** What stands in it. */
  readonly tree: ImageTree;
}

/**
 * Reads an image of a store, its layers too: each must be what its digests say, packed and unpacked.
 * @param sha256 of its manifest or index
 * @throws RELEASE_CONTENT_MISSING, RELEASE_CONTENT_MISMATCH, IMAGE_MANIFEST_INVALID, IMAGE_PLATFORM_UNRESOLVED,
 * REGISTRY_DIGEST_MISMATCH, and what layers are refused for
 */
export async function readBaseImage(store: Store, sha256: string, platform: Platform): Promise<BaseImage> {
  const { config, layers } = await readBaseDocuments(store, sha256, platform);
  const tree = await applyLayers(
    layers.map((layer, index) => checkedLayer(store, layer, config.diffIds[index] ?? '')),
    { write: async () => undefined, remove: async () => undefined },
  );
  return { config, layers, tree };
}

/**
 * What an image of a store says of itself; no layer is read.
 * @throws RELEASE_CONTENT_MISSING, RELEASE_CONTENT_MISMATCH, IMAGE_MANIFEST_INVALID, IMAGE_PLATFORM_UNRESOLVED
 */
export async function readBaseDocuments(
  store: Store,
  sha256: string,
  platform: Platform,
): Promise<Pick<BaseImage, 'config' | 'layers'>> {
  const manifest = await manifestOf(store, sha256, platform);
  const name = `the image ${formatDigest(manifest.config.digest)}`;
  const bytes = await store.read(manifest.config.digest.hex, limits.manifest);
  const config = parseBaseConfig(bytes, platform, name);
  const layers = manifest.layers.map((layer) => ({ ...layer, mediaType: layerType(layer.mediaType, name) }));
  if (layers.length !== config.diffIds.length) {
    refuse('IMAGE_MANIFEST_INVALID', `${name} says two numbers of layers`, {
      expected: `${layers.length} layers`,
      found: `${config.diffIds.length} in rootfs.diff_ids`,
    });
  }
  return { config, layers };
}

/** A layer of a store, which must be, unpacked, what the configuration says. */
export function checkedLayer(store: Store, { digest }: Descriptor, diffId: string): Layer {
  const name = `the layer ${formatDigest(digest)}`;
  return {
    name,
    read: async function* read() {
      const algorithm = diffId.startsWith('sha512:') ? 'sha512' : 'sha256';
      const hash = createHash(algorithm);
      for await (const chunk of unpacked(store.stream(digest.hex), name)) {
        hash.update(chunk);
        yield chunk;
      }
      const found = `${algorithm}:${hash.digest('hex')}`;
      if (found !== diffId) {
        refuse('REGISTRY_DIGEST_MISMATCH', `${name} is not, unpacked, what the image says`, {
          expected: diffId,
          found,
          hint: 'do not use this image; tell who made it',
        });
      }
    },
  };
}

type ImageManifest = Manifest & { readonly kind: 'image' };

async function manifestOf(
  store: Store,
  sha256: string,
  platform: Platform,
  depth = 0,
): Promise<ImageManifest> {
  const name = `the image sha256:${sha256}`;
  const bytes = await store.read(sha256, limits.manifest);
  const manifest = parseManifest(bytes, ownType(bytes), name);
  if (manifest.kind === 'image') return manifest;
  const [only, ...others] = manifestsFor(manifest.manifests, platform);
  if (only === undefined || others.length > 0 || depth >= limits.indexDepth) {
    return refuse('IMAGE_PLATFORM_UNRESOLVED', `${name} has not exactly one image for the platform`, {
      expected: formatPlatform(platform),
      found: `${others.length + (only === undefined ? 0 : 1)} images`,
      hint: 'name another base, or leave the platform out',
    });
  }
  return manifestOf(store, only.digest.hex, platform, depth + 1);
}

/** What a manifest that is known by its digest alone calls itself. */
function ownType(bytes: Uint8Array): string {
  const value = parseJsonBytes(bytes, 'a manifest');
  const own = isObject(value) ? member(value, 'mediaType') : undefined;
  if (typeof own === 'string') return own;
  const isIndex = isObject(value) && member(value, 'manifests') !== undefined;
  return isIndex ? mediaTypes.ociIndex : mediaTypes.ociManifest;
}
