import { refuse } from '#core/errors/error';
import type { JsonObject } from '#core/json/value';
import { TILE_WIDTH, tileWith } from '#core/tlog/tiles';
import type { TrustedRoot } from '#core/trust/trusted-root';
import type { LogClient } from './log-client.ts';
import { readEntry, readTree } from './log-tiles.ts';
import { TileReader } from './tile-reader.ts';

/** Bundles of 256 entries that are looked through, count: some megabytes. */
const BUNDLES = 256;

/**
 * The first entry from an index on that fits, with its inclusion proof, in the shape of a bundle: so that a log of
 * Rekor v2, which cannot be searched, tells whether it took what was sent to it since then.
 * @param from the size of its tree before that
 * @throws LOG_SEARCH_UNAVAILABLE (also where too many entries have come since), and what `entriesByIndex` throws
 */
export async function findTileEntry(
  client: LogClient,
  root: TrustedRoot,
  from: number,
  fits: (body: Uint8Array) => boolean,
): Promise<JsonObject | undefined> {
  const tree = await readTree(client, root);
  const { size } = tree.checkpoint;
  const reader = new TileReader(client);
  const start = from - (from % TILE_WIDTH);
  if ((size - start) / TILE_WIDTH > BUNDLES) {
    return refuse(
      'LOG_SEARCH_UNAVAILABLE',
      `too much has been logged since to look through it: ${client.host}`,
      {
        expected: `at most ${BUNDLES * TILE_WIDTH} entries`,
        found: `${size - from}`,
      },
    );
  }
  for (let first = start; first < size; first += TILE_WIDTH) {
    const bodies = await reader.entries(tileWith(0, first, size));
    const place = bodies.findIndex((body, index) => first + index >= from && fits(body));
    if (place >= 0) return readEntry(client, reader, first + place, tree);
  }
  return undefined;
}
