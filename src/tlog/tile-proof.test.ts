import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { inclusionPath } from '../../test/sigstore/material.ts';
import { TiledLog } from '../../test/sigstore/tiled-log.ts';
import { makeWorld } from '../../test/sigstore/world.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { readEntryBundle } from './entry-bundle.ts';
import { leafHash, verifyInclusion } from './merkle.ts';
import { checkEntries, proofOf, proofTiles } from './tile-proof.ts';
import { tilePath, tileWith, type Tile } from './tiles.ts';

const { rekorV2 } = makeWorld();
const nameOf = ({ level, index, width }: Tile): string => tilePath(level, index, width);

/** What a client holds of a log for one entry. */
function fetched(log: TiledLog, index: number): Map<string, Buffer> {
  const { size } = parseCheckpoint(log.checkpoint, 'c');
  const names = proofTiles(index, size).map(nameOf);
  const { width, index: number } = tileWith(0, index, size);
  return new Map(
    [...names, tilePath('entries', number, width)].map((name) => {
      const bytes = log.resource(name);
      if (bytes === undefined) throw new Error(`the log has no ${name}`);
      return [name, bytes];
    }),
  );
}

/** What a client makes of them: the proof, or the code of what is wrong. */
function prove(
  log: TiledLog,
  index: number,
  files: ReadonlyMap<string, Buffer>,
): readonly Uint8Array[] | string {
  const { size, rootHash } = parseCheckpoint(log.checkpoint, 'c');
  const hashes = (tile: Tile): Buffer => files.get(nameOf(tile)) ?? Buffer.alloc(0);
  const tile = tileWith(0, index, size);
  try {
    const bundle = files.get(tilePath('entries', tile.index, tile.width)) ?? Buffer.alloc(0);
    const entries = readEntryBundle(bundle, tile.width, 'entries');
    checkEntries(entries, tile, hashes(tile));
    const proof = proofOf(index, size, hashes);
    const entry = entries[index % 256] ?? Buffer.alloc(0);
    verifyInclusion(leafHash(entry), index, size, proof, rootHash, 'proof');
    return proof;
  } catch (error) {
    if (error instanceof EdgesealError) return error.code;
    throw error;
  }
}

const trees = [1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 600, 768, 1000].map(
  (size) => [size, [0, 1, 127, 128, 254, 255, 256, 257, 511, 512, 599, size - 2, size - 1]] as const,
);

describe('proofs from tiles are those of RFC 6962', () => {
  test.each(trees)('a tree of %d', (size, indices) => {
    const log = new TiledLog(rekorV2, { size });
    const leaves = log.entries.map((entry) => leafHash(entry));
    for (const index of new Set(indices.filter((one) => one >= 0 && one < size)))
      expect(prove(log, index, fetched(log, index))).toEqual(inclusionPath(leaves, index));
  });
  test('leaves all over a tree of 600', () => {
    const log = new TiledLog(rekorV2, { size: 600 });
    for (let index = 0; index < 600; index += 7)
      expect(prove(log, index, fetched(log, index))).toBeInstanceOf(Array);
  });
  test('three levels: a tree of 70,000', () => {
    const log = new TiledLog(rekorV2, { size: 70_000 });
    for (const index of [0, 65_535, 65_536, 69_887, 69_999])
      expect(prove(log, index, fetched(log, index))).toBeInstanceOf(Array);
    expect([...fetched(log, 7).keys()]).toEqual([
      'tile/0/000',
      'tile/1/000',
      'tile/1/001.p/17',
      'tile/0/273.p/112',
      'tile/entries/000',
    ]);
  });
  test('the largest trees ask for few tiles', () => {
    const size = Number.MAX_SAFE_INTEGER;
    for (const index of [0, 2 ** 40 + 12_345, size - 1])
      expect(proofTiles(index, size).length).toBeLessThan(16);
  });
});

describe('no octet of a tile or a bundle may be another', () => {
  const log = new TiledLog(rekorV2, { size: 600 });
  test.each([5, 255, 300, 511, 512, 599])('entry %d of 600', (index) => {
    const files = fetched(log, index);
    for (const [name, bytes] of files) {
      // In each hash some octet, and in each second entry of a bundle.
      for (let at = 0; at < bytes.length; at += name.startsWith('tile/entries') ? 17 : 31) {
        const changed = Buffer.from(bytes);
        changed.writeUInt8((changed[at] ?? 0) ^ (1 << (at % 8)), at);
        const found = prove(log, index, new Map(files).set(name, changed));
        expect([name, at, found]).toEqual([name, at, expect.stringMatching(/^LOG_(TILE|PROOF)_INVALID$/)]);
      }
    }
  });
  test.each<[string, (entry: Buffer) => Buffer]>([
    ['a bundle cut off', (bytes) => bytes.subarray(0, -1)],
    ['a bundle cut off in a length', (bytes) => bytes.subarray(0, 1)],
    ['no bundle', () => Buffer.alloc(0)],
    ['a bundle with an octet more', (bytes) => Buffer.concat([bytes, Buffer.from([0])])],
    ['a bundle with an entry more', (bytes) => Buffer.concat([bytes, Buffer.from([0, 1, 65])])],
    ['a bundle with an entry less', (bytes) => bytes.subarray(0, -11)],
  ])('%s', (_, change) => {
    const files = fetched(log, 599);
    const name = 'tile/entries/002.p/88';
    const bytes = files.get(name) ?? Buffer.alloc(0);
    expect(prove(log, 599, files.set(name, change(bytes)))).toBe('LOG_TILE_INVALID');
  });
});
