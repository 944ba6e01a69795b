import { LogClient } from '#core/bundle/log-client';
import { entriesByIndex } from '#core/bundle/log-tiles';
import { searchLog } from '#core/bundle/search-log';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import { RekorLog, type Answer, type Answering } from '../rekor/log.ts';
import { RekorV2Log, tiledLog } from '../rekor/log-v2.ts';
import { logNetwork } from '../rekor/network.ts';
import { makeEvidence } from '../sigstore/make-evidence.ts';
import { thrown, type Reach, type Reaches } from './reach.ts';

const HOST = 'rekor.example';

function clientOf(log: Answering): LogClient {
  const { http, clock } = logNetwork({ [HOST]: log });
  return new LogClient({ url: new URL(`https://${HOST}`), fetch: http({}), clock, timeout: 1000 });
}

/** A search in a log that answers so. */
const search =
  (status: number, body: string): Reach =>
  () => {
    const log = new RekorLog();
    log.fault = () => ({ status, body });
    const envelope = { payloadType: 'x', payload: Buffer.from('{}'), signatures: [] };
    return thrown(() => searchLog(clientOf(log), { envelope, bytes: '{}', artifacts: [] }));
  };

/** An entry of a tiled log that answers so where a tile is asked for. */
const read =
  (answer: Answer): Reach =>
  () => {
    const log = new RekorV2Log(tiledLog({}));
    log.fault = (path) => (path.includes('/tile/0/') ? answer : undefined);
    const root = parseTrustedRoot(makeEvidence().trustedRootBytes, 'root.json');
    return thrown(() => entriesByIndex(clientOf(log), [7], root));
  };

/** Codes about logs that are asked. */
export const logSearchReaches = {
  LOG_SEARCH_INVALID: search(200, '{}'),
  LOG_SEARCH_UNAVAILABLE: search(500, ''),
  LOG_TILE_INVALID: read({ status: 200, body: 'short' }),
  LOG_TILE_MISSING: read({ status: 404, body: '' }),
} satisfies Reaches;
