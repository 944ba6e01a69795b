import { equalBytes } from '#core/bytes/digest';
import { refuse } from '#core/errors/error';
import { HASH_LENGTH, leafHash, nodeHash } from './merkle.ts';
import { proofRuns, TILE_WIDTH, tilePath, tileWith, type Tile } from './tiles.ts';

/** A tile's hashes, at least as many as it is wide. */
export type TileHashes = (tile: Tile) => Uint8Array;

/** Every tile that an inclusion proof is made of, and the leaf's own; each once. */
export function proofTiles(index: number, size: number): readonly Tile[] {
  const tiles = [tileWith(0, index, size), ...proofRuns(index, size).flatMap((runs) => runs.map(tileOf))];
  return [...new Map(tiles.map((tile) => [nameOf(tile), tile])).values()];
}

/**
 * The inclusion proof of a leaf, nearest hash first, out of {@link proofTiles}. Where a tile and the one below it
 * disagree on the way from the leaf, it is refused: so every hash of every tile counts. Nothing is proved yet.
 * @param index below `size`
 * @throws LOG_TILE_INVALID
 */
export function proofOf(index: number, size: number, hashes: TileHashes): readonly Uint8Array[] {
  for (const tile of proofTiles(index, size)) checkAbove(tile, index, size, hashes);
  return proofRuns(index, size).map((runs) =>
    runs
      .map(({ tile, from, count }) => subtree(hashes(tile), from, count))
      .reduceRight((right, left) => nodeHash(left, right)),
  );
}

/**
 * Compares a bundle of entries with the tile that has their hashes.
 * @throws LOG_TILE_INVALID
 */
export function checkEntries(entries: readonly Uint8Array[], tile: Tile, hashes: Uint8Array): void {
  const wrong = entries.findIndex((entry, i) => !equalBytes(leafHash(entry), hashAt(hashes, i)));
  if (wrong < 0) return;
  refuse('LOG_TILE_INVALID', 'an entry of a log is not the one that its tile has the hash of', {
    path: tilePath('entries', tile.index, tile.width),
    expected: Buffer.from(hashAt(hashes, wrong)).toString('hex'),
    found: `${leafHash(entries[wrong] ?? new Uint8Array()).toString('hex')}, of entry ${tile.index * TILE_WIDTH + wrong}`,
    hint: 'tell who runs the log',
  });
}

/** A hash above the leaf must be the root of the tile below it. */
function checkAbove(tile: Tile, index: number, size: number, hashes: TileHashes): void {
  const position = Math.floor(index / TILE_WIDTH ** tile.level);
  const place = position - tile.index * TILE_WIDTH;
  if (tile.level === 0 || place < 0 || place >= tile.width) return;
  const below = tileWith(tile.level - 1, position * TILE_WIDTH, size);
  const root = subtree(hashes(below), 0, TILE_WIDTH);
  if (equalBytes(root, hashAt(hashes(tile), place))) return;
  refuse('LOG_TILE_INVALID', 'a tile of a log has another hash than the tile below it', {
    path: nameOf(tile),
    expected: Buffer.from(root).toString('hex'),
    found: Buffer.from(hashAt(hashes(tile), place)).toString('hex'),
    hint: 'tell who runs the log',
  });
}

/** The root of neighbours in a tile, a power of two of them. */
function subtree(hashes: Uint8Array, from: number, count: number): Uint8Array {
  if (count === 1) return hashAt(hashes, from);
  const half = count / 2;
  return nodeHash(subtree(hashes, from, half), subtree(hashes, from + half, half));
}

function hashAt(hashes: Uint8Array, place: number): Uint8Array {
  return hashes.subarray(place * HASH_LENGTH, (place + 1) * HASH_LENGTH);
}

const tileOf = ({ tile }: { readonly tile: Tile }): Tile => tile;
const nameOf = ({ level, index, width }: Tile): string => tilePath(level, index, width);
