/** Media types of the image and distribution specifications, and of what stands in for them. */
export const mediaTypes = {
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
  /** A layer of cosign's `.att` image: a DSSE envelope. */
  dsse: 'application/vnd.dsse.envelope.v1+json',
  /** The configuration of an artifact that has none. */
  empty: 'application/vnd.oci.empty.v1+json',
} as const;

/** Artifact types and layers that hold Sigstore bundles begin so; the version follows. */
export const BUNDLE_PREFIX = 'application/vnd.dev.sigstore.bundle';

/** What a manifest may be, in the order in which it is asked for. */
export const MANIFEST_TYPES: readonly string[] = [
  mediaTypes.ociIndex,
  mediaTypes.ociManifest,
  mediaTypes.dockerIndex,
  mediaTypes.dockerManifest,
];

export function isIndexType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociIndex || mediaType === mediaTypes.dockerIndex;
}

/** The type without parameters, in lower case: `application/json; charset=utf-8` is `application/json`. */
export function bareType(header: string): string {
  return (header.split(';', 1)[0] ?? '').trim().toLowerCase();
}
