import { createHash } from 'node:crypto';
import { sha256Hex } from '#core/bytes/digest';
import { refuse } from '#core/errors/error';
import { readZip, type ZipFile } from './zip.ts';

/**
 * Go's `h1:` of a module's zip archive, lower-case hexadecimal: the SHA-256 of a list of its files, sorted by the octets
 * of their names, each with its own SHA-256.
 * @throws ARCHIVE_*, UTF8_INVALID, INPUT_TOO_LARGE
 * @see https://pkg.go.dev/golang.org/x/mod/sumdb/dirhash#Hash1
 */
export function hashZip(bytes: Uint8Array, name: string): string {
  return hash1(readZip(bytes, name), name);
}

/** The same of a go.mod alone. */
export function hashMod(bytes: Uint8Array): string {
  return hash1([{ name: 'go.mod', read: () => bytes }], 'go.mod');
}

function hash1(files: readonly ZipFile[], name: string): string {
  const sorted = files
    .map((file) => ({ ...file, octets: Buffer.from(file.name) }))
    .sort((a, b) => Buffer.compare(a.octets, b.octets));
  const hash = createHash('sha256');
  for (const file of sorted) {
    if (file.name.includes('\n'))
      refuse('ARCHIVE_INVALID', `${name}: the name of a file holds a line feed`, {});
    hash.update(`${sha256Hex(file.read())}  ${file.name}\n`);
  }
  return hash.digest('hex');
}
