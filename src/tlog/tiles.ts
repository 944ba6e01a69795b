/**
 * The shape of a tiled log: its Merkle tree in tiles of 256 hashes, its entries in bundles of as many.
 * @see https://c2sp.org/tlog-tiles
 */

/** Hashes in a full tile, entries in a full bundle. */
export const TILE_WIDTH = 256;

export interface Tile {
  /** 0: leaf hashes; above, each hash is the root of a full tile below. */
  readonly level: number;
  /** Which of its level it is. */
  readonly index: number;
  /** Hashes in it: fewer than 256 at the right edge of the tree. */
  readonly width: number;
}

/** Neighbours in a tile whose number is a power of two: together they are a complete subtree. */
export interface Run {
  readonly tile: Tile;
  /** Of the first, in the tile. */
  readonly from: number;
  readonly count: number;
}

/**
 * The tile of a level that holds the hash at a position of that level.
 * @param size of the tree, leaves
 */
export function tileWith(level: number, position: number, size: number): Tile {
  const index = Math.floor(position / TILE_WIDTH);
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return { level, index, width: Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH) };
}

/** Where a tile or a bundle of entries stands under the log's prefix: `tile/0/x001/x234/067.p/8`. */
export function tilePath(level: number | 'entries', index: number, width: number): string {
  const groups = [index % 1000];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    groups.unshift(rest % 1000);
  const names = groups.map((group, i) => {
    const digits = String(group).padStart(3, '0');
    return i === groups.length - 1 ? digits : `x${digits}`;
  });
  const part = width === TILE_WIDTH ? '' : `.p/${width}`;
  return `tile/${level}/${names.join('/')}${part}`;
}

/**
 * The inclusion proof of a leaf (RFC 6962 section 2.1.1) as the runs that its hashes are made of, nearest first.
 * A hash at the right edge is made of several complete subtrees, largest first.
 * @param index below `size`
 */
export function proofRuns(index: number, size: number): readonly (readonly Run[])[] {
  const proof: Run[][] = [];
  let from = 0;
  let to = size;
  while (to - from > 1) {
    const middle = from + largestPower(to - from - 1);
    if (index < middle) {
      proof.unshift(runsOf(middle, to, size));
      to = middle;
    } else {
      proof.unshift(runsOf(from, middle, size));
      from = middle;
    }
  }
  return proof;
}

/** The complete subtrees of leaves `from` to `to`, which begin where a subtree of their number may. */
function runsOf(from: number, to: number, size: number): Run[] {
  const runs: Run[] = [];
  for (let start = from; start < to;) {
    const leaves = largestPower(to - start);
    let level = 0;
    let count = leaves;
    for (; count >= TILE_WIDTH; count /= TILE_WIDTH) level++;
    const position = start / TILE_WIDTH ** level;
    runs.push({ tile: tileWith(level, position, size), from: position % TILE_WIDTH, count });
    start += leaves;
  }
  return runs;
}

/** The largest power of two that is not above a number from 1 to 2^53 - 1. */
function largestPower(number: number): number {
  let power = 1;
  while (power * 2 <= number) power *= 2;
  return power;
}
