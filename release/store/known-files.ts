import type { BigIntStats } from 'node:fs';

/** Octets from which on a file is looked up before it is hashed: smaller ones are hashed as fast. */
const LARGE = 1024n * 1024n;

/**
 * Large files whose content this process has hashed, as it wrote or read them. One is known as long as it is the same
 * file (inode) of the same size, written to and changed last when it was then: whatever changes a file sets its time of
 * change, which nobody can choose. Nothing of it outlives the process: each begins by hashing all that it reads.
 */
export class KnownFiles {
  readonly #states = new Map<string, string>();

  /** @param stat of the file before its content was read, or after it was written */
  note(sha256: string, stat: BigIntStats): void {
    if (isLarge(stat)) this.#states.set(sha256, stateOf(stat));
  }

  has(sha256: string, stat: BigIntStats): boolean {
    return this.#states.get(sha256) === stateOf(stat);
  }
}

/** Whether it is worth to know a file. */
export function isLarge({ size }: BigIntStats): boolean {
  return size >= LARGE;
}

/** Whether nobody has written to a file meanwhile. */
export function isSameContent(before: BigIntStats, after: BigIntStats): boolean {
  return before.size === after.size && before.mtimeNs === after.mtimeNs;
}

function stateOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}
