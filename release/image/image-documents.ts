import { canonicalize } from '#core/json/canonical';
import { formatDigest } from '#core/oci/digest';
import { mediaTypes } from '#core/oci/media-types';
import { parsePlatform } from '#core/oci/platform';
import { sha256Hex } from '#core/bytes/digest';
import type { Platform } from '../description/document.ts';
import type { Stored } from '../store/store.ts';
import type { BaseImage } from './base-image.ts';
import { imageConfig } from './image-config.ts';
import { imageTypes } from './image-types.ts';

/** An image for one platform, without its bytes. */
export interface ImageContent {
  readonly platform: Platform;
  readonly entrypoint: readonly string[];
  readonly base: Pick<BaseImage, 'config' | 'layers'> | undefined;
  /** With the files of the release, packed. */
  readonly layer: Stored;
  /** `sha256:HEX` of the same, unpacked. */
  readonly diffId: string;
  /** `org.opencontainers.image.*`: in the configuration, and as annotations. */
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds since 1970. */
  readonly sourceDateEpoch: number;
}

/** Configuration and manifest of an image: the same content has the same bytes. */
export function imageDocuments(content: ImageContent): {
  readonly config: Uint8Array;
  readonly manifest: Uint8Array;
} {
  const { entrypoint, base, layer, diffId, labels, sourceDateEpoch } = content;
  const platform = parsePlatform(content.platform);
  const created = new Date(sourceDateEpoch * 1000).toISOString().replace('.000Z', 'Z');
  const config = Buffer.from(
    canonicalize(imageConfig({ platform, created, entrypoint, labels, base: base?.config, diffId })),
  );
  const manifest = canonicalize({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: descriptor(imageTypes.config, { sha256: sha256Hex(config), size: config.length }),
    layers: [
      ...(base?.layers ?? []).map(({ mediaType, digest, size }) => ({
        mediaType,
        digest: formatDigest(digest),
        size,
      })),
      descriptor(imageTypes.layer, layer),
    ],
    annotations: labels,
  });
  return { config, manifest: Buffer.from(manifest) };
}

export function descriptor(
  mediaType: string,
  { sha256, size }: Stored,
): { readonly mediaType: string; readonly digest: string; readonly size: number } {
  return { mediaType, digest: `sha256:${sha256}`, size };
}
