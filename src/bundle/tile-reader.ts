import { refuse } from '#core/errors/error';
import { limits } from '#core/limits';
import { readEntryBundle } from '#core/tlog/entry-bundle';
import { HASH_LENGTH } from '#core/tlog/merkle';
import { TILE_WIDTH, tilePath, type Tile } from '#core/tlog/tiles';
import type { LogClient } from './log-client.ts';

/** Where a log of Rekor v2 has checkpoint and tiles, under its address. */
export const TILES = 'api/v2/';

interface Read {
  readonly bytes: Uint8Array;
  /** Under which name it stood. */
  readonly path: string;
  /** Hashes or entries in it. */
  readonly width: number;
}

/** Reads tiles of a log, those with hashes once. Only a tile that a proved checkpoint asks for may be read. */
export class TileReader {
  readonly #client: LogClient;
  readonly #hashes = new Map<string, Promise<Uint8Array>>();

  constructor(client: LogClient) {
    this.#client = client;
  }

  /**
   * The hashes of a tile.
   * @throws LOG_TILE_MISSING, LOG_TILE_INVALID, LOG_SEARCH_UNAVAILABLE, NETWORK_UNAVAILABLE, INPUT_TOO_LARGE
   */
  async hashes(tile: Tile): Promise<Uint8Array> {
    const path = tilePath(tile.level, tile.index, tile.width);
    const hashes = this.#hashes.get(path) ?? this.#readHashes(tile);
    this.#hashes.set(path, hashes);
    return hashes;
  }

  /**
   * The entries whose hashes a tile of level 0 has.
   * @throws what {@link hashes} throws
   */
  async entries({ index, width }: Tile): Promise<readonly Uint8Array[]> {
    const read = await this.#read('entries', index, width, () => limits.logEntryBundle);
    return readEntryBundle(read.bytes, read.width, read.path).slice(0, width);
  }

  async #readHashes({ level, index, width }: Tile): Promise<Uint8Array> {
    const read = await this.#read(level, index, width, (count) => count * HASH_LENGTH);
    const expected = read.width * HASH_LENGTH;
    if (read.bytes.length === expected) return read.bytes.subarray(0, width * HASH_LENGTH);
    return refuse('LOG_TILE_INVALID', 'a tile of a log has another length', {
      path: read.path,
      expected: `${expected} octets, ${read.width} hashes`,
      found: `${read.bytes.length} octets`,
      hint: 'tell who runs the log',
    });
  }

  /** What is not whole yet; once it is, a log need not keep the part. */
  async #read(
    level: Tile['level'] | 'entries',
    index: number,
    width: number,
    limit: (count: number) => number,
  ): Promise<Read> {
    for (const count of width === TILE_WIDTH ? [TILE_WIDTH] : [width, TILE_WIDTH]) {
      const path = tilePath(level, index, count);
      const bytes = await this.#client.get(TILES + path, limit(count));
      if (bytes !== undefined) return { bytes, path, width: count };
    }
    return refuse(
      'LOG_TILE_MISSING',
      `the log does not serve what its checkpoint tells of: ${this.#client.host}`,
      {
        path: tilePath(level, index, width),
        expected: 'every tile and every bundle of entries of its tree',
        found: 'nothing',
        hint: 'try again later, or elsewhere; with an entry that was saved: evidence import --log-entry',
      },
    );
  }
}
