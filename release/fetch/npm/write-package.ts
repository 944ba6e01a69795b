import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Entry } from '../../archive/entry.ts';
import { unpacked } from '../../archive/gzip.ts';
import { readTar } from '../../archive/read-tar.ts';
import { writeContent } from '../../archive/write-entry.ts';
import { accessFault } from '../../store/access-fault.ts';

/**
 * Unpacks a package's tarball as npm does: without the folder that everything lies in and without links; and what
 * was packed as `.gitignore` is called `.npmignore`, unless there is one. Executables get the mode 0755, other files
 * 0644.
 * @param name for messages
 * @throws ARCHIVE_*, INPUT_TOO_LARGE, FILE_UNWRITABLE
 */
export async function writePackage(
  tarball: AsyncIterable<Uint8Array>,
  folder: string,
  name: string,
): Promise<void> {
  const made = new Set<string>();
  const ignores = new Set<string>();
  // Links are not made, so that it does not matter where they go.
  for await (const entry of readTar(unpacked(tarball, name), { name, links: 'any' })) {
    const below = entry.path.split('/').slice(1).join('/');
    if (below === '') continue;
    try {
      if (entry.kind === 'folder') makeFolder(path.join(folder, below), made);
      if (entry.kind !== 'file') continue;
      const renamed = npmName(below, ignores);
      if (renamed !== undefined) await writeFile(path.join(folder, renamed), entry, made);
    } catch (cause) {
      accessFault('write', `${name}: ${below}`, cause);
    }
  }
}

/** Undefined where npm leaves the file out. */
function npmName(below: string, ignores: Set<string>): string | undefined {
  const base = path.posix.basename(below);
  if (base === '.npmignore') ignores.add(below);
  if (base !== '.gitignore') return below;
  const renamed = below.replace(/\.gitignore$/, '.npmignore');
  return ignores.has(renamed) ? undefined : renamed;
}

async function writeFile(
  file: string,
  { content, executable }: Extract<Entry, { kind: 'file' }>,
  made: Set<string>,
): Promise<void> {
  makeFolder(path.dirname(file), made);
  // What stands twice in a tarball is the last of it.
  await writeContent(file, content, executable ? 0o755 : 0o644, 'w');
}

function makeFolder(folder: string, made: Set<string>): void {
  if (made.has(folder)) return;
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  made.add(folder);
}
