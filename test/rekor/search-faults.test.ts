import { describe, expect, test } from 'vitest';
import type { ReasonCode } from '#core/errors/codes';
import { uuidOf } from './entry.ts';
import type { RekorLog } from './log.ts';
import { type Answer } from './log.ts';
import type { WireFault } from './server.ts';
import { bare, honest, LogSearch } from './log-search.ts';

const rekor = new LogSearch();

describe('a log that has nothing, or misbehaves, is no proof', () => {
  const answer = (status: number, body = '', headers: Record<string, string> = {}): Answer => ({
    status,
    body,
    headers,
  });
  const uuid = uuidOf(honest());
  const index = '/api/v1/index/retrieve';
  const onIndex = (body: unknown) => (path: string) =>
    path === index ? answer(200, JSON.stringify(body)) : undefined;
  test.each<[string, ReasonCode, RekorLog['fault']]>([
    ['has no entry', 'LOG_ENTRY_MISSING', undefined],
    ['404: a log of Rekor v2', 'LOG_SEARCH_UNAVAILABLE', () => answer(404)],
    ['401', 'LOG_SEARCH_UNAVAILABLE', () => answer(401, '', { 'www-authenticate': 'Basic realm="x"' })],
    ['403', 'LOG_SEARCH_UNAVAILABLE', () => answer(403)],
    ['429 again and again', 'LOG_SEARCH_UNAVAILABLE', () => answer(429, '', { 'retry-after': '1' })],
    ['429 for an hour', 'LOG_SEARCH_UNAVAILABLE', () => answer(429, '', { 'retry-after': '3600' })],
    ['500 again and again', 'LOG_SEARCH_UNAVAILABLE', () => answer(500)],
    ['400', 'LOG_SEARCH_INVALID', () => answer(400)],
    ['no JSON', 'LOG_SEARCH_INVALID', () => answer(200, '<html>')],
    ['a key twice', 'LOG_SEARCH_INVALID', () => answer(200, '[{"a":1,"a":2}]')],
    ['an index that is no list', 'LOG_SEARCH_INVALID', onIndex({})],
    ['an index of numbers', 'LOG_SEARCH_INVALID', onIndex([1])],
    ['an index of other names', 'LOG_SEARCH_INVALID', onIndex(['../../../etc'])],
    [
      'entries that were not asked for',
      'LOG_SEARCH_INVALID',
      (path, body) => {
        if (path === index) return answer(200, JSON.stringify(['0'.repeat(64)]));
        if (!body.includes('entryUUIDs')) return answer(200, '[]');
        return answer(200, JSON.stringify([{ [uuid]: honest() }]));
      },
    ],
    [
      'more entries than were asked for',
      'LOG_SEARCH_INVALID',
      (path) => {
        if (path === index) return answer(200, JSON.stringify([uuid]));
        return answer(200, JSON.stringify(Array.from({ length: 11 }, () => ({ [uuid]: honest() }))));
      },
    ],
    ['an entry that is none', 'LOG_ENTRY_INVALID', () => answer(200, `[{"${uuid}":{}}]`)],
    ['entries without names', 'LOG_ENTRY_INVALID', () => answer(200, JSON.stringify([{ x: honest() }]))],
    ['a huge index', 'INPUT_TOO_LARGE', onIndex(Array.from({ length: 20_000 }, () => uuid))],
    ['huge entries', 'INPUT_TOO_LARGE', () => answer(200, ' '.repeat(9 * 1024 * 1024))],
    ['a redirect to another host', 'LOG_SEARCH_UNAVAILABLE', () => redirect('http://127.0.0.2:1/')],
    ['a redirect that is none', 'LOG_SEARCH_UNAVAILABLE', () => redirect('http://[')],
    [
      'a redirect with a password',
      'LOG_SEARCH_UNAVAILABLE',
      () => redirect(rekor.server.url.replace('//', '//u:p@')),
    ],
    ['redirects for ever', 'LOG_SEARCH_UNAVAILABLE', () => redirect('/again')],
    [
      'a redirect that drops the question',
      'LOG_SEARCH_UNAVAILABLE',
      () => answer(302, '', { location: '/' }),
    ],
  ])('%s: %s', async (_, code, fault) => {
    rekor.log.fault = fault;
    expect(await rekor.outcome()).toBe(code);
    expect(rekor.log.asked.length).toBeLessThan(32);
  });

  test.each([401, 403, 404, 429, 500])('answers %i after the index', async (status) => {
    rekor.log.fault = (path) => (path === index ? answer(200, JSON.stringify([uuid])) : answer(status));
    expect(await rekor.outcome()).toBe('LOG_SEARCH_UNAVAILABLE');
  });

  function redirect(location: string): Answer {
    return answer(307, '', { location });
  }

  test.each<[string, ReasonCode, WireFault]>([
    ['hangs', 'LOG_SEARCH_UNAVAILABLE', () => true],
    ['is cut off', 'NETWORK_UNAVAILABLE', (_, response) => Boolean(response.destroy())],
    [
      'is cut off in the middle',
      'NETWORK_UNAVAILABLE',
      (_, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('[');
        setImmediate(() => response.destroy());
        return true;
      },
    ],
    [
      'has less than it announced',
      'NETWORK_UNAVAILABLE',
      (_, response) => {
        response.writeHead(200, { 'content-length': '100', connection: 'close' });
        response.end('[]');
        return true;
      },
    ],
    [
      'announces more than is read',
      'INPUT_TOO_LARGE',
      (_, response) => {
        response.writeHead(200, { 'content-length': String(2 ** 40) });
        response.write('[');
        return true;
      },
    ],
    [
      'has no end',
      'INPUT_TOO_LARGE',
      (_, response) => {
        response.writeHead(200);
        const more = (): void => {
          while (!response.destroyed && response.write(' '.repeat(65_536)));
          response.once('drain', more);
        };
        more();
        return true;
      },
    ],
    [
      'drips',
      'LOG_SEARCH_UNAVAILABLE',
      (_, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '), 50);
        response.once('close', () => clearInterval(timer));
        return true;
      },
    ],
  ])('%s: %s', async (_, code, fault) => {
    rekor.wire = fault;
    // Only what is never answered has to run out of time; a busy machine may be slow with the rest.
    expect(await rekor.outcome(bare, code === 'LOG_SEARCH_UNAVAILABLE' ? 2000 : 4000)).toBe(code);
  });

  test('looks at no more than so many entries', async () => {
    const strangers = Array.from({ length: 60 }, (_, i) => i.toString(16).padStart(64, '0'));
    rekor.log.fault = onIndex(strangers);
    expect(await rekor.outcome()).toBe('LOG_ENTRY_MISSING');
    const asked = rekor.log.asked.filter(({ body }) => body.includes('entryUUIDs'));
    expect(asked.length).toBe(4);
  });
});
