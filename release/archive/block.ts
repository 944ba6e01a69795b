import type { ReasonDetail } from '#core/errors/error';
import { refuse } from '#core/errors/error';

/** Octets of a block: headers are one, content fills whole ones. */
export const BLOCK = 512;

/** Where the fields of a header stand: first octet and length (POSIX.1-2001, ustar interchange format). */
export const FIELDS = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  link: [157, 100],
  magic: [257, 8],
  prefix: [345, 155],
} as const satisfies Readonly<Record<string, readonly [number, number]>>;

export type Field = keyof typeof FIELDS;

/** Sum of the header's octets, those of the checksum counted as spaces. */
export function checksumOf(header: Uint8Array): number {
  const [start, length] = FIELDS.checksum;
  let sum = 0x20 * length;
  for (const [index, octet] of header.entries()) {
    if (index < start || index >= start + length) sum += octet;
  }
  return sum;
}

/** Octets that content of this size leaves of its last block. */
export function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** @throws ARCHIVE_INVALID, always */
export function broken(name: string, message: string, detail?: ReasonDetail): never {
  return refuse('ARCHIVE_INVALID', `${name}: ${message}`, detail);
}

/** A path as reasons show it: short, on one line. */
export function quotePath(path: string): string {
  return JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}...` : path);
}
