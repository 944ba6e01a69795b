import { lutimes } from 'node:fs/promises';
import path from 'node:path';
import { decodeUtf8 } from '#core/bytes/utf8';
import { inParallel } from '#core/oci/in-parallel';
import { writeEntry } from '../archive/unpack.ts';
import type { LockedFile } from '../lock/lock.ts';
import type { Store } from '../store/store.ts';

/** Octets of the target of a symbolic link. */
const LINK = 4096;
/** Files that are written at one time. */
const AT_ONCE = 8;

/**
 * Writes files of the store into a folder, each where its path says, through no link.
 * @param time of every file, seconds since 1970; the present one where it is not said
 * @throws what the store is refused for
 */
export async function placeFiles(
  store: Store,
  folder: string,
  files: readonly LockedFile[],
  time?: number,
): Promise<void> {
  await inParallel(
    files,
    async (file) => {
      await placeFile(store, folder, file);
      if (time !== undefined) await lutimes(path.join(folder, file.path), time, time);
    },
    AT_ONCE,
  );
}

async function placeFile(store: Store, folder: string, file: LockedFile): Promise<void> {
  const { path: below, sha256, size, mode } = file;
  if (mode === '120000') {
    const target = decodeUtf8(await store.read(sha256, LINK), below);
    return writeEntry(folder, { kind: 'link', path: below, target });
  }
  return writeEntry(folder, {
    kind: 'file',
    path: below,
    executable: mode === '100755',
    content: { size, read: () => store.stream(sha256) },
  });
}
