import type { Descriptor } from './descriptor.ts';
import type { OciDigest } from './digest.ts';
import type { Manifest } from './manifest.ts';

/** A manifest as it was read, its digest that of its bytes. */
export interface StoredManifest {
  readonly digest: OciDigest;
  /** Octets. */
  readonly size: number;
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly manifest: Manifest;
}

/** Where one image is read from: a repository of a registry, or an OCI layout. Whatever it gives is checked. */
export interface ImageStore {
  /** For reasons: `ghcr.io/o/r`. */
  readonly name: string;
  /**
   * The manifest of a tag or digest; undefined where there is none.
   * @throws REGISTRY_DIGEST_MISMATCH, REGISTRY_TYPE_UNEXPECTED, IMAGE_MANIFEST_INVALID, INPUT_TOO_LARGE, ...
   */
  readonly manifest: (at: string | OciDigest) => Promise<StoredManifest | undefined>;
  /**
   * Content that a descriptor names.
   * @throws REGISTRY_DIGEST_MISMATCH, REGISTRY_SIZE_MISMATCH, REGISTRY_CONTENT_MISSING, ...
   */
  readonly blob: (descriptor: Descriptor) => Promise<Uint8Array>;
  /** What is attached to the manifest of this digest by its `subject`. */
  readonly referrers: (digest: OciDigest) => Promise<readonly Descriptor[]>;
  /** cosign's `.att` image: the attestations that stand beside the image by the name of their tag. */
  readonly attestations: (digest: OciDigest) => Promise<StoredManifest | undefined>;
  /** The digest that a tag has now; undefined where it is gone. */
  readonly tagged: (tag: string) => Promise<OciDigest | undefined>;
}
