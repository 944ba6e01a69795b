import { refuse } from '#core/errors/error';

/** Media types of what images are made of (image specification v1.1). */
export const imageTypes = {
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

/** OCI's name of a layer, by the name that it may have. */
const LAYERS: ReadonlyMap<string, string> = new Map([
  ['application/vnd.oci.image.layer.v1.tar', 'application/vnd.oci.image.layer.v1.tar'],
  [imageTypes.layer, imageTypes.layer],
  ['application/vnd.oci.image.layer.v1.tar+zstd', 'application/vnd.oci.image.layer.v1.tar+zstd'],
  ['application/vnd.docker.image.rootfs.diff.tar', 'application/vnd.oci.image.layer.v1.tar'],
  ['application/vnd.docker.image.rootfs.diff.tar.gzip', imageTypes.layer],
]);

/** @throws IMAGE_MANIFEST_INVALID for a layer that others may not pass on, or of another kind */
export function layerType(mediaType: string, name: string): string {
  const type = LAYERS.get(mediaType);
  if (type !== undefined) return type;
  return refuse('IMAGE_MANIFEST_INVALID', `${name} has a layer of a kind that is not read`, {
    expected: 'a tar archive, packed by gzip or zstd or not',
    found: JSON.stringify(mediaType.slice(0, 200)),
  });
}
