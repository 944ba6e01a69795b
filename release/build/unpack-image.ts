import { parsePlatform } from '#core/oci/platform';
import { unpackLayers } from '../archive/layers.ts';
import type { Platform } from '../description/document.ts';
import { checkedLayer, readBaseImage } from '../image/base-image.ts';
import type { Store } from '../store/store.ts';

/**
 * Unpacks the file system of an image of the store.
 * @param sha256 of its manifest or index
 * @param folder one that does not exist
 * @throws what images and archives are refused for
 */
export async function unpackImage(
  store: Store,
  sha256: string,
  platform: Platform,
  folder: string,
): Promise<void> {
  const { config, layers } = await readBaseImage(store, sha256, parsePlatform(platform));
  await unpackLayers(
    layers.map((layer, index) => checkedLayer(store, layer, config.diffIds[index] ?? '')),
    folder,
  );
}
