import { toBase64 } from '#core/bytes/base64';
import { findTileEntry } from '#core/bundle/find-tile-entry';
import { LogClient } from '#core/bundle/log-client';
import { readTree } from '#core/bundle/log-tiles';
import { searchLog } from '#core/bundle/search-log';
import type { JsonObject } from '#core/json/value';
import type { Clock, HttpFetch } from '#core/oci/http';
import type { TrustedRoot } from '#core/trust/trusted-root';
import type { JobLog } from './job.ts';
import { envelopeOf, postedEnvelope, type SignedStatement } from './signed-statement.ts';

/** What looking into logs takes. */
export interface LogWorld {
  readonly fetch: HttpFetch;
  readonly clock: Clock;
  readonly root: TrustedRoot;
}

/** Milliseconds for all that one search asks. */
const PATIENCE = 60_000;

function clientOf({ fetch, clock }: LogWorld, url: string): LogClient {
  return new LogClient({ url: new URL(url), fetch, clock, timeout: PATIENCE });
}

/**
 * The size of the tree of a Rekor v2 log now; what is sent from now on stands behind it.
 * @throws LOG_*, CHECKPOINT_*, NETWORK_UNAVAILABLE
 */
export async function treeSize(world: LogWorld, url: string): Promise<number> {
  return (await readTree(clientOf(world, url), world.root)).checkpoint.size;
}

/**
 * The entries that a log may have of a signed statement that was on its way to it when the process ended. They are not
 * believed yet. A log that does not answer leaves it undecided.
 * @throws LOG_*, CHECKPOINT_*, NETWORK_UNAVAILABLE
 */
export async function recoverEntries(
  world: LogWorld,
  { url, version, size = 0 }: JobLog,
  signed: SignedStatement,
): Promise<readonly JsonObject[]> {
  const client = clientOf(world, url);
  if (version === 1) {
    return searchLog(client, { envelope: envelopeOf(signed), bytes: postedEnvelope(signed), artifacts: [] });
  }
  const signature = toBase64(signed.signature);
  const entry = await findTileEntry(client, world.root, size, (body) =>
    Buffer.from(body).includes(signature),
  );
  return entry === undefined ? [] : [entry];
}
