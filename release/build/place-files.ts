import { lutimesSync } from 'node:fs';
import path from 'node:path';
import { decodeUtf8 } from '#core/bytes/utf8';
import { makeFolders, writeEntry } from '../archive/write-entry.ts';
import type { LockedFile } from '../lock/lock.ts';
import type { Store } from '../store/store.ts';

/** Octets of the target of a symbolic link. */
const LINK = 4096;

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
  for (const file of files) {
    await placeFile(store, folder, file);
    if (time !== undefined) lutimesSync(path.join(folder, file.path), time, time);
  }
}

async function placeFile(store: Store, folder: string, file: LockedFile): Promise<void> {
  const { path: below, sha256, mode } = file;
  if (mode === '120000') {
    const target = decodeUtf8(await store.read(sha256, LINK), below);
    return writeEntry(folder, { kind: 'link', path: below, target });
  }
  makeFolders(folder, path.posix.dirname(below));
  return store.copyTo(sha256, path.join(folder, below), mode === '100755' ? 0o755 : 0o644);
}
