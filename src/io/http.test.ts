import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { readBody } from '#core/oci/read-body';
import type { HttpFetch, HttpResponse } from '#core/oci/http';
import { authorityPem, identityFor, startTls } from '../../test/registry/tls.ts';
import { nodeHttp, type HttpOptions } from './http.ts';

type RequestHandler = (socket: Duplex) => unknown;

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? `127.0.0.1:${address.port}` : '';
}

const start = async (listener: RequestListener): Promise<string> => listen(createServer(listener));
const hello: RequestListener = (request, response) => response.end(`hello ${request.url}`);

async function get(url: string, options: Partial<HttpOptions> = {}, within = 2000): Promise<HttpResponse> {
  const request = { method: 'GET', url: new URL(url), headers: {}, within } as const;
  return nodeHttp({ env: {}, ...options })(request);
}

const text = async (response: HttpResponse, limit = 1000): Promise<string> =>
  Buffer.from(await readBody(response, { name: 'it', limit })).toString();

describe('proxies', () => {
  const hops: string[] = [];
  const proxy = async (): Promise<string> => {
    hops.length = 0;
    const server = createServer((request, response) => {
      hops.push(`${request.method} ${request.url}`);
      response.end('by the proxy');
    });
    server.on('connect', (request, socket) => {
      hops.push(`CONNECT ${request.url}`);
      const [host, port] = (request.url ?? '').split(':');
      const onward = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      onward.on('error', () => socket.destroy());
      socket.on('error', () => onward.destroy());
      stops.push(() => onward.destroy());
    });
    return listen(server);
  };

  test.each(['HTTP_PROXY', 'http_proxy'])('%s', async (name) => {
    const env = { [name]: `http://${await proxy()}` };
    expect(await text(await get('http://registry.invalid/x', { env }))).toBe('by the proxy');
    expect(hops).toEqual(['GET http://registry.invalid/x']);
  });

  test('HTTPS_PROXY is a tunnel: TLS goes through it to the registry', async () => {
    const server = await startTls(hello);
    stops.push(server.stop);
    const env = { HTTPS_PROXY: `http://${await proxy()}` };
    const response = await get(`https://${server.host}/x`, { env, tls: { ca: authorityPem } });
    expect(await text(response)).toBe('hello /x');
    expect(hops).toEqual([`CONNECT ${server.host}`]);
  });

  describe('with a name and password', () => {
    const secret = 'a-proxy-secret';
    const shown = `Basic ${Buffer.from(`user:${secret}`).toString('base64')}`;
    /** A proxy that asks who asks, what it saw, and what the registry behind it saw. */
    const guarded = async (): Promise<{ host: string; registry: string; seen: IncomingHttpHeaders[] }> => {
      const seen: IncomingHttpHeaders[] = [];
      const behind = await startTls((request, response) => {
        seen.push(request.headers);
        response.end('hello');
      });
      stops.push(behind.stop);
      const server = createServer((request, response) => {
        seen.push(request.headers);
        const isKnown = request.headers['proxy-authorization'] === shown;
        response.writeHead(isKnown ? 200 : 407).end('by the proxy');
      });
      server.on('connect', (request, socket) => {
        seen.push(request.headers);
        const isKnown = request.headers['proxy-authorization'] === shown;
        if (!isKnown) {
          socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
          return;
        }
        const [host, port] = (request.url ?? '').split(':');
        const onward = connect(Number(port), host, () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          onward.pipe(socket).pipe(onward);
        });
        onward.on('error', () => socket.destroy());
        socket.on('error', () => onward.destroy());
        stops.push(() => onward.destroy());
      });
      return { host: await listen(server), registry: behind.host, seen };
    };
    const ask = async (url: string, proxyUrl: string): Promise<string> => {
      const request = {
        method: 'GET',
        url: new URL(url),
        headers: { authorization: 'Bearer a-token' },
        within: 2000,
      } as const;
      const env = { HTTP_PROXY: proxyUrl, HTTPS_PROXY: proxyUrl };
      return text(await nodeHttp({ env, tls: { ca: authorityPem } })(request));
    };

    test('a tunnel: each learns only what is for it', async () => {
      const { host, registry, seen } = await guarded();
      expect(await ask(`https://${registry}/x`, `http://user:${secret}@${host}`)).toBe('hello');
      const [byProxy, byRegistry] = seen;
      expect(byProxy).toMatchObject({ 'proxy-authorization': shown });
      expect(byProxy).not.toHaveProperty('authorization');
      expect(byRegistry).toMatchObject({ authorization: 'Bearer a-token' });
      expect(byRegistry).not.toHaveProperty('proxy-authorization');
    });

    test('without TLS', async () => {
      const { host } = await guarded();
      expect(await ask('http://registry.invalid/x', `http://user:${secret}@${host}`)).toBe('by the proxy');
    });

    test.each(['', 'user:another@'])('refused, and no secret is shown: %j', async (who) => {
      const { host, registry } = await guarded();
      const error: unknown = await ask(`https://${registry}/x`, `http://${who}${host}`).catch(
        (it: unknown) => it,
      );
      expect(error).toMatchObject({ code: 'NETWORK_UNAVAILABLE' });
      expect(JSON.stringify(error) + String(error)).not.toMatch(/another|a-token/);
    });
  });

  test.each<[string, RequestHandler]>([
    ['says nothing', () => undefined],
    ['says no HTTP', (socket) => socket.end('no\r\n\r\n')],
    ['refuses', (socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')],
    ['ends', (socket) => socket.destroy()],
  ])('a tunnel that %s', async (_, handle) => {
    const server = createServer();
    server.on('connect', (_request, socket) => {
      socket.on('error', () => undefined);
      stops.push(() => socket.destroy());
      handle(socket);
    });
    const env = { HTTPS_PROXY: `http://${await listen(server)}` };
    await expect(get('https://registry.invalid/x', { env, connect: 200 }, 1000)).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:REGISTRY_TIMEOUT|NETWORK_UNAVAILABLE)$/) as unknown,
    });
  });

  test.each<[string, string, boolean]>([
    ['another.example', 'registry.invalid', true],
    ['registry.invalid', 'registry.invalid', false],
    ['.invalid', 'registry.invalid', false],
    ['other.example,registry.invalid', 'registry.invalid', false],
    ['registry.invalid', 'evil-registry.invalid', true],
  ])('NO_PROXY=%s, asked for %s: by the proxy is %s', async (NO_PROXY, name, isByProxy) => {
    const env = { HTTP_PROXY: `http://${await proxy()}`, NO_PROXY };
    const answer = get(`http://${name}/x`, { env }).then(text);
    if (isByProxy) expect(await answer).toBe('by the proxy');
    else await expect(answer).rejects.toMatchObject({ code: 'NETWORK_UNAVAILABLE' });
    expect(hops.length).toBe(isByProxy ? 1 : 0);
  });

  test.each(['127.0.0.1', '*'])('NO_PROXY=%s', async (NO_PROXY) => {
    const env = { HTTP_PROXY: `http://${await proxy()}`, NO_PROXY };
    expect(await text(await get(`http://${await start(hello)}/x`, { env }))).toBe('hello /x');
    expect(hops).toEqual([]);
  });

  test('one that is not there', async () => {
    const env = { HTTP_PROXY: 'http://127.0.0.1:1' };
    await expect(get('http://registry.invalid/x', { env })).rejects.toMatchObject({
      code: 'NETWORK_UNAVAILABLE',
    });
  });
});

describe('TLS', () => {
  const serve = async (options: Parameters<typeof startTls>[1] = {}): Promise<string> => {
    const server = await startTls(hello, options);
    stops.push(server.stop);
    return `https://${server.host}/x`;
  };
  const shown = identityFor('a client');

  test.each<[string, Parameters<typeof startTls>[1], HttpOptions['tls'], boolean]>([
    ['an authority that is named', {}, { ca: authorityPem }, true],
    ['an unknown authority', {}, {}, false],
    ['any certificate', {}, { anyCertificate: true }, true],
    ['a certificate for another name', { name: 'a.example' }, { ca: authorityPem }, false],
    ['the name that is stated', { name: 'a.example' }, { ca: authorityPem, servername: 'a.example' }, true],
    ['another name', { name: 'a.example' }, { ca: authorityPem, servername: 'b.example' }, false],
    ['a client with a certificate', { wantsCertificate: true }, { ca: authorityPem, ...shown }, true],
    ['a client without one', { wantsCertificate: true }, { ca: authorityPem }, false],
  ])('%s', async (_, server, tls, isAccepted) => {
    const answer = get(await serve(server), { tls }).then(text);
    if (isAccepted) await expect(answer).resolves.toBe('hello /x');
    else await expect(answer).rejects.toMatchObject({ code: 'NETWORK_UNAVAILABLE' });
  });

  test('the hint says which flag helps', async () => {
    await expect(get(await serve())).rejects.toMatchObject({
      reason: { hint: expect.stringContaining('--registry-cacert') as unknown },
    });
  });
});

describe('time', () => {
  const late = { code: 'REGISTRY_TIMEOUT' };
  test('nothing at all', async () => {
    const host = await start(() => undefined);
    await expect(get(`http://${host}/`, { idle: 100 })).rejects.toMatchObject(late);
  });

  test('the whole exchange, though octets drip', async () => {
    const host = await start((_, response) => {
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    await expect(get(`http://${host}/`, { idle: 1000 }, 200).then(text)).rejects.toMatchObject(late);
  });

  test('a body that only the end of the connection ends is not whole when we end it', async () => {
    const host = await start((_, { socket }) => {
      socket?.write('HTTP/1.1 200 OK\r\n\r\nhel');
      const timer = setInterval(() => socket?.write('l'), 20);
      socket?.on('close', () => clearInterval(timer));
    });
    await expect(get(`http://${host}/`, { idle: 1000 }, 200).then(text)).rejects.toMatchObject(late);
  });

  test('a slow answer is not a slow connection', async () => {
    const host = await start((_, response) => void setTimeout(() => response.end('hello'), 300));
    expect(await text(await get(`http://${host}/`, { connect: 100, idle: 1500 }))).toBe('hello');
  });

  test('TLS that is never agreed upon', async () => {
    const host = await listen(createServer());
    await expect(get(`https://${host}/`, { connect: 100 })).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:REGISTRY_TIMEOUT|NETWORK_UNAVAILABLE)$/) as unknown,
    });
  });

  test('nobody listens, and neither path nor query is shown', async () => {
    const error: unknown = await get('http://127.0.0.1:1/path?token=a-secret').catch((it: unknown) => it);
    expect(error).toMatchObject({ code: 'NETWORK_UNAVAILABLE', reason: { found: 'ECONNREFUSED' } });
    expect(String(error)).not.toMatch(/a-secret|path/);
  });
});

describe('size', () => {
  const pattern = Buffer.from(
    Array.from({ length: 3_000_001 }, (_, index) => (index * 7 + (index >> 9)) % 251),
  );
  const large: RequestListener = (request, response) => {
    if (request.url === '/long') response.writeHead(200, { 'content-length': pattern.length });
    response.end(request.url === '/short' ? 'short' : pattern);
  };
  const ask = async (fetch: HttpFetch, url: string): Promise<Buffer> => {
    const response = await fetch({ method: 'GET', url: new URL(url), headers: {}, within: 2000 });
    return Buffer.from(await readBody(response, { name: 'it', limit: pattern.length }));
  };

  test.each([
    ['http', async (): Promise<string> => start(large)],
    [
      'https',
      async (): Promise<string> => {
        const server = await startTls(large);
        stops.push(server.stop);
        return server.host;
      },
    ],
  ])('large bodies by %s are whole, one after the other on one connection', async (protocol, open) => {
    const url = `${protocol}://${await open()}`;
    const fetch = nodeHttp({ env: {}, tls: { ca: authorityPem } });
    for (const path of ['/long', '/long', '/short', '/chunked', '/long', '/short']) {
      const body = await ask(fetch, url + path);
      expect(body.equals(path === '/short' ? Buffer.from('short') : pattern)).toBe(true);
    }
  });

  test('a body beyond the limit ends the exchange', async () => {
    let isOpen = true;
    const host = await start((_, response) => {
      response.on('close', () => (isOpen = false));
      const more = (): void => {
        while (response.writable && response.write(Buffer.alloc(65_536)));
        response.once('drain', more);
      };
      more();
    });
    await expect(get(`http://${host}/`).then(text)).rejects.toMatchObject({ code: 'INPUT_TOO_LARGE' });
    await expect.poll(() => isOpen).toBe(false);
  });

  test('headers beyond the limit', async () => {
    const host = await start((_, response) => {
      response.writeHead(200, { x: 'x'.repeat(100_000) }).end();
    });
    await expect(get(`http://${host}/`)).rejects.toMatchObject({ code: 'NETWORK_UNAVAILABLE' });
  });

  test('redirects are not followed, and nothing is decompressed', async () => {
    const host = await start((request, response) => {
      response.writeHead(302, { location: '/elsewhere', 'content-encoding': 'gzip' });
      response.end(request.headers['accept-encoding']);
    });
    const response = await get(`http://${host}/`);
    expect([response.status, response.header('location')]).toEqual([302, '/elsewhere']);
    expect(await text(response)).toBe('identity');
  });
});
