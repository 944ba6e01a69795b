import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { refuse } from '#core/errors/error';
import { quotePath } from './block.ts';
import type { Entry } from './entry.ts';
import { unpacked } from './gzip.ts';
import { readTar, type ReadOptions } from './read-tar.ts';
import { writeEntry } from './write-entry.ts';

export interface UnpackOptions extends ReadOptions {
  /** Whether the one folder that everything lies in is left out, as `package/` of npm's and `go/` of Go's. */
  readonly strip: boolean;
}

/**
 * Unpacks a tar archive, packed by gzip, zstd or not at all, into a folder that does not exist or is empty:
 * folders and executables with mode 0755, other files with 0644, whatever the archive and the umask say.
 * @throws what {@link readTar} and `unpacked` throw
 */
export async function unpackArchive(
  source: AsyncIterable<Uint8Array>,
  folder: string,
  { strip, ...options }: UnpackOptions,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  let top: string | undefined;
  for await (const entry of readTar(unpacked(source, options.name), options)) {
    if (!strip) {
      await writeEntry(folder, entry);
      continue;
    }
    const [first = '', ...rest] = entry.path.split('/');
    top ??= first;
    if (first !== top || (rest.length === 0 && entry.kind !== 'folder'))
      notOneFolder(options.name, entry.path);
    const stripped = rest.join('/');
    if (stripped !== '')
      await writeEntry(folder, { ...entry, ...strippedTarget(entry, options.name), path: stripped });
  }
}

/** Removes what is there, with all below it. */
export async function removeEntry(folder: string, below: string): Promise<void> {
  await rm(path.join(folder, below), { recursive: true, force: true });
}

/** The name of a file in the archive is in the same folder. */
function strippedTarget(entry: Entry, name: string): { readonly target?: string } {
  if (entry.kind === 'file' || entry.kind === 'folder') return {};
  if (entry.kind === 'hard-link') return { target: entry.target.slice(entry.target.indexOf('/') + 1) };
  const up = entry.target.split('/').filter((part) => part === '..').length;
  // What led to the folder that is left out leads out of it.
  return up < entry.path.split('/').length - 1 ? {} : notOneFolder(name, entry.path);
}

function notOneFolder(name: string, found: string): never {
  return refuse('ARCHIVE_PATH_UNSAFE', `${name} does not lie in one folder`, {
    expected: 'one folder, and everything else below it',
    found: quotePath(found),
  });
}
