import { chmodSync, linkSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { Content, Entry } from './entry.ts';

/** Octets of a file that is written at once: most are small, and to wait for each takes longer than to write it. */
const SMALL = 1024 * 1024;

/** Makes what the entry says, and the folders that it lies in. The caller has seen that it stays in the folder. */
export async function writeEntry(folder: string, entry: Entry): Promise<void> {
  const file = path.join(folder, entry.path);
  if (entry.kind === 'folder') return makeFolders(folder, entry.path);
  makeFolders(folder, path.posix.dirname(entry.path));
  if (entry.kind === 'link') return symlinkSync(entry.target, file);
  if (entry.kind === 'hard-link') return linkSync(path.join(folder, entry.target), file);
  return writeContent(file, entry.content, entry.executable ? 0o755 : 0o644, 'wx');
}

/**
 * Writes a file.
 * @param mode whatever the umask says
 * @param flag `wx` for one that must not be there yet, `w` for one that may
 */
export async function writeContent(
  file: string,
  content: Content,
  mode: number,
  flag: 'wx' | 'w',
): Promise<void> {
  if (content.size <= SMALL) {
    const [first = new Uint8Array(), ...others] = await Array.fromAsync(content.read());
    writeFileSync(file, others.length === 0 ? first : Buffer.concat([first, ...others]), { flag, mode });
    chmodSync(file, mode);
    return;
  }
  await using handle = await open(file, flag, mode);
  for await (const chunk of content.read()) await handle.writeFile(chunk);
  await handle.chmod(mode);
}

/** Folders with mode 0755 whatever the umask says, each below the last; through no link. */
export function makeFolders(folder: string, below: string): void {
  let at = folder;
  for (const part of below === '.' ? [] : below.split('/')) {
    at = path.join(at, part);
    if (lstatSync(at, { throwIfNoEntry: false })?.isDirectory() === true) continue;
    mkdirSync(at, 0o755);
    chmodSync(at, 0o755);
  }
}
