import { nodeHttp } from '#core/io/http';
import type { Network } from '#core/io/io';
import type { HttpFetch } from '#core/oci/http';
import { refuse } from '#core/errors/error';
import type { Answering } from './log.ts';

const runHelper = async (): Promise<{ status: number; stdout: Buffer }> => ({
  status: 1,
  stdout: Buffer.alloc(0),
});

/** A clock on which waiting takes no time. */
const quickClock = (): Network['clock'] => ({ now: () => performance.now(), wait: async () => undefined });

/** This machine's network without waiting between attempts. @param idle milliseconds between two signs of life */
export function impatientNetwork(idle: number): Network {
  return {
    http: () => nodeHttp({ env: {}, connect: 2000, idle }),
    clock: quickClock(),
    turn: async () => undefined,
    runHelper,
  };
}

/** A network in which hosts are logs and no other exists; nothing leaves the process. */
export function logNetwork(logs: Readonly<Record<string, Answering>>): Network {
  const fetch: HttpFetch = async ({ url, body = '' }) => {
    const log = Object.hasOwn(logs, url.host) ? logs[url.host] : undefined;
    if (log === undefined) return refuse('NETWORK_UNAVAILABLE', `no connection to ${url.host}`);
    const {
      status,
      headers = {},
      body: answer,
    } = log.answer(url.pathname, typeof body === 'string' ? body : '');
    return {
      status,
      header: (name) => headers[name],
      body: (async function* () {
        yield Buffer.from(answer);
      })(),
      discard: () => undefined,
    };
  };
  return { http: () => fetch, clock: quickClock(), turn: async () => undefined, runHelper };
}
