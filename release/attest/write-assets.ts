import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { accessFault } from '../store/access-fault.ts';
import type { Store } from '../store/store.ts';
import type { CheckedAsset } from './check-build.ts';

/**
 * Writes the release's files into `DIR/assets`, which holds these and nothing else afterwards: there as a whole, or as
 * they were before. The bytes are checked once more as they are copied.
 * @throws FILE_UNWRITABLE, RELEASE_CONTENT_*
 */
export async function writeAssets(
  workFolder: string,
  store: Store,
  assets: readonly CheckedAsset[],
  documents: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const folder = path.join(workFolder, 'assets');
  const begun = path.join(workFolder, 'assets.begun');
  try {
    await rm(begun, { recursive: true, force: true });
    await mkdir(begun, { recursive: true });
    for (const { built } of assets)
      await pipeline(
        store.stream(built.sha256),
        createWriteStream(path.join(begun, built.name), { flags: 'wx' }),
      );
    for (const [name, bytes] of documents) await writeFile(path.join(begun, name), bytes, { flag: 'wx' });
    await rm(folder, { recursive: true, force: true });
    await rename(begun, folder);
  } catch (cause) {
    accessFault('write', 'assets', cause);
  }
}
