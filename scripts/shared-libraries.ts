import { copyFileSync, lstatSync, mkdirSync, readFileSync, readlinkSync, chmodSync } from 'node:fs';
import path from 'node:path';
import { readNeeds } from '../release/elf/dynamic.ts';
import { readElf } from '../release/elf/elf.ts';

// node scripts/shared-libraries.ts EXECUTABLE ROOT OUT: copies what a program of Linux loads, its dynamic loader and
// all shared libraries, out of a root file system of its platform into a folder: the loader as `loader`, the others by
// their names. What ROOT does not have ends it.
const [, , executable = '', root = '', out = ''] = process.argv;
if (executable === '' || root === '' || out === '') {
  console.error('usage: node scripts/shared-libraries.ts EXECUTABLE ROOT OUT');
  process.exit(2);
}
/** Where Debian has libraries of a machine (e_machine). */
const MULTIARCH: ReadonlyMap<number, string> = new Map([
  [62, 'x86_64-linux-gnu'],
  [183, 'aarch64-linux-gnu'],
]);
const program = readElf(readFileSync(executable), executable);
const { interpreter = '', libraries } = readNeeds(program);
const folders = ['lib', 'usr/lib'].flatMap((lib) => [`${lib}/${MULTIARCH.get(program.machine)}`, lib]);
const found = new Map<string, string>();
mkdirSync(out, { recursive: true });
take('loader', inRoot(interpreter.slice(1)) ?? missing(interpreter));
const wanted = [...libraries];
for (const name of wanted) {
  if (found.has(name) || name === path.posix.basename(interpreter)) continue;
  const at = folders.map((folder) => inRoot(`${folder}/${name}`)).find((one) => one !== undefined);
  const file = take(name, at ?? missing(name));
  wanted.push(...readNeeds(readElf(readFileSync(file), file)).libraries);
}
console.log([...found.keys()].toSorted().join('\n'));

function take(name: string, from: string): string {
  const to = path.join(out, name);
  copyFileSync(from, to);
  chmodSync(to, name === 'loader' ? 0o755 : 0o644);
  found.set(name, from);
  return to;
}

/** The file of the root, its links followed within it; undefined where there is none. */
function inRoot(below: string): string | undefined {
  let left = below.split('/').filter((part) => part !== '' && part !== '.');
  let done: string[] = [];
  for (let links = 0; links < 40;) {
    const [part, ...rest] = left;
    if (part === undefined) return path.join(root, ...done);
    left = rest;
    if (part === '..') {
      done = done.slice(0, -1);
      continue;
    }
    const at = path.join(root, ...done, part);
    const stat = lstatSync(at, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    if (!stat.isSymbolicLink()) {
      done = [...done, part];
      continue;
    }
    const target = readlinkSync(at);
    if (target.startsWith('/')) done = [];
    left = [...target.split('/').filter((one) => one !== '' && one !== '.'), ...left];
    links++;
  }
  return undefined;
}

function missing(name: string): never {
  throw new Error(`${root} has no ${name}, which ${executable} needs`);
}
