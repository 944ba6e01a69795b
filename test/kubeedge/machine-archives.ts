import { execFileSync, spawnSync } from 'node:child_process';
import { createReadStream, lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Entry } from '../../release/archive/entry.ts';
import { writeTar } from '../../release/archive/write-tar.ts';
import { collectRoot } from '../../release/root/libraries.ts';

/** Of GOROOT, what no build reads. */
const NOT_GO = ['api', 'doc', 'misc', 'test'];

/** Where this machine's Go is; undefined where there is none. */
export function machineGo(): string | undefined {
  const asked = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' });
  return asked.status === 0 ? asked.stdout.trim() : undefined;
}

/** This machine's Go as an archive, as its releases are: everything in `go/`. */
export function goArchive(root: string): AsyncGenerator<Uint8Array> {
  const inside = walk(root).filter(
    (file) => !NOT_GO.includes(path.relative(root, file).split(path.sep)[0] ?? ''),
  );
  return writeTar(
    inside.map((file) => entryOf(file, path.join('go', path.relative(root, file)))),
    { mtime: 0 },
  );
}

function walk(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** Why this machine's C compiler cannot be packed; undefined where it can. */
export function noCompiler(): string | undefined {
  const asked = spawnSync('dpkg-query', ['-W', ...compilerPackages()], { encoding: 'utf8' });
  return asked.status === 0 ? undefined : "this machine has no C compiler of Debian's packages";
}

function compilerPackages(): readonly string[] {
  const asked = spawnSync('gcc', ['-dumpversion'], { encoding: 'utf8' });
  const version = asked.status === 0 ? asked.stdout.trim() : 'none';
  const compiler = ['gcc', `gcc-${version}`, `cpp-${version}`, `libgcc-${version}-dev`];
  return [...compiler, 'binutils', 'binutils-x86-64-linux-gnu', 'libc6', 'libc6-dev', 'linux-libc-dev'];
}

/** A root file system of this machine's C compiler: the files of its packages, and the libraries that those load. */
export function compilerArchive(): AsyncGenerator<Uint8Array> {
  const files = execFileSync('dpkg', ['-L', ...compilerPackages()], { encoding: 'utf8' })
    .split('\n')
    .filter((file) => file.startsWith('/') && !file.startsWith('/usr/share/') && !isFolder(file));
  const entries = new Map(files.map((file) => [file.slice(1), entryOf(file, file.slice(1))]));
  const programs = files.filter(isElf);
  for (const { path: inside, source } of collectRoot(new Map(), programs))
    if (!entries.has(inside)) entries.set(inside, entryOf(source, inside));
  return writeTar([...entries.values()], { mtime: 0 });
}

/** A folder, or a link to one, as `/lib` often is; or nothing. */
const isFolder = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? true;

/** A program, or a library that one loads: not what is linked. */
function isElf(file: string): boolean {
  if (lstatSync(file).isSymbolicLink() || /\.[ao]$/.test(file)) return false;
  return readFileSync(file).subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1'));
}

function entryOf(file: string, inside: string): Entry {
  const stat = lstatSync(file);
  if (stat.isSymbolicLink()) {
    const target = path.resolve('/', path.dirname(inside), readlinkSync(file));
    return {
      kind: 'link',
      path: inside,
      target: path.relative(path.resolve('/', path.dirname(inside)), target),
    };
  }
  return {
    kind: 'file',
    path: inside,
    executable: (stat.mode & 0o111) !== 0,
    content: { size: stat.size, read: () => createReadStream(file) },
  };
}
