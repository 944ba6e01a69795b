import { parseManifest, type Manifest } from '#core/oci/manifest';
import { mediaTypes } from '#core/oci/media-types';
import type { Store } from '../store/store.ts';
import { firstDifference, type FirstDifference } from './first-difference.ts';

/** The manifest of an image for one platform, in the blobs of its layout. */
export interface ImageManifest {
  /** `sha256:HEX`. */
  readonly digest: string;
  readonly blobs: Pick<Store, 'read'>;
}

/** The first place where two images differ: the configuration or a layer, and what is in there. */
export async function imageDifference(first: ImageManifest, second: ImageManifest): Promise<FirstDifference> {
  const [one, other] = [await partsOf(first), await partsOf(second)];
  for (const [index, part] of one.entries()) {
    const match = other[index];
    if (match === undefined || part.hex === match.hex) continue;
    const inner = await firstDifference(await read(first, part.hex), await read(second, match.hex));
    return { ...inner, where: [part.name, ...inner.where] };
  }
  return firstDifference(await read(first, hexOf(first)), await read(second, hexOf(second)));
}

/** What an image is made of. */
async function partsOf(
  image: ImageManifest,
): Promise<readonly { readonly name: string; readonly hex: string }[]> {
  const bytes = await read(image, hexOf(image));
  const manifest: Manifest = parseManifest(bytes, mediaTypes.ociManifest, `the image ${image.digest}`);
  if (manifest.kind !== 'image') return [];
  return [
    { name: 'the configuration', hex: manifest.config.digest.hex },
    ...manifest.layers.map(({ digest }, index) => ({ name: `layer ${index + 1}`, hex: digest.hex })),
  ];
}

function hexOf({ digest }: ImageManifest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

async function read({ blobs }: ImageManifest, hex: string): Promise<Buffer> {
  return Buffer.from(await blobs.read(hex));
}
