import { readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { refuse } from '#core/errors/error';
import { readNeeds } from '../elf/dynamic.ts';
import { readElf, type Elf } from '../elf/elf.ts';

/** A file of this machine, and where it is in a root file system: without a leading `/`. */
export interface RootFile {
  readonly source: string;
  readonly path: string;
}

/** Where the loaders of Linux look, for each machine (e_machine): `ldconfig`'s own folders, and Debian's. */
const FOLDERS: ReadonlyMap<number, readonly string[]> = new Map([
  [62, ['/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu', '/lib64', '/usr/lib64', '/lib', '/usr/lib']],
  [183, ['/lib/aarch64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/lib64', '/usr/lib64', '/lib', '/usr/lib']],
]);

/**
 * Everything that these executables need to run: themselves, their loader, and their shared libraries with those that
 * they need in turn. Read from the files: nothing is run.
 * @param programs by their paths in the root
 * @param guests files that are not in the root, but whose libraries are: what a program loads when it runs, as
 * Node.js does its addons
 * @returns sorted by path
 * @throws ROOT_LIBRARY_MISSING, ELF_INVALID, FILE_NOT_FOUND
 */
export function collectRoot(
  programs: ReadonlyMap<string, string>,
  guests: readonly string[] = [],
): readonly RootFile[] {
  const found = new Map<string, string>();
  const open: string[] = [...guests];
  const add = (inside: string, source: string): void => {
    const place = inside.replace(/^\/+/, '');
    if (found.has(place)) return;
    found.set(place, source);
    open.push(source);
  };
  for (const [inside, source] of programs) add(inside, source);
  for (let source = open.pop(); source !== undefined; source = open.pop()) {
    const elf = readElf(readProgram(source), source);
    const { interpreter, libraries, paths } = readNeeds(elf);
    if (interpreter !== undefined) add(interpreter, interpreter);
    for (const library of libraries) {
      const file = findLibrary(elf, library, paths, source);
      add(file, file);
    }
  }
  return [...found]
    .map(([inside, source]) => ({ path: inside, source: realpathSync(source) }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function findLibrary({ machine }: Elf, library: string, paths: readonly string[], source: string): string {
  if (library.includes('/')) return library;
  const own = paths
    .map((folder) => folder.replaceAll(/\$(?:ORIGIN|\{ORIGIN\})/g, path.dirname(source)))
    .filter((folder) => path.isAbsolute(folder));
  const folders = [...own, ...(FOLDERS.get(machine) ?? [])];
  const file = folders.map((folder) => path.join(folder, library)).find((one) => isFor(one, machine));
  return (
    file ??
    refuse(
      'ROOT_LIBRARY_MISSING',
      `${JSON.stringify(source)} needs a library that this machine does not have`,
      {
        expected: `${JSON.stringify(library)} in ${folders.join(', ')}`,
        found: 'no such file, or one for another kind of processor',
        hint: 'install the package that holds it, or take an image as the root file system',
      },
    )
  );
}

/** Whether a file is there, and for this machine. */
function isFor(file: string, machine: number): boolean {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false;
  return readElf(readFileSync(file), file).machine === machine;
}

/** @throws FILE_NOT_FOUND */
function readProgram(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    return refuse('FILE_NOT_FOUND', `${JSON.stringify(file)} cannot be read`, { cause });
  }
}
