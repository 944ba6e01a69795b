import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { NpmPackage } from './package-lock.ts';

/** Octets of a file's start that npm looks at. */
const START = 2048;

/**
 * Links the programs of installed packages into the `.bin` beside them, as npm does: the first by path where two have
 * a program of one name, none where the package does not have the file. The files become executable, and their first
 * line ends in a line feed alone.
 * @param target where the packages are installed
 * @param hasFile whether a file that a link leads to is there; links lead into the source
 */
export function linkPrograms(
  packages: readonly NpmPackage[],
  target: string,
  hasFile: (link: NpmPackage, below: string) => boolean,
): void {
  const taken = new Set<string>();
  for (const one of packages.toSorted(byLocation)) {
    const folder = `${one.location.slice(0, one.location.lastIndexOf('node_modules/'))}node_modules/.bin`;
    for (const [name, below] of one.bin) {
      const file = path.join(target, one.location, below);
      const isThere = one.isLink ? hasFile(one, below) : existsSync(file);
      if (isThere && !one.isLink) chmodSync(file, 0o755);
      const link = `${folder}/${name}`;
      if (taken.has(link)) continue;
      taken.add(link);
      if (!isThere) continue;
      mkdirSync(path.join(target, folder), { recursive: true, mode: 0o755 });
      symlinkSync(path.posix.relative(folder, `${one.location}/${below}`), path.join(target, link));
      if (!one.isLink) endFirstLine(file);
    }
  }
}

function byLocation(a: NpmPackage, b: NpmPackage): number {
  return a.location.localeCompare(b.location, 'en');
}

function endFirstLine(file: string): void {
  const bytes = readFileSync(file);
  if (!/^#![^\n]+\r\n/.test(bytes.toString('latin1', 0, START))) return;
  const end = bytes.indexOf(0x0a);
  writeFileSync(file, Buffer.concat([bytes.subarray(0, end - 1), bytes.subarray(end)]));
}
