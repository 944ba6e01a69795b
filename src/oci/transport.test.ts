import { expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import type { HttpFetch, HttpResponse } from './http.ts';
import { parseReference } from './reference.ts';
import { Transport, type Ask } from './transport.ts';

const response: HttpResponse = {
  status: 200,
  header: () => undefined,
  body: (async function* (): AsyncGenerator<Uint8Array> {})(),
  discard: () => undefined,
};
const cutOff = (): never => {
  throw new EdgesealError('NETWORK_UNAVAILABLE', 'cut off');
};
const asked = (path: string): Ask => ({
  repository: parseReference('registry.example/o/app:v1'),
  method: 'GET',
  path: `/v2/${path}`,
  accept: [],
});

/** A registry to which plain HTTP is allowed, and every address that it was asked at. */
function transport(answer: HttpFetch): { readonly ask: (path: string) => Promise<number>; urls: string[] } {
  const urls: string[] = [];
  const it = new Transport({
    fetch: async (request) => {
      urls.push(request.url.href);
      return answer(request);
    },
    clock: { now: () => 0, wait: async () => undefined },
    credentials: async () => undefined,
    allowHttp: true,
    timeout: 1000,
  });
  return { ask: async (path) => it.exchange(asked(path), async ({ status }) => status), urls };
}

test('without TLS where nothing else answers, and then always', async () => {
  const { ask, urls } = transport(async ({ url }) => (url.protocol === 'https:' ? cutOff() : response));
  expect([await ask('a'), await ask('b')]).toEqual([200, 200]);
  expect(urls).toEqual([
    'https://registry.example/v2/a',
    'http://registry.example/v2/a',
    'http://registry.example/v2/b',
  ]);
});

test('a registry that has answered by TLS is not asked without, though it is cut off', async () => {
  const { ask, urls } = transport(async ({ url }) => (url.pathname === '/v2/a' ? response : cutOff()));
  await ask('a');
  await expect(ask('b')).rejects.toMatchObject({ code: 'NETWORK_UNAVAILABLE' });
  expect(urls.filter((url) => url.startsWith('http:'))).toEqual([]);
});

test('nor is it asked without by a question of the same moment that is cut off later', async () => {
  const late = Promise.withResolvers<undefined>();
  const { ask, urls } = transport(async ({ url }) => {
    if (url.pathname === '/v2/a') return response;
    await late.promise;
    return cutOff();
  });
  const both = [ask('a'), ask('b')] as const;
  await both[0];
  late.resolve(undefined);
  await expect(both[1]).rejects.toMatchObject({ code: 'NETWORK_UNAVAILABLE' });
  expect(urls.filter((url) => url.startsWith('http:'))).toEqual([]);
});
