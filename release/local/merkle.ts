import { digest } from '#core/bytes/digest';
import { nodeHash } from '#core/tlog/merkle';

/** Root of the Merkle tree of RFC 6962 section 2.1 over leaf hashes. */
export function rootHash(hashes: readonly Buffer[]): Buffer {
  const [only] = hashes;
  if (only === undefined) return digest('sha256', Buffer.alloc(0));
  if (hashes.length === 1) return only;
  const split = largestPowerBelow(hashes.length);
  return nodeHash(rootHash(hashes.slice(0, split)), rootHash(hashes.slice(split)));
}

/** Audit path of the leaf at `index`, nearest hash first. */
export function inclusionPath(hashes: readonly Buffer[], index: number): Buffer[] {
  if (hashes.length <= 1) return [];
  const split = largestPowerBelow(hashes.length);
  const [left, right] = [hashes.slice(0, split), hashes.slice(split)];
  return index < split
    ? [...inclusionPath(left, index), rootHash(right)]
    : [...inclusionPath(right, index - split), rootHash(left)];
}

/**
 * Consistency proof (RFC 6962 section 2.1.2) of the tree of the first `size` leaves with that of all.
 * @param size from 1 to the number of leaves
 */
export function consistencyPath(hashes: readonly Buffer[], size: number, isWhole = true): Buffer[] {
  if (size === hashes.length) return isWhole ? [] : [rootHash(hashes)];
  const split = largestPowerBelow(hashes.length);
  const [left, right] = [hashes.slice(0, split), hashes.slice(split)];
  return size <= split
    ? [...consistencyPath(left, size, isWhole), rootHash(right)]
    : [...consistencyPath(right, size - split, false), rootHash(left)];
}

function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}
