import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Server, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { readBody } from '#core/oci/read-body';
import type { HttpFetch } from '#core/oci/http';
import { authorityPem, identityFor } from '../../test/registry/tls.ts';
import { nodeHttp } from './http.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A server, and its connections in their order. */
interface Told {
  readonly base: string;
  readonly sockets: readonly Socket[];
}

const plain = async (listener: RequestListener): Promise<Told> => serve(createServer(listener), 'http');
const secure = async (listener: RequestListener): Promise<Told> =>
  serve(createSecureServer(identityFor('127.0.0.1'), listener), 'https');

async function serve(server: Server, scheme: string): Promise<Told> {
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { base: `${scheme}://127.0.0.1:${port}`, sockets };
}

/** Answers `/slow` once it is told to, all else at once. */
function held(): { readonly listener: RequestListener; readonly release: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    listener: (request, response) => {
      void (request.url === '/slow' ? promise : Promise.resolve()).then(() =>
        response.end(String(request.socket.remotePort)),
      );
    },
    release: resolve,
  };
}

/** Asks, and says by which port of ours. */
const ask =
  (fetch: HttpFetch, base: string) =>
  async (path: string, next?: number): Promise<number> => {
    const request = { method: 'GET', url: new URL(path, base), headers: {}, within: 5000, next } as const;
    return Number(Buffer.from(await readBody(await fetch(request), { name: 'it', limit: 100 })).toString());
  };

const until = async (holds: () => boolean): Promise<void> => {
  for (let attempt = 0; attempt < 400 && !holds(); attempt++) await wait(5);
  expect(holds()).toBe(true);
};

describe('connections for the questions that follow', () => {
  test.each([
    ['plain', plain],
    ['by TLS', secure],
  ])('%s: are there before the first is answered, and are taken', async (_, start) => {
    const { listener, release } = held();
    const { base, sockets } = await start(listener);
    const get = ask(nodeHttp({ env: {}, tls: { ca: authorityPem } }), base);
    const first = get('/slow', 3);
    await until(() => sockets.length === 3);
    release();
    const used = [await first, ...(await Promise.all([get('/a'), get('/b'), get('/c')]))];
    expect(new Set(used)).toEqual(new Set(sockets.map(({ remotePort }) => remotePort)));
    expect(sockets).toHaveLength(3);
  });

  test('are not opened where nothing follows, nor where there are enough', async () => {
    const { listener } = held();
    const { base, sockets } = await plain(listener);
    const get = ask(nodeHttp({ env: {} }), base);
    await get('/a');
    await wait(50);
    expect(sockets).toHaveLength(1);
    await Promise.all([get('/a', 3), get('/b', 3), get('/c', 3)]);
    await wait(50);
    expect(sockets).toHaveLength(3);
  });

  test.each<[string, (socket: Socket) => unknown]>([
    ['closed by the server', (socket) => socket.end()],
    ['reset', (socket) => socket.resetAndDestroy()],
    [
      'answered without a question',
      (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n7'),
    ],
  ])('%s: another is opened', async (_, spoil) => {
    const { listener, release } = held();
    const { base, sockets } = await plain(listener);
    const get = ask(nodeHttp({ env: {} }), base);
    const first = get('/slow', 2);
    await until(() => sockets.length === 2);
    const spare = sockets.find(({ bytesRead }) => bytesRead === 0);
    const port = spare?.remotePort;
    if (spare !== undefined) spoil(spare);
    await wait(50);
    release();
    const used = [await first, ...(await Promise.all([get('/a'), get('/b')]))];
    expect(used).not.toContain(port);
    expect(new Set(used).size).toBe(2);
  });

  test('are closed when nobody takes them for long', async () => {
    const { listener, release } = held();
    const { base, sockets } = await plain(listener);
    const get = ask(nodeHttp({ env: {}, idle: 300 }), base);
    const first = get('/slow', 3);
    await until(() => sockets.length === 3);
    release();
    await first;
    const spares = sockets.slice(1);
    await until(() => spares.every(({ destroyed }) => destroyed));
  });

  test('are not opened through a proxy', async () => {
    const { listener } = held();
    const { base, sockets } = await plain(listener);
    const get = ask(nodeHttp({ env: { HTTP_PROXY: base } }), 'http://registry.invalid');
    await get('/a', 3);
    await wait(50);
    expect(sockets).toHaveLength(1);
  });
});
