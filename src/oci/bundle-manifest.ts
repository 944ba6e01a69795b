import { hash } from 'node:crypto';
import { canonicalize } from '#core/json/canonical';
import type { Descriptor } from './descriptor.ts';
import { formatDigest } from './digest.ts';
import { mediaTypes } from './media-types.ts';

/** The configuration of an artifact that has none. */
export const EMPTY_CONFIG = Buffer.from('{}');

/** What is attached to an image. */
export interface AttachedBundle {
  readonly subject: Pick<Descriptor, 'mediaType' | 'digest' | 'size'>;
  /** A Sigstore bundle, and its media type. */
  readonly bundle: Uint8Array;
  readonly mediaType: string;
  readonly predicateType: string;
}

/**
 * The manifest by which a bundle refers to an image, as cosign 3 attaches it: without a time, so that the same
 * bundle is attached once, however often.
 * @see https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md
 */
export function bundleManifest({ subject, bundle, mediaType, predicateType }: AttachedBundle): Buffer {
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    artifactType: mediaType,
    config: described(mediaTypes.empty, EMPTY_CONFIG),
    layers: [described(mediaType, bundle)],
    subject: { mediaType: subject.mediaType, digest: formatDigest(subject.digest), size: subject.size },
    annotations: {
      'dev.sigstore.bundle.content': 'dsse-envelope',
      'dev.sigstore.bundle.predicateType': predicateType,
    },
  };
  return Buffer.from(canonicalize(manifest), 'utf8');
}

function described(
  mediaType: string,
  bytes: Uint8Array,
): { readonly mediaType: string; readonly digest: string; readonly size: number } {
  return { mediaType, digest: `sha256:${hash('sha256', bytes, 'hex')}`, size: bytes.length };
}
