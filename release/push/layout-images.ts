import { refuse } from '#core/errors/error';
import { limits } from '#core/limits';
import { annotation, type Descriptor } from '#core/oci/descriptor';
import { formatDigest } from '#core/oci/digest';
import { parseManifest } from '#core/oci/manifest';
import { isIndexType, mediaTypes } from '#core/oci/media-types';
import { REF_NAME } from '../image/layout-index.ts';
import type { Store } from '../store/store.ts';

/** A manifest or an index of a layout. */
export interface LayoutManifest extends Pick<Descriptor, 'mediaType' | 'digest' | 'size'> {
  readonly bytes: Uint8Array;
}

/** An image of a layout with all that it is made of. */
export interface LayoutImage {
  /** As the layout names it: `ghcr.io/o/r:v1.2.3`. */
  readonly reference: string;
  /** Itself last: what it names stands before it. */
  readonly manifests: readonly LayoutManifest[];
  readonly blobs: readonly Descriptor[];
}

/**
 * The images that a layout names, each with everything below it.
 * @param index the bytes of `index.json`
 * @param blobs checks what is read of it
 * @param name of the layout, for messages
 * @throws IMAGE_LAYOUT_INVALID, IMAGE_MANIFEST_INVALID, RELEASE_CONTENT_MISSING, RELEASE_CONTENT_MISMATCH,
 * REGISTRY_SIZE_MISMATCH
 */
export async function layoutImages(
  index: Uint8Array,
  blobs: Store,
  name: string,
): Promise<readonly LayoutImage[]> {
  const top = parseManifest(index, mediaTypes.ociIndex, `${name}/index.json`);
  const entries = top.kind === 'index' ? top.manifests : [];
  const images: LayoutImage[] = [];
  for (const entry of entries) {
    const reference = annotation(entry.annotations, REF_NAME);
    if (reference === undefined) {
      return refuse('IMAGE_LAYOUT_INVALID', `${name} has an image without a name`, {
        path: formatDigest(entry.digest),
        expected: `the annotation ${REF_NAME}`,
      });
    }
    const manifests: LayoutManifest[] = [];
    const content = new Map<string, Descriptor>();
    await collect(entry, blobs, { manifests, content, depth: 0 });
    images.push({ reference, manifests, blobs: [...content.values()] });
  }
  return images;
}

interface Collected {
  readonly manifests: LayoutManifest[];
  readonly content: Map<string, Descriptor>;
  readonly depth: number;
}

async function collect(
  entry: Descriptor,
  blobs: Store,
  { manifests, content, depth }: Collected,
): Promise<void> {
  const { digest, mediaType, size } = entry;
  const name = formatDigest(digest);
  if (digest.algorithm !== 'sha256') {
    refuse('IMAGE_LAYOUT_INVALID', 'a manifest is named by another digest than SHA-256', { found: name });
  }
  const bytes = await blobs.read(digest.hex, limits.manifest);
  if (bytes.length !== size) {
    refuse('REGISTRY_SIZE_MISMATCH', 'content has another size than its descriptor says', {
      path: name,
      expected: `${size} octets`,
      found: `${bytes.length} octets`,
    });
  }
  const manifest = parseManifest(bytes, mediaType, name);
  if (manifest.kind === 'image') {
    for (const blob of [manifest.config, ...manifest.layers]) content.set(formatDigest(blob.digest), blob);
  } else if (depth === limits.indexDepth || !isIndexType(mediaType)) {
    refuse('IMAGE_INDEX_TOO_DEEP', `${name} holds indexes in indexes`, {
      expected: `at most ${limits.indexDepth} levels`,
    });
  } else {
    for (const child of manifest.manifests)
      await collect(child, blobs, { manifests, content, depth: depth + 1 });
  }
  manifests.push({ mediaType, digest, size, bytes });
}
