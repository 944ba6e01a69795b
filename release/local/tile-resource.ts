import { TILE_WIDTH } from '#core/tlog/tiles';
import { rootHash } from './merkle.ts';
import type { MerkleLog } from './merkle-log.ts';
import { vector } from './sct.ts';

const NAME = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/**
 * A tile or a bundle of entries by its name under the log's prefix; undefined where the log is not so large. A part
 * that was once served is served for good: of each tile, its first hashes.
 * @see https://c2sp.org/tlog-tiles
 */
export function tileResource(log: MerkleLog, name: string): Buffer | undefined {
  const [, kind, groups = '', part] = NAME.exec(name) ?? [];
  if (kind === undefined || groups.startsWith('x000')) return undefined;
  const width = part === undefined ? TILE_WIDTH : Number(part);
  const start = Number(groups.replaceAll(/[x/]/g, '')) * TILE_WIDTH;
  const isEntries = kind === 'entries';
  const level = isEntries ? 0 : Number(kind);
  if (width > TILE_WIDTH || start + width > Math.floor(log.size / TILE_WIDTH ** level)) return undefined;
  if (isEntries) return Buffer.concat(log.leaves.slice(start, start + width).map((leaf) => vector(2, leaf)));
  return Buffer.concat(Array.from({ length: width }, (_, i) => nodeAt(log, level, start + i)));
}

/** The hash over a complete subtree of 256^level leaves. */
function nodeAt({ hashes }: MerkleLog, level: number, position: number): Buffer {
  const leaves = TILE_WIDTH ** level;
  return rootHash(hashes.slice(position * leaves, (position + 1) * leaves));
}
