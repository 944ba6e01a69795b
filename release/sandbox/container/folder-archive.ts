import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import type { Entry } from '../../archive/entry.ts';

/** Everything below a folder, as entries of an archive; sockets, pipes and devices are left out. */
export async function folderEntries(folder: string, under: string): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    const inside = under === '' ? name : `${under}/${name}`;
    const stat = await lstat(file);
    if (stat.isDirectory()) {
      entries.push({ kind: 'folder', path: inside }, ...(await folderEntries(file, inside)));
    } else if (stat.isSymbolicLink()) {
      entries.push({ kind: 'link', path: inside, target: await readlink(file) });
    } else if (stat.isFile()) entries.push(fileEntry(file, inside, stat));
  }
  return entries;
}

/** A file of this machine. */
export function fileEntry(
  file: string,
  inside: string,
  stat: { readonly size: number; readonly mode: number },
): Entry {
  return {
    kind: 'file',
    path: inside,
    executable: (stat.mode & 0o111) !== 0,
    content: { size: stat.size, read: () => createReadStream(file) },
  };
}
