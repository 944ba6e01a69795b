import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ReasonCode } from '#core/errors/codes';
import { edgesealIn } from '../registry/command.ts';
import { makeEvidence } from '../sigstore/make-evidence.ts';
import { logEntryOf, rekorEntry, uuidOf } from './entry.ts';
import { RekorLog } from './log.ts';
import { impatientNetwork } from './network.ts';
import { serve, type LogServer, type WireFault } from './server.ts';

/*
 * What a log may do, and how a command that searches it ends: by its reason, its exit code, within bounded time, and
 * without a word to anybody else.
 */

const bare = makeEvidence({ format: 'envelope' });
const entry = rekorEntry(logEntryOf(makeEvidence()));
const log = new RekorLog().add(entry, [bare.artifact.digests.sha256]);

let folder = '';
let wire: WireFault = () => false;
let server: LogServer;
/** Somebody else, whom nobody may ask. */
let stranger: LogServer;
let isStrangerAsked = false;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'edgeseal-log-faults-'));
  writeFileSync(join(folder, 'bare.jsonl'), bare.bytes);
  writeFileSync(join(folder, 'root.json'), bare.trustedRootBytes);
  writeFileSync(join(folder, 'artifact'), bare.artifact.content);
  server = await serve(log, (...all) => wire(...all));
  stranger = await serve(log, () => {
    isStrangerAsked = true;
    return false;
  });
});
afterEach(() => {
  wire = () => false;
  const wasAsked = isStrangerAsked;
  isStrangerAsked = false;
  if (wasAsked) throw new Error('somebody else than the log was asked');
});
afterAll(async () => {
  await server.stop();
  await stranger.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** @param idle milliseconds between two signs of life */
async function ends(code: ReasonCode | '', exit: 0 | 1 | 3, idle = 20_000): Promise<void> {
  const who = [`--certificate-identity=${bare.identity}`, `--certificate-oidc-issuer=${bare.issuer}`];
  const what = ['--type=slsaprovenance1', '--trusted-root=root.json', '--bundle=bare.jsonl'];
  const args = ['verify-attestation', ...who, ...what, `--rekor-url=${server.url}`, 'artifact'];
  const found = await edgesealIn(folder, args, { network: async () => impatientNetwork(idle) });
  expect([found.exit, found.stderr]).toEqual([exit, expect.stringContaining(code)]);
  expect(found.stderr).not.toMatch(/at file:|INTERNAL_ERROR/);
}

/** The two questions of a search: which entries, and what they are. */
const places = {
  index: /\/api\/v1\/index\/retrieve$/,
  entries: /\/api\/v1\/log\/entries\/retrieve$/,
} as const;
type Place = keyof typeof places;
const both: readonly Place[] = ['index', 'entries'];

type Fault = (response: ServerResponse) => void;
type Row = readonly [name: string, place: Place, code: ReasonCode, exit: 1 | 3, fault: Fault];
const at = (
  some: readonly Place[],
  name: string,
  code: ReasonCode,
  exit: 1 | 3,
  fault: (place: Place) => Fault,
): readonly Row[] => some.map((place) => [name, place, code, exit, fault(place)]);
const answer =
  (status: number, headers: Record<string, string | number> = {}, body = ''): Fault =>
  (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
const json = (value: unknown): Fault => answer(200, {}, JSON.stringify(value));
/** Octets as they are, past what an HTTP server would send. */
const raw =
  (text: string, isLast = true): Fault =>
  ({ socket }) => {
    socket?.write(text);
    if (isLast) socket?.end();
  };
const head = (...more: readonly string[]): string => ['HTTP/1.1 200 OK', ...more, '', ''].join('\r\n');
const uuid = uuidOf(entry);

const rows: readonly Row[] = [
  ...at(['entries'], 'lies about the digest', 'LOG_ENTRY_MISMATCH', 1, () =>
    json([{ [`${uuid.slice(0, -1)}${uuid.endsWith('0') ? '1' : '0'}`]: entry }]),
  ),
  ...at(['entries'], 'lies about the content', 'LOG_ENTRY_INVALID', 1, () =>
    json([{ [uuid]: { ...entry, body: 'e30=' } }]),
  ),
  ...at(['entries'], 'gives another entry than it was asked for', 'LOG_SEARCH_INVALID', 1, () => {
    const other = rekorEntry(logEntryOf(makeEvidence({ seed: 'other' })));
    return json([{ [uuidOf(other)]: other }]);
  }),
  ...at(['entries'], 'gives more than it was asked for', 'LOG_SEARCH_INVALID', 1, () =>
    json(Array.from({ length: 11 }, () => ({ [uuid]: entry }))),
  ),
  ...at(both, 'lies about the type: a page', 'LOG_SEARCH_INVALID', 1, () =>
    answer(200, { 'content-type': 'text/html' }, '<html>'),
  ),
  ...at(['index'], 'lies about the type: another document', 'LOG_SEARCH_INVALID', 1, () => json({})),
  ...at(['entries'], 'lies about the type: another document', 'LOG_ENTRY_INVALID', 1, () => json([1])),
  ...at(both, 'lies about the length: less comes', 'NETWORK_UNAVAILABLE', 3, () =>
    raw(`${head('content-length: 20')}[`),
  ),
  ...at(both, 'lies about the length: more comes', 'LOG_SEARCH_INVALID', 1, () =>
    raw(`${head('content-length: 1')}[]`),
  ),
  ...at(both, 'has two lengths', 'NETWORK_UNAVAILABLE', 3, () =>
    raw(head('content-length: 2', 'content-length: 3')),
  ),
  ...at(both, 'has headers without end', 'NETWORK_UNAVAILABLE', 3, () =>
    raw(`${head().slice(0, -4)}\r\nx: ${'x'.repeat(100_000)}`),
  ),
  ...at(both, 'is said to be enormous', 'INPUT_TOO_LARGE', 1, () =>
    raw(head('content-length: 10000000000'), false),
  ),
  ...at(['index'], 'is enormous', 'INPUT_TOO_LARGE', 1, () =>
    json(Array.from({ length: 100_000 }, () => uuid)),
  ),
  ...at(['entries'], 'is enormous', 'INPUT_TOO_LARGE', 1, () => answer(200, {}, ' '.repeat(9 * 1024 * 1024))),
  ...at(both, 'hangs', 'LOG_SEARCH_UNAVAILABLE', 3, () => () => undefined),
  ...at(both, 'hangs after its headers', 'LOG_SEARCH_UNAVAILABLE', 3, () =>
    raw(head('content-length: 20'), false),
  ),
  ...at(both, 'redirects for ever', 'LOG_SEARCH_UNAVAILABLE', 3, () => answer(307, { location: '?' })),
  ...at(both, 'redirects to another host', 'LOG_SEARCH_UNAVAILABLE', 3, () => (response) => {
    answer(307, { location: `${stranger.url}/api/v1/index/retrieve` })(response);
  }),
  ...at(both, 'redirects with a name and password', 'LOG_SEARCH_UNAVAILABLE', 3, () => (response) => {
    answer(307, { location: server.url.replace('//', '//user:a@') })(response);
  }),
  ...at(both, 'answers 401', 'LOG_SEARCH_UNAVAILABLE', 3, () =>
    answer(401, { 'www-authenticate': 'Basic realm="x"' }),
  ),
  ...[403, 404, 429, 500].flatMap((status) =>
    at(both, `answers ${status}`, 'LOG_SEARCH_UNAVAILABLE', 3, () => answer(status)),
  ),
  ...at(both, 'answers 429 for an hour', 'LOG_SEARCH_UNAVAILABLE', 3, () =>
    answer(429, { 'retry-after': 3600 }),
  ),
];

test('without a fault it passes', () => ends('', 0));

describe('a log that is searched', () => {
  test.each(rows)('%s: %s: %s, exit %i', async (name, place, code, exit, fault) => {
    wire = ({ url = '' }, response) => {
      if (!places[place].test(url)) return false;
      fault(response);
      return true;
    };
    await ends(code, exit, name.startsWith('hangs') ? 300 : 20_000);
  });

  test('has another answer each time: what is asked of it is bounded', async () => {
    let count = 0;
    wire = ({ url = '' }, response) => {
      if (!places.index.test(url)) return false;
      count++;
      json(Array.from({ length: 100 }, (_, i) => `${count}${i}`.padStart(64, '0')))(response);
      return true;
    };
    const before = log.asked.length;
    await ends('LOG_ENTRY_MISSING', 1);
    expect(log.asked.length - before).toBeLessThan(10);
  });
});
