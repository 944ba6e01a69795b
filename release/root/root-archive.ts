import { createReadStream, statSync } from 'node:fs';
import type { Entry } from '../archive/entry.ts';
import { writeTar } from '../archive/write-tar.ts';
import { collectRoot, type RootFile } from './libraries.ts';

/**
 * A root file system of this machine's own programs, as a tar archive: they, their loader and their shared
 * libraries. The same files give the same octets, at any time and in any folder.
 * @param programs files of this machine, by their paths in the root: `/bin/node`
 * @param guests see {@link collectRoot}
 * @throws ROOT_LIBRARY_MISSING, ELF_INVALID, FILE_NOT_FOUND
 */
export function rootArchive(
  programs: ReadonlyMap<string, string>,
  guests: readonly string[] = [],
): AsyncGenerator<Uint8Array> {
  return writeTar(collectRoot(programs, guests).map(entryOf), { mtime: 0 });
}

function entryOf({ path, source }: RootFile): Entry {
  return {
    kind: 'file',
    path,
    executable: true,
    content: { size: statSync(source).size, read: () => createReadStream(source) },
  };
}
