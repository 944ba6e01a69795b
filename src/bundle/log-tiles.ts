import { toBase64 } from '#core/bytes/base64';
import { equalBytes } from '#core/bytes/digest';
import { fromHex } from '#core/bytes/hex';
import { decodeUtf8 } from '#core/bytes/utf8';
import { EdgesealError, refuse } from '#core/errors/error';
import type { JsonObject } from '#core/json/value';
import { limits } from '#core/limits';
import { inParallel } from '#core/oci/in-parallel';
import { parseCheckpoint, verifyCheckpoint, type Checkpoint } from '#core/tlog/checkpoint';
import { checkEntries, proofOf, proofTiles } from '#core/tlog/tile-proof';
import { TILE_WIDTH, tilePath, tileWith } from '#core/tlog/tiles';
import type { TransparencyLog } from '#core/trust/authorities';
import type { TrustedRoot } from '#core/trust/trusted-root';
import type { LogClient } from './log-client.ts';
import { readBody } from './rekor-entry.ts';
import { TileReader, TILES } from './tile-reader.ts';

/** A log's tree, by its latest checkpoint. */
export interface Tree {
  readonly log: TransparencyLog;
  readonly checkpoint: Checkpoint;
  /** The signed note. */
  readonly note: string;
}

/** Entries at one time, for each brings 255 others along. */
const AT_ONCE = 1;
const CHECKPOINT = `${TILES}checkpoint`;

/**
 * The entries of a tiled log (Rekor v2) with these indices, each with the inclusion proof that the log's tiles give
 * to its latest checkpoint, in the shape of a bundle. The checkpoint is checked by the trusted root before any
 * tile is read; nothing else is believed, for whoever verifies the bundle checks entry, proof and checkpoint.
 * For one entry two rounds of requests, three where the tree has grown meanwhile.
 * @throws LOG_ENTRY_MISSING, LOG_ENTRY_INVALID, LOG_TILE_MISSING, LOG_TILE_INVALID, LOG_UNTRUSTED, CHECKPOINT_INVALID,
 * CHECKPOINT_UNTRUSTED, LOG_SEARCH_UNAVAILABLE, NETWORK_UNAVAILABLE, INPUT_TOO_LARGE
 * @see https://c2sp.org/tlog-tiles and https://github.com/sigstore/rekor-tiles/blob/main/CLIENTS.md
 */
export async function entriesByIndex(
  client: LogClient,
  indices: readonly number[],
  root: TrustedRoot,
): Promise<readonly JsonObject[]> {
  const tree = await readTree(client, root);
  const reader = new TileReader(client);
  return inParallel(indices, async (index) => readEntry(client, reader, index, tree), AT_ONCE);
}

/**
 * What the log signs of its tree now, checked by the trusted root.
 * @throws LOG_UNTRUSTED, CHECKPOINT_INVALID, CHECKPOINT_UNTRUSTED, LOG_SEARCH_UNAVAILABLE, NETWORK_UNAVAILABLE
 */
export async function readTree(client: LogClient, root: TrustedRoot): Promise<Tree> {
  const bytes = await client.get(CHECKPOINT, limits.logCheckpoint);
  if (bytes === undefined) {
    return refuse('LOG_SEARCH_UNAVAILABLE', `the log has no checkpoint: ${client.host}`, {
      expected: `a log of Rekor v2, with ${CHECKPOINT}`,
      found: 'nothing there',
      hint: 'a log of Rekor v1 is searched without --log-index',
    });
  }
  const note = decodeNote(bytes);
  const checkpoint = parseCheckpoint(note, CHECKPOINT);
  return { log: logOf(checkpoint, client, root), checkpoint, note };
}

function decodeNote(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes, CHECKPOINT);
  } catch (cause) {
    if (!(cause instanceof EdgesealError)) throw cause;
    return refuse('CHECKPOINT_INVALID', 'a checkpoint is malformed', {
      path: CHECKPOINT,
      expected: 'UTF-8',
      cause,
    });
  }
}

/** The trusted log that signed the checkpoint: the one at this address, where the root knows the address. */
function logOf(checkpoint: Checkpoint, client: LogClient, root: TrustedRoot): TransparencyLog {
  const here = root.logs.filter(({ baseUrl }) => isSame(baseUrl, client.url));
  const known = here.length > 0 ? here : root.logs;
  const named = known.filter(({ keyHint }) =>
    checkpoint.signatures.some((signature) => equalBytes(signature.keyHint, keyHint)),
  );
  let reason: unknown;
  for (const log of named) {
    try {
      verifyCheckpoint(checkpoint, log.key, log.keyHint, CHECKPOINT);
      return log;
    } catch (error) {
      reason ??= error;
    }
  }
  if (reason !== undefined) throw reason;
  return refuse('LOG_UNTRUSTED', 'a checkpoint is by no trusted log', {
    path: CHECKPOINT,
    expected: known.map(({ baseUrl }) => baseUrl).join(', ') || 'a trusted root that lists the log',
    found: JSON.stringify(checkpoint.origin.slice(0, 200)),
    hint: 'give the trusted root of the Sigstore instance that runs the log (--trusted-root)',
  });
}

function isSame(baseUrl: string, url: URL): boolean {
  const slashed = (href: string): string => (href.endsWith('/') ? href : `${href}/`);
  return URL.canParse(baseUrl) && slashed(new URL(baseUrl).href) === slashed(url.href);
}

/**
 * One entry, with the inclusion proof that the log's tiles give, in the shape of a bundle.
 * @throws what {@link entriesByIndex} throws
 */
export async function readEntry(
  client: LogClient,
  reader: TileReader,
  index: number,
  { log, checkpoint, note }: Tree,
): Promise<JsonObject> {
  const { size, rootHash } = checkpoint;
  if (index >= size) {
    return refuse('LOG_ENTRY_MISSING', `the log has no entry ${index}: ${client.host}`, {
      expected: `an index below ${size}, the size of its tree`,
      found: String(index),
      hint: 'check --log-index; the log may be another one',
    });
  }
  const tile = tileWith(0, index, size);
  const [entries, ...tiles] = await Promise.all([
    reader.entries(tile),
    ...proofTiles(index, size).map(async (each) => [nameOf(each), await reader.hashes(each)] as const),
  ]);
  const hashes = new Map(tiles);
  const hashesOf = (each: typeof tile): Uint8Array => hashes.get(nameOf(each)) ?? new Uint8Array();
  checkEntries(entries, tile, hashesOf(tile));
  const body = toBase64(entries[index % TILE_WIDTH] ?? new Uint8Array());
  const { kind, version } = readBody(body, { code: 'LOG_ENTRY_INVALID', path: `entry ${index}` });
  return {
    logIndex: String(index),
    logId: { keyId: toBase64(fromHex(log.id)) },
    kindVersion: { kind, version },
    inclusionProof: {
      logIndex: String(index),
      rootHash: toBase64(rootHash),
      treeSize: String(size),
      hashes: proofOf(index, size, hashesOf).map(toBase64),
      checkpoint: { envelope: note },
    },
    canonicalizedBody: body,
  };
}

const nameOf = ({ level, index, width }: ReturnType<typeof tileWith>): string =>
  tilePath(level, index, width);
