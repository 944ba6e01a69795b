import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bundleEnvelope } from '#core/bundle/bundle-envelope';
import { LogClient } from '#core/bundle/log-client';
import { entriesByIndex } from '#core/bundle/log-tiles';
import type { ReasonCode } from '#core/errors/codes';
import { reasonOf } from '#core/errors/error';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { examine } from '#core/verify/examine';
import { bareEnvelope } from '../../verifier/inputs/log-search.ts';
import { signCheckpoint } from '../../release/local/checkpoint.ts';
import { strangerSigner, witnessSigner } from '../sigstore/checkpoint.ts';
import { canonicalJson, type Json } from '../sigstore/json.ts';
import type { EntryKind } from '../sigstore/log-body.ts';
import {
  makeEvidence,
  signingTime,
  type EvidenceFixture,
  type EvidenceOptions,
} from '../sigstore/make-evidence.ts';
import { verifyByOracle } from '../sigstore/oracle.ts';
import { TiledLog } from '../sigstore/tiled-log.ts';
import { artifactOf, trustOf } from '../sigstore/trust.ts';
import { makeWorld } from '../sigstore/world.ts';
import { changes } from './changes.ts';
import { completed } from './complete.ts';
import type { Answer } from './log.ts';
import { bodyOf, RekorV2Log, tiledLog, withoutEntry } from './log-v2.ts';
import { impatientNetwork } from './network.ts';
import { serve, type LogServer, type WireFault } from './server.ts';

const KEY = { signer: 'key' } as const;
/** A bare envelope by a key; the bundle of a certificate, with its timestamp and without its entry. */
const bare = makeEvidence({ ...KEY, format: 'envelope' });
const unlogged = makeEvidence({ log: 'rekor-v2', edit: withoutEntry });
const body = bodyOf(KEY);
const INDEX = 300;
const honest = tiledLog({ [INDEX]: body });
const { rekorV1, rekorV2 } = makeWorld();

let log = new RekorV2Log(honest);
let wire: WireFault = () => false;
let server: LogServer;
beforeAll(async () => {
  server = await serve({ answer: (path) => log.answer(path) }, (...all) => wire(...all));
});
afterAll(() => server.stop());
afterEach(() => {
  log = new RekorV2Log(honest);
  wire = () => false;
});

interface Asked {
  readonly fixture?: EvidenceFixture;
  readonly indices?: readonly number[];
  readonly timeout?: number;
  /** Another address for the same server. */
  readonly url?: string;
}

/** The code for which the evidence gets no bundle; `pass` where it gets one that verifies. */
async function outcome(asked: Asked = {}): Promise<ReasonCode | 'pass'> {
  const { fixture = bare, indices = [INDEX], timeout = 4000, url = server.url } = asked;
  const network = impatientNetwork(timeout < 4000 ? 200 : 4000);
  const fetch = network.http({});
  const client = new LogClient({ url: new URL(url), fetch, clock: network.clock, timeout });
  const [item] = parseEvidence(fixture.bytes, 'bare.jsonl');
  const trust = trustOf(fixture);
  const unproved = item && bareEnvelope(item);
  if (unproved === undefined || trust.root === undefined) throw new Error('no envelope, or no root');
  const { envelope, keyHint, timestamps } = unproved;
  try {
    const candidates = (await entriesByIndex(client, indices, trust.root)).map((entry) => [entry]);
    const [line = ''] = bundleEnvelope({ envelope, name: 'bare', keyHint, candidates, timestamps, trust });
    const [made] = parseEvidence(Buffer.from(line), 'made');
    if (made === undefined) throw new Error('no bundle');
    return examine(made, artifactOf(fixture), trust).failure?.code ?? 'pass';
  } catch (error) {
    const { code, message } = reasonOf(error);
    if (code === 'INTERNAL_ERROR') throw error;
    expect(message.length).toBeLessThan(300);
    return code;
  }
}

describe('an entry of a tiled log', () => {
  test('is read in two rounds: the checkpoint, then all tiles at once', async () => {
    expect(await outcome()).toBe('pass');
    expect(log.asked[0]).toBe('/api/v2/checkpoint');
    expect(log.asked.slice(1).toSorted()).toEqual([
      '/api/v2/tile/0/001',
      '/api/v2/tile/0/002.p/88',
      '/api/v2/tile/1/000.p/2',
      '/api/v2/tile/entries/001',
    ]);
  });
  test.each([0, 1, 255, 256, 511, 512, 513, 598, 599])('at index %d', async (index) => {
    log = new RekorV2Log(tiledLog({ [index]: body }));
    expect(await outcome({ indices: [index] })).toBe('pass');
  });
  test.each([
    [1, 0],
    [2, 1],
    [256, 255],
    [257, 256],
    [512, 3],
    [66_000, 65_999],
  ])('in a tree of %d, at %d', async (size, index) => {
    log = new RekorV2Log(tiledLog({ [index]: body }, { size }));
    expect(await outcome({ indices: [index] })).toBe('pass');
  });
  test.each<[string, EvidenceOptions]>([
    ['hashedrekord, by key', KEY],
    ['dsse, by key', { ...KEY, entry: 'dsse/0.0.2' }],
    ['hashedrekord, by an Ed25519 key', { ...KEY, keyType: 'ed25519' }],
  ])('of a bare envelope: %s', async (_, options) => {
    log = new RekorV2Log(tiledLog({ 5: bodyOf(options) }));
    const fixture = makeEvidence({ ...options, format: 'envelope' });
    expect(await outcome({ fixture, indices: [5] })).toBe('pass');
  });
  test.each<[string, EvidenceOptions]>([
    ['v0.3, by certificate', {}],
    ['v0.3, by certificate, dsse', { entry: 'dsse/0.0.2' }],
    ['v0.2, by certificate', { format: 'bundle-0.2' }],
    ['v0.1, by certificate and its chain', { format: 'bundle-0.1', chain: 'root' }],
    ['v0.3, by key', { ...KEY, timestamps: [] }],
  ])('of a bundle without entry: %s', async (_, options) => {
    log = new RekorV2Log(tiledLog({ 5: bodyOf(options) }));
    const fixture = makeEvidence({ log: 'rekor-v2', ...options, edit: withoutEntry });
    expect(await outcome({ fixture, indices: [5] })).toBe('pass');
  });
  test.each<[string, EvidenceOptions]>([
    ['by certificate', {}],
    ['by certificate, dsse', { entry: 'dsse/0.0.2' }],
    ['by key', KEY],
  ])('makes a bundle that sigstore-js accepts: %s', async (_, options) => {
    const fixture = makeEvidence({ log: 'rekor-v2', ...options, edit: withoutEntry });
    for (const index of [0, 300, 599]) {
      const tiled = new RekorV2Log(tiledLog({ [index]: bodyOf(options) }));
      const made = await completed(fixture, tiled, index);
      expect(() => verifyByOracle(made)).not.toThrow();
    }
  });
  test('proves no time: a certificate needs its timestamp', async () => {
    log = new RekorV2Log(tiledLog({ 5: bodyOf({}) }));
    const fixture = makeEvidence({ format: 'envelope' });
    expect(await outcome({ fixture, indices: [5] })).toBe('TIME_UNPROVEN');
    const stale = { log: 'rekor-v2', timestamps: [{ time: new Date('2026-01-10T00:00:00Z') }] } as const;
    const late = makeEvidence({ ...stale, edit: withoutEntry });
    expect(await outcome({ fixture: late, indices: [5] })).toBe('CERTIFICATE_OUTSIDE_VALIDITY');
  });
  test('is one of several that are named', async () => {
    log = new RekorV2Log(tiledLog({ [INDEX]: body, 599: bodyOf({}) }));
    expect(await outcome({ indices: [599, INDEX] })).toBe('pass');
    expect(await outcome({ fixture: unlogged, indices: [599, INDEX] })).toBe('pass');
    expect(log.asked.filter((path) => path.endsWith('/002.p/88')).length).toBe(4);
  });
  test('is proved though the log grew between two answers, and dropped its partial tiles', async () => {
    const grown = { size: 1024, checkpointSize: 600 };
    log = new RekorV2Log(tiledLog({ [INDEX]: body, 599: bodyOf({}) }, grown));
    expect(await outcome()).toBe('pass');
    expect(await outcome({ fixture: unlogged, indices: [599] })).toBe('pass');
    expect(log.asked).toContain('/api/v2/tile/entries/002');
    log = new RekorV2Log(tiledLog({ [INDEX]: body }, { ...grown, keepsParts: true }));
    expect(await outcome()).toBe('pass');
    expect(log.asked).not.toContain('/api/v2/tile/0/002');
  });
  test('is found behind a redirect to another path of the log', async () => {
    log.fault = (path) => ({ status: 302, headers: { location: `/new${path}` }, body: '' });
    const moved = new RekorV2Log(honest);
    const behind = log.fault;
    log.fault = (path) => (path.startsWith('/new') ? moved.answer(path.slice(4)) : behind(path));
    expect(await outcome()).toBe('pass');
  });
  test('is asked for again when the log is busy', async () => {
    let busy = 2;
    log.fault = () => (busy-- > 0 ? { status: 503, body: '' } : undefined);
    expect(await outcome()).toBe('pass');
  });
  test('is proved by a checkpoint with witnesses beside', async () => {
    const [origin = '', size = '', root = ''] = honest.checkpoint.split('\n');
    const signers = [witnessSigner('w.example', signingTime), rekorV2.signer, strangerSigner('x.example')];
    const note = signCheckpoint({ origin, size: Number(size), root: Buffer.from(root, 'base64'), signers });
    log.fault = (path) => (path.endsWith('/checkpoint') ? { status: 200, body: note } : undefined);
    expect(await outcome()).toBe('pass');
  });
});

describe('an entry that is another is refused, though its log proves it', () => {
  const bodies: readonly (readonly [EntryKind, string, Buffer])[] = (
    ['hashedrekord/0.0.2', 'dsse/0.0.2'] as const
  ).flatMap((entry) =>
    changes(JSON.parse(bodyOf({ ...KEY, entry }).toString())).map(
      ([where, changed]) => [entry, where, Buffer.from(JSON.stringify(changed))] as const,
    ),
  );
  test.each(bodies)('%s: body%s', async (_, where, changed) => {
    log = new RekorV2Log(tiledLog({ 5: changed }, { size: 9 }));
    const code = await outcome({ indices: [5] });
    // What a log says of the kind of a key beside the key itself proves nothing.
    const expected = where.endsWith('.keyDetails') ? /^pass$/ : /^LOG_ENTRY_(INVALID|MISMATCH|UNSUPPORTED)$/;
    expect(code).toMatch(expected);
  });
  test.each<[string, Buffer, ReasonCode]>([
    ['no JSON', Buffer.from('entry'), 'LOG_ENTRY_INVALID'],
    ['empty', Buffer.alloc(0), 'LOG_ENTRY_INVALID'],
    ['another JSON', Buffer.from('[]'), 'LOG_ENTRY_INVALID'],
    ['of no kind', Buffer.from('{"spec":{}}'), 'LOG_ENTRY_INVALID'],
    [
      'of an unknown kind',
      Buffer.from(canonicalJson({ apiVersion: '0.0.9', kind: 'x', spec: {} } satisfies Json)),
      'LOG_ENTRY_UNSUPPORTED',
    ],
    ['of another signature', bodyOf({ ...KEY, seed: 'other' }), 'LOG_ENTRY_MISMATCH'],
    ['of another artifact', bodyOf({ ...KEY, payload: Buffer.from('{}') }), 'LOG_ENTRY_MISMATCH'],
    ['of a certificate of this key', bodyOf({}), 'TIME_UNPROVEN'],
    ['of the certificate of another', bodyOf({ seed: 'other' }), 'LOG_ENTRY_MISMATCH'],
    ['as long as an entry can be', Buffer.alloc(0xffff, 0x20), 'LOG_ENTRY_INVALID'],
  ])('%s', async (_, other, code) => {
    log = new RekorV2Log(tiledLog({ 5: other }, { size: 9 }));
    expect(await outcome({ indices: [5] })).toBe(code);
  });
  test.each([
    ['the next one', INDEX + 1, 'LOG_ENTRY_INVALID'],
    ['the last one', 599, 'LOG_ENTRY_INVALID'],
    ['one that is not there yet', 600, 'LOG_ENTRY_MISSING'],
    ['one far beyond', Number.MAX_SAFE_INTEGER, 'LOG_ENTRY_MISSING'],
  ])('%s', async (_, index, code) => {
    expect(await outcome({ indices: [index] })).toBe(code);
    if (index >= 600) expect(log.asked).toEqual(['/api/v2/checkpoint']);
  });
});

/** The honest answer with another content. */
const instead =
  (end: string, change: (bytes: Buffer) => Uint8Array | string): RekorV2Log['fault'] =>
  (path) => {
    const bytes = path.endsWith(end) ? honest.resource(path.slice('/api/v2/'.length)) : undefined;
    return bytes && { status: 200, body: change(bytes) };
  };

const cut = (bytes: Buffer): Buffer => bytes.subarray(0, -1);
const more = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.from([0])]);
const flip =
  (at: number) =>
  (bytes: Buffer): Buffer => {
    const copy = Buffer.from(bytes);
    copy.writeUInt8((copy.at(at) ?? 0) ^ 1, at < 0 ? copy.length + at : at);
    return copy;
  };
const line =
  (number: number, change: (text: string) => string) =>
  (bytes: Buffer): string => {
    const lines = bytes.toString().split('\n');
    return lines.with(number, change(lines[number] ?? '')).join('\n');
  };
const signed = (options: Partial<Parameters<typeof signCheckpoint>[0]>): string => {
  const [origin = '', size = '', root = ''] = honest.checkpoint.split('\n');
  const truth = { origin, size: Number(size), root: Buffer.from(root, 'base64'), signers: [rekorV2.signer] };
  return signCheckpoint({ ...truth, ...options });
};
/** Two logs by one key: only the name tells them apart. */
const twin = { ...rekorV2.signer, name: 'log2025.example' };

describe('what a log serves and does not hold together is refused', () => {
  test.each<[string, ReasonCode, string, (bytes: Buffer) => Uint8Array | string]>([
    ['own tile: first hash', 'LOG_TILE_INVALID', '/0/001', flip(0)],
    ['own tile: the hash of the entry', 'LOG_TILE_INVALID', '/0/001', flip(44 * 32 + 5)],
    ['own tile: last octet', 'LOG_TILE_INVALID', '/0/001', flip(-1)],
    ['own tile: cut off', 'LOG_TILE_INVALID', '/0/001', cut],
    ['own tile: longer', 'INPUT_TOO_LARGE', '/0/001', more],
    ['own tile: empty', 'LOG_TILE_INVALID', '/0/001', () => ''],
    ['own tile: another one', 'LOG_TILE_INVALID', '/0/001', () => honest.resource('tile/0/000') ?? ''],
    ['right edge: first hash', 'LOG_PROOF_INVALID', '/0/002.p/88', flip(0)],
    ['right edge: last octet', 'LOG_PROOF_INVALID', '/0/002.p/88', flip(-1)],
    ['right edge: cut off', 'LOG_TILE_INVALID', '/0/002.p/88', cut],
    ['level 1: the tile beside', 'LOG_PROOF_INVALID', '/1/000.p/2', flip(0)],
    ['level 1: the own tile', 'LOG_TILE_INVALID', '/1/000.p/2', flip(40)],
    ['level 1: both exchanged', 'LOG_TILE_INVALID', '/1/000.p/2', (bytes) => exchange(bytes)],
    ['bundle: first length', 'LOG_TILE_INVALID', 'entries/001', flip(1)],
    ['bundle: first entry', 'LOG_TILE_INVALID', 'entries/001', flip(2)],
    ['bundle: last octet', 'LOG_TILE_INVALID', 'entries/001', flip(-1)],
    ['bundle: cut off', 'LOG_TILE_INVALID', 'entries/001', cut],
    ['bundle: longer', 'LOG_TILE_INVALID', 'entries/001', more],
    ['bundle: empty', 'LOG_TILE_INVALID', 'entries/001', () => ''],
    [
      'bundle: another one',
      'LOG_TILE_INVALID',
      'entries/001',
      () => honest.resource('tile/entries/000') ?? '',
    ],
    ['bundle: too large', 'INPUT_TOO_LARGE', 'entries/001', () => Buffer.alloc(4 * 1024 * 1024 + 1)],
    ['checkpoint: origin', 'CHECKPOINT_UNTRUSTED', '/checkpoint', line(0, (text) => `${text}x`)],
    ['checkpoint: size', 'CHECKPOINT_UNTRUSTED', '/checkpoint', line(1, () => '601')],
    ['checkpoint: size 0', 'CHECKPOINT_UNTRUSTED', '/checkpoint', line(1, () => '0')],
    ['checkpoint: no size', 'CHECKPOINT_INVALID', '/checkpoint', line(1, () => '')],
    ['checkpoint: root', 'CHECKPOINT_UNTRUSTED', '/checkpoint', line(2, (text) => `A${text.slice(1)}`)],
    ['checkpoint: a line more', 'CHECKPOINT_UNTRUSTED', '/checkpoint', line(2, (text) => `${text}\nx`)],
    [
      'checkpoint: signer',
      'CHECKPOINT_UNTRUSTED',
      '/checkpoint',
      line(4, (text) => text.replace(' log', ' lag')),
    ],
    [
      'checkpoint: key id',
      'LOG_UNTRUSTED',
      '/checkpoint',
      line(4, (text) => text.replace(/ \S(\S+)$/, ' A$1')),
    ],
    [
      'checkpoint: signature',
      'CHECKPOINT_UNTRUSTED',
      '/checkpoint',
      line(4, (text) => text.replace(/\S{4}$/, 'AAAA')),
    ],
    ['checkpoint: no signature', 'CHECKPOINT_INVALID', '/checkpoint', line(4, () => '')],
    ['checkpoint: no UTF-8', 'CHECKPOINT_INVALID', '/checkpoint', () => Buffer.from([0xff, 0x0a])],
    ['checkpoint: HTML', 'CHECKPOINT_INVALID', '/checkpoint', () => '<html>'],
    ['checkpoint: huge', 'INPUT_TOO_LARGE', '/checkpoint', () => ' '.repeat(65_537)],
    ['checkpoint: a smaller tree', 'LOG_ENTRY_MISSING', '/checkpoint', () => signed({ size: INDEX })],
    ['checkpoint: a larger tree', 'LOG_TILE_MISSING', '/checkpoint', () => signed({ size: 2 ** 30 })],
    ['checkpoint: no tree', 'LOG_ENTRY_MISSING', '/checkpoint', () => signed({ size: 0 })],
    [
      'checkpoint: another root, signed',
      'LOG_PROOF_INVALID',
      '/checkpoint',
      () => signed({ root: Buffer.alloc(32) }),
    ],
    [
      'checkpoint: a stranger',
      'LOG_UNTRUSTED',
      '/checkpoint',
      () => signed({ signers: [strangerSigner(rekorV2.origin)] }),
    ],
    [
      'checkpoint: another log by the same key',
      'CHECKPOINT_UNTRUSTED',
      '/checkpoint',
      () => signed({ origin: twin.name, signers: [twin] }),
    ],
  ])('%s: %s', async (_, code, end, change) => {
    log.fault = instead(end, change);
    expect(await outcome()).toBe(code);
  });

  function exchange(bytes: Buffer): Buffer {
    return Buffer.concat([bytes.subarray(32), bytes.subarray(0, 32)]);
  }

  test('every hash of every tile, and every octet of the bundle that is read', async () => {
    log = new RekorV2Log(tiledLog({ 3: body }, { size: 21 }));
    const tree = tiledLog({ 3: body }, { size: 21 });
    for (const path of ['tile/0/000.p/21', 'tile/entries/000.p/21']) {
      const bytes = tree.resource(path) ?? Buffer.alloc(0);
      for (let at = 0; at < bytes.length; at += path.includes('entries') ? 9 : 31) {
        log.fault = (asked) => (asked.endsWith(path) ? { status: 200, body: flip(at)(bytes) } : undefined);
        expect([path, at, await outcome({ indices: [3] })]).toEqual([path, at, 'LOG_TILE_INVALID']);
      }
    }
  });
  test('a tree that the log did not sign', async () => {
    const other = new TiledLog(
      { ...rekorV2, signer: rekorV1.signer },
      { size: 600, entries: new Map([[INDEX, body]]) },
    );
    log = new RekorV2Log(other);
    expect(await outcome()).toBe('CHECKPOINT_UNTRUSTED');
  });
  test('the checkpoint of another trusted log, where the root knows this address', async () => {
    const { trustedRoot, ...rest } = bare;
    const [first, second] = trustedRoot.tlogs;
    const known = (log1: string, log2: string): EvidenceFixture => {
      const tlogs = [
        { ...first, baseUrl: log1 },
        { ...second, baseUrl: log2 },
      ];
      const trustedRootBytes = Buffer.from(JSON.stringify({ ...trustedRoot, tlogs }));
      return { ...rest, trustedRoot, trustedRootBytes };
    };
    expect(await outcome({ fixture: known('https://x.example', server.url) })).toBe('pass');
    expect(await outcome({ fixture: known('https://x.example', `${server.url}/`) })).toBe('pass');
    expect(await outcome({ fixture: known(server.url, 'https://x.example') })).toBe('LOG_UNTRUSTED');
  });
});

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
      () => redirect(server.url.replace('//', '//u:p@')),
    ],
    ['redirects for ever', 'LOG_SEARCH_UNAVAILABLE', () => redirect('/api/v2/checkpoint/tile/0/001')],
  ];
  test.each(ends.flatMap((end) => faults.map((fault) => [end, ...fault] as const)))(
    '%s: %s: %s',
    async (end, _, code, fault) => {
      log.fault = (path) =>
        path.endsWith(end) || path.endsWith('checkpoint/tile/0/001') ? fault() : undefined;
      expect(await outcome()).toBe(code);
      expect(log.asked.length).toBeLessThan(20);
    },
  );
  test.each<[string, ReasonCode, number]>([
    ['/checkpoint', 'LOG_SEARCH_UNAVAILABLE', 404],
    ['/tile/0/001', 'LOG_TILE_MISSING', 404],
    ['/tile/0/001', 'LOG_TILE_MISSING', 410],
    ['/tile/0/002.p/88', 'LOG_TILE_MISSING', 404],
    ['/tile/entries/001', 'LOG_TILE_MISSING', 404],
  ])('nothing at %s: %s (%d)', async (end, code, status) => {
    log.fault = (path) => (path.endsWith(end) ? answer(status) : undefined);
    expect(await outcome()).toBe(code);
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
      wire = (request, response) => (request.url?.endsWith(end) ?? false) && fault(request, response);
      // Only what is never answered has to run out of time; a busy machine may be slow with the rest.
      expect(await outcome({ timeout: code === 'LOG_SEARCH_UNAVAILABLE' ? 1000 : 4000 })).toBe(code);
    },
  );
  test('a log of Rekor v1 has no tiles', async () => {
    log.fault = () => answer(404, {}, '{"code":404}');
    expect(await outcome()).toBe('LOG_SEARCH_UNAVAILABLE');
    expect(log.asked).toEqual(['/api/v2/checkpoint']);
  });
});
