import { describe, expect, test } from 'vitest';
import type { ReasonCode } from '#core/errors/codes';
import type { Answer } from './log.ts';
import type { WireFault } from './server.ts';
import { TiledSearch } from './tiled-search.ts';

const rekor = new TiledSearch();

describe('a log that fails is no proof', () => {
  const answer = (status: number, headers: Record<string, string> = {}, text = ''): Answer => ({
    status,
    headers,
    body: text,
  });
  const redirect = (location: string): Answer => answer(307, { location });
  /** The first question, and one of the second round. */
  const ends = ['/checkpoint', '/tile/0/001'];
  const faults: readonly (readonly [string, ReasonCode, () => Answer])[] = [
    ['403', 'LOG_SEARCH_UNAVAILABLE', () => answer(403)],
    ['429 again and again', 'LOG_SEARCH_UNAVAILABLE', () => answer(429, { 'retry-after': '1' })],
    ['429 for an hour', 'LOG_SEARCH_UNAVAILABLE', () => answer(429, { 'retry-after': '3600' })],
    ['500 again and again', 'LOG_SEARCH_UNAVAILABLE', () => answer(500)],
    ['204', 'LOG_SEARCH_UNAVAILABLE', () => answer(204)],
    ['compressed', 'LOG_SEARCH_INVALID', () => answer(200, { 'content-encoding': 'gzip' }, 'x')],
    ['a redirect to another host', 'LOG_SEARCH_UNAVAILABLE', () => redirect('http://127.0.0.2:1/')],
    ['a redirect that is none', 'LOG_SEARCH_UNAVAILABLE', () => redirect('http://[')],
    [
      'a redirect with a password',
      'LOG_SEARCH_UNAVAILABLE',
      () => redirect(rekor.server.url.replace('//', '//u:p@')),
    ],
    ['redirects for ever', 'LOG_SEARCH_UNAVAILABLE', () => redirect('/api/v2/checkpoint/tile/0/001')],
  ];
  test.each(ends.flatMap((end) => faults.map((fault) => [end, ...fault] as const)))(
    '%s: %s: %s',
    async (end, _, code, fault) => {
      rekor.log.fault = (path) =>
        path.endsWith(end) || path.endsWith('checkpoint/tile/0/001') ? fault() : undefined;
      expect(await rekor.outcome()).toBe(code);
      expect(rekor.log.asked.length).toBeLessThan(20);
    },
  );
  test.each<[string, ReasonCode, number]>([
    ['/checkpoint', 'LOG_SEARCH_UNAVAILABLE', 404],
    ['/tile/0/001', 'LOG_TILE_MISSING', 404],
    ['/tile/0/001', 'LOG_TILE_MISSING', 410],
    ['/tile/0/002.p/88', 'LOG_TILE_MISSING', 404],
    ['/tile/entries/001', 'LOG_TILE_MISSING', 404],
  ])('nothing at %s: %s (%d)', async (end, code, status) => {
    rekor.log.fault = (path) => (path.endsWith(end) ? answer(status) : undefined);
    expect(await rekor.outcome()).toBe(code);
  });

  const cutAfter =
    (octets: number, length: number): WireFault =>
    (_, response) => {
      response.writeHead(200, { 'content-length': String(length) });
      response.write(Buffer.alloc(octets));
      setImmediate(() => response.destroy());
      return true;
    };
  const wires: readonly (readonly [string, ReasonCode, WireFault])[] = [
    ['hangs', 'LOG_SEARCH_UNAVAILABLE', () => true],
    ['is cut off', 'NETWORK_UNAVAILABLE', (_, response) => Boolean(response.destroy())],
    ['is cut off in the middle', 'NETWORK_UNAVAILABLE', cutAfter(100, 8192)],
    ['announces too much', 'INPUT_TOO_LARGE', cutAfter(100, 2 ** 31)],
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
  ];
  test.each(ends.flatMap((end) => wires.map((fault) => [end, ...fault] as const)))(
    '%s: %s: %s',
    async (end, _, code, fault) => {
      rekor.wire = (request, response) => (request.url?.endsWith(end) ?? false) && fault(request, response);
      // Only what is never answered has to run out of time; a busy machine may be slow with the rest.
      expect(await rekor.outcome({ timeout: code === 'LOG_SEARCH_UNAVAILABLE' ? 1000 : 4000 })).toBe(code);
    },
  );
  test('a log of Rekor v1 has no tiles', async () => {
    rekor.log.fault = () => answer(404, {}, '{"code":404}');
    expect(await rekor.outcome()).toBe('LOG_SEARCH_UNAVAILABLE');
    expect(rekor.log.asked).toEqual(['/api/v2/checkpoint']);
  });
});
