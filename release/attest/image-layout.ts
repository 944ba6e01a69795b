import { nodeFiles } from '#core/io/files';
import { Layout } from '#core/oci/layout';
import { openBlobs, type Store } from '../store/store.ts';

/** The OCI layout of a work folder: `DIR/images`. */
export interface ImageLayout {
  readonly folder: string;
  readonly layout: Layout;
  /** Checks what is read of it. */
  readonly blobs: Store;
}

/** @throws FILE_NOT_FOUND, IMAGE_LAYOUT_INVALID, ... */
export function openImageLayout(folder: string): ImageLayout {
  const files = nodeFiles(folder);
  const layout = new Layout((name, limit) => files.read(name, limit), 'images');
  return { folder, layout, blobs: openBlobs(folder) };
}
