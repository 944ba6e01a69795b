import { LogClient } from '#core/bundle/log-client';
import { searchLog } from '#core/bundle/search-log';
import { RekorLog } from '../rekor/log.ts';
import { logNetwork } from '../rekor/network.ts';
import { thrown, type Reach, type Reaches } from './reach.ts';

/** A search in a log that answers so. */
const search =
  (status: number, body: string): Reach =>
  () => {
    const log = new RekorLog();
    log.fault = () => ({ status, body });
    const { http, clock } = logNetwork('rekor.example', log);
    const url = new URL('https://rekor.example');
    const client = new LogClient({ url, fetch: http({}), clock, timeout: 1000 });
    const envelope = { payloadType: 'x', payload: Buffer.from('{}'), signatures: [] };
    return thrown(() => searchLog(client, { envelope, bytes: '{}', artifacts: [] }));
  };

/** Codes about logs that are searched. */
export const logSearchReaches = {
  LOG_SEARCH_INVALID: search(200, '{}'),
  LOG_SEARCH_UNAVAILABLE: search(500, ''),
} satisfies Reaches;
