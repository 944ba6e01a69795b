import { rm } from 'node:fs/promises';
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolders } from '#core/io/files';
import { canonicalize } from '#core/json/canonical';
import { mediaTypes } from '#core/oci/media-types';
import { accessFault } from '../store/access-fault.ts';
import type { Stored } from '../store/store.ts';

/** An image of a layout by its name. */
export interface LayoutEntry extends Stored {
  readonly mediaType: string;
  /** The whole reference: `ghcr.io/o/r:v1.2.3`. */
  readonly reference: string;
}

export const REF_NAME = 'org.opencontainers.image.ref.name';

/**
 * Makes a layout of a folder that has its blobs: `oci-layout`, and an `index.json` that names these images and no
 * other, sorted by their references.
 * @throws FILE_UNWRITABLE
 */
export async function writeLayoutIndex(folder: string, entries: readonly LayoutEntry[]): Promise<void> {
  const manifests = entries
    .toSorted((a, b) => (a.reference < b.reference ? -1 : 1))
    .map(({ mediaType, sha256, size, reference }) => ({
      mediaType,
      digest: `sha256:${sha256}`,
      size,
      annotations: { [REF_NAME]: reference },
    }));
  const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests };
  replace(folder, 'oci-layout', '{"imageLayoutVersion":"1.0.0"}');
  replace(folder, 'index.json', canonicalize(index));
  // What was begun is no part of a layout.
  await rm(path.join(folder, 'tmp'), { recursive: true, force: true });
}

function replace(folder: string, name: string, text: string): void {
  const file = path.join(folder, name);
  const begun = `${file}.${process.pid}.tmp`;
  try {
    makeFolders(folder);
    writeFileSync(begun, text, { flag: 'w' });
    renameSync(begun, file);
  } catch (cause) {
    accessFault('write', file, cause);
  }
}
