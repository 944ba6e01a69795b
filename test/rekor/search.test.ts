import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bundleEnvelope } from '#core/bundle/bundle-envelope';
import { LogClient } from '#core/bundle/log-client';
import { searchLog } from '#core/bundle/search-log';
import { reasonOf } from '#core/errors/error';
import type { ReasonCode } from '#core/errors/codes';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { examine } from '#core/verify/examine';
import { bareEnvelope } from '../../verifier/inputs/log-search.ts';
import type { EntryKind } from '../sigstore/log-body.ts';
import { canonicalJson, type Json } from '../sigstore/json.ts';
import { sha256 } from '../sigstore/keys.ts';
import { makeGeneratorEvidence, signingTime, type EvidenceFixture } from '../sigstore/make-evidence.ts';
import { logEntry } from '../sigstore/rekor.ts';
import { artifactOf, trustOf } from '../sigstore/trust.ts';
import { changes } from './changes.ts';
import { logEntryOf, rekorEntry, uuidOf, type RekorEntry } from './entry.ts';
import { RekorLog, type Answer } from './log.ts';
import { withoutEntry } from './log-v2.ts';
import { impatientNetwork } from './network.ts';
import { serve, type LogServer, type WireFault } from './server.ts';

const bare = makeGeneratorEvidence({ format: 'envelope' });
const logged = makeGeneratorEvidence();
const { sha256: artifact } = bare.artifact.digests;
const payload = sha256(bare.payload ?? Buffer.alloc(0)).toString('hex');
const honest = (): RekorEntry => rekorEntry(logEntryOf(logged));

let log = new RekorLog();
let wire: WireFault = () => false;
let server: LogServer;
beforeAll(async () => {
  server = await serve({ answer: (path, body) => log.answer(path, body) }, (...all) => wire(...all));
});
afterAll(() => server.stop());
afterEach(() => {
  log = new RekorLog();
  wire = () => false;
});

/** The code for which the envelope gets no bundle; `pass` where it gets one that verifies. */
async function outcome(fixture: EvidenceFixture = bare, timeout = 4000): Promise<ReasonCode | 'pass'> {
  const network = impatientNetwork(timeout < 4000 ? 200 : 4000);
  const client = new LogClient({
    url: new URL(server.url),
    fetch: network.http({}),
    clock: network.clock,
    timeout,
  });
  const [item] = parseEvidence(fixture.bytes, 'bare.jsonl');
  const unproved = item && bareEnvelope(item);
  if (unproved === undefined) throw new Error('no envelope');
  const { envelope, bytes, keyHint, timestamps, source: name } = unproved;
  const trust = trustOf(fixture);
  try {
    const found = await searchLog(client, { envelope, bytes, artifacts: [artifact] });
    const candidates = found.map((entry) => [entry]);
    const [line = ''] = bundleEnvelope({ envelope, name, keyHint, candidates, timestamps, trust });
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

describe('an entry that the log has', () => {
  test.each([
    ['the digest of the payload', payload],
    ['the digest of the artifact', artifact],
    ['the digest of the envelope', sha256(bare.bytes).toString('hex')],
  ])('is found by %s', async (_, key) => {
    log.add(honest(), [key]);
    expect(await outcome()).toBe('pass');
    expect(log.asked.map(({ path }) => path)).toEqual([
      '/api/v1/log/entries/retrieve',
      ...Array.from({ length: 3 }, () => '/api/v1/index/retrieve'),
      '/api/v1/log/entries/retrieve',
    ]);
  });
  test.each<EntryKind>(['dsse/0.0.1', 'intoto/0.0.1', 'intoto/0.0.2'])('of kind %s', async (entry) => {
    const { json: _, ...rest } = bare;
    log.add(rekorEntry(logEntryOf(makeGeneratorEvidence({ entry }))), [artifact]);
    expect(await outcome({ ...rest, json: bare.json })).toBe('pass');
  });
  test.each(['dsse', 'intoto'])(
    'is found by what its signer proposed (%s), without the index',
    async (kind) => {
      const { world } = bare;
      const [signature] = 'signatures' in bare.json ? bare.json.signatures : [];
      const verifier = Buffer.from(signature?.cert ?? '').toString('base64');
      const hash = (value: string): Json => ({ algorithm: 'sha256', value });
      const envelopeHash = hash(sha256(bare.bytes).toString('hex'));
      const spec: Json =
        kind === 'dsse'
          ? {
              envelopeHash,
              payloadHash: hash(payload),
              signatures: [{ signature: signature?.sig ?? '', verifier }],
            }
          : { content: { hash: envelopeHash, payloadHash: hash(payload) }, publicKey: verifier };
      const body = Buffer.from(canonicalJson({ apiVersion: '0.0.1', kind, spec }));
      const name = kind === 'dsse' ? 'dsse/0.0.1' : 'intoto/0.0.1';
      log.add(rekorEntry(logEntry(world.rekorV1, { kind: name, body, time: signingTime })), []);
      expect(await outcome()).toBe('pass');
    },
  );
  test('is found among those of others', async () => {
    for (let i = 0; i < 12; i++)
      log.add(rekorEntry(logEntryOf(makeGeneratorEvidence({ seed: `other ${i}` }))), [artifact]);
    log.add(honest(), [artifact, payload]);
    expect(await outcome()).toBe('pass');
  });
  test('gives the certificate that an envelope lacks', async () => {
    const fixture = makeGeneratorEvidence({
      format: 'envelope',
      editEnvelope: ({ signatures }) => signatures.forEach((signature) => delete signature.cert),
    });
    log.add(honest(), [payload]);
    expect(await outcome(fixture)).toBe('pass');
    expect(log.asked[0]?.path).toBe('/api/v1/index/retrieve');
  });
  test('names a signer who did not sign an envelope without certificate', async () => {
    const fixture = makeGeneratorEvidence({ signer: 'key', format: 'envelope' });
    log.add(rekorEntry(logEntryOf(makeGeneratorEvidence({ seed: 'other' }))), [payload]);
    expect(await outcome(fixture)).toBe('LOG_ENTRY_MISMATCH');
  });
  test('is of a plain key', async () => {
    const fixture = makeGeneratorEvidence({ signer: 'key', format: 'envelope' });
    log.add(rekorEntry(logEntryOf(makeGeneratorEvidence({ signer: 'key' }))), [payload]);
    expect(await outcome(fixture)).toBe('pass');
  });
  test('is asked for again when the log is busy', async () => {
    log.add(honest(), [payload]);
    let busy = 3;
    log.fault = () => (busy-- > 0 ? { status: 503, body: '' } : undefined);
    expect(await outcome()).toBe('pass');
  });
  test('is found where the log takes no proposals', async () => {
    log.add(honest(), [payload]);
    log.fault = (_path, body) => (body.includes('"entries"') ? { status: 400, body: '' } : undefined);
    expect(await outcome()).toBe('pass');
  });
  test('is found behind a redirect to another path of the log', async () => {
    const moved = new RekorLog().add(honest(), [payload]);
    log.fault = (path, body) =>
      path.startsWith('/new')
        ? moved.answer(path.slice('/new'.length), body)
        : { status: 307, headers: { location: `/new${path}` }, body: '' };
    expect(await outcome()).toBe('pass');
  });
});

describe('of a bundle without log entry', () => {
  const formats = (['bundle-0.1', 'bundle-0.2', 'bundle-0.3'] as const).flatMap((format) =>
    (['certificate', 'key'] as const).map((signer) => ({ format, signer })),
  );
  test.each(formats)('$format by a $signer: the entry is found by its digests', async (options) => {
    const entry = logEntryOf(makeGeneratorEvidence({ signer: options.signer }));
    const fixture = makeGeneratorEvidence({ ...options, edit: withoutEntry });
    log.add(rekorEntry(entry), [payload]);
    expect(await outcome(fixture)).toBe('pass');
    const index = '/api/v1/index/retrieve';
    expect(log.asked.map(({ path }) => path)).toEqual([index, index, '/api/v1/log/entries/retrieve']);
  });
  test.each(formats)('$format by a $signer: is refused without one', async (options) => {
    const fixture = makeGeneratorEvidence({ ...options, edit: withoutEntry });
    expect(await outcome(fixture)).toBe('LOG_ENTRY_MISSING');
    log.add(rekorEntry(logEntryOf(makeGeneratorEvidence({ ...options, seed: 'other' }))), [payload]);
    expect(await outcome(fixture)).toBe('LOG_ENTRY_MISMATCH');
  });
  test('with an entry it is as it is', () => {
    const [item] = parseEvidence(logged.bytes, 'logged.json');
    expect(item && bareEnvelope(item)).toBeUndefined();
  });
  test('a message signature is not searched for', () => {
    const message = makeGeneratorEvidence({ content: 'message', edit: withoutEntry });
    const [item] = parseEvidence(message.bytes, 'message.json');
    expect(item && bareEnvelope(item)).toBeUndefined();
  });
  test.each(changes(honest()))('a changed entry is refused: %s', async (_, changed) => {
    log.add(Object.assign(honest(), changed), [payload], uuidOf(honest()));
    const code = await outcome(makeGeneratorEvidence({ edit: withoutEntry }));
    expect(code).toMatch(/^(LOG_|CHECKPOINT_|BUNDLE_INVALID|TIME_|CERTIFICATE_)/);
  });
});

function withBody(change: (body: unknown) => unknown): RekorEntry {
  const entry = honest();
  const body: unknown = JSON.parse(Buffer.from(entry.body, 'base64').toString());
  return { ...entry, body: Buffer.from(JSON.stringify(change(body))).toString('base64') };
}

const bodyChanges = changes(JSON.parse(Buffer.from(honest().body, 'base64').toString()));

describe('an entry that was tampered with is refused', () => {
  test.each(changes(honest()))('%s', async (_, changed) => {
    log.add(Object.assign(honest(), changed), [payload], uuidOf(honest()));
    expect(await outcome()).toMatch(/^(LOG_|CHECKPOINT_|BUNDLE_INVALID|TIME_|CERTIFICATE_)/);
  });
  test.each(bodyChanges)('body%s, under its old name', async (_, changed) => {
    log.add(
      withBody(() => changed),
      [payload],
      uuidOf(honest()),
    );
    expect(await outcome()).toBe('LOG_ENTRY_MISMATCH');
  });
  test.each(bodyChanges)('body%s, under a name of its own', async (_, changed) => {
    log.add(
      withBody(() => changed),
      [payload],
    );
    expect(await outcome()).toMatch(/^LOG_/);
  });
  test.each<[string, ReasonCode | 'pass', (entry: RekorEntry) => void]>([
    ['no proof and no promise', 'LOG_PROOF_MISSING', (entry) => (entry.verification = {})],
    ['no proof: the promise is enough', 'pass', ({ verification }) => delete verification.inclusionProof],
    ['another tree', 'LOG_ENTRY_MISMATCH', () => undefined],
    [
      'a proof without a hash',
      'LOG_PROOF_INVALID',
      ({ verification }) => void verification.inclusionProof?.hashes.pop(),
    ],
    [
      'a proof with another hash more',
      'LOG_PROOF_INVALID',
      ({ verification }) => void verification.inclusionProof?.hashes.push('00'.repeat(32)),
    ],
    ['another log', 'LOG_UNTRUSTED', (entry) => (entry.logID = '00'.repeat(32))],
    ['a promise of another time', 'LOG_PROMISE_INVALID', (entry) => (entry.integratedTime += 60)],
    ['a promise of another index', 'LOG_PROMISE_INVALID', (entry) => (entry.logIndex += 1)],
  ])('%s: %s', async (name, code, change) => {
    const entry = honest();
    change(entry);
    const uuid = name === 'another tree' ? `${'0'.repeat(16)}${uuidOf(entry).slice(16)}` : uuidOf(entry);
    log.add(entry, [payload], uuid);
    expect(await outcome()).toBe(code);
  });
  test('the entry of something else', async () => {
    const other = makeGeneratorEvidence({ seed: 'other' });
    log.add(rekorEntry(logEntryOf(other)), [payload, artifact]);
    expect(await outcome()).toBe('LOG_ENTRY_MISMATCH');
  });
  test('an entry by a log that nobody trusts', async () => {
    const { world } = bare;
    const body = Buffer.from(honest().body, 'base64');
    const stranger = { ...world.rekorV1, key: world.rekorV2.key, logId: sha256(Buffer.from('stranger')) };
    log.add(rekorEntry(logEntry(stranger, { kind: 'dsse/0.0.1', body, time: signingTime })), [payload]);
    expect(await outcome()).toBe('LOG_UNTRUSTED');
  });
  test('entries of another payload by the same signer', async () => {
    const truth = { seed: 'first', payload: Buffer.from('{}') };
    log.add(rekorEntry(logEntryOf(makeGeneratorEvidence(truth))), [payload]);
    expect(await outcome()).toBe('LOG_ENTRY_MISMATCH');
  });
});

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
      () => redirect(server.url.replace('//', '//u:p@')),
    ],
    ['redirects for ever', 'LOG_SEARCH_UNAVAILABLE', () => redirect('/again')],
    [
      'a redirect that drops the question',
      'LOG_SEARCH_UNAVAILABLE',
      () => answer(302, '', { location: '/' }),
    ],
  ])('%s: %s', async (_, code, fault) => {
    log.fault = fault;
    expect(await outcome()).toBe(code);
    expect(log.asked.length).toBeLessThan(32);
  });

  test.each([401, 403, 404, 429, 500])('answers %i after the index', async (status) => {
    log.fault = (path) => (path === index ? answer(200, JSON.stringify([uuid])) : answer(status));
    expect(await outcome()).toBe('LOG_SEARCH_UNAVAILABLE');
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
    wire = fault;
    // Only what is never answered has to run out of time; a busy machine may be slow with the rest.
    expect(await outcome(bare, code === 'LOG_SEARCH_UNAVAILABLE' ? 2000 : 4000)).toBe(code);
  });

  test('looks at no more than so many entries', async () => {
    const strangers = Array.from({ length: 60 }, (_, i) => i.toString(16).padStart(64, '0'));
    log.fault = onIndex(strangers);
    expect(await outcome()).toBe('LOG_ENTRY_MISSING');
    const asked = log.asked.filter(({ body }) => body.includes('entryUUIDs'));
    expect(asked.length).toBe(4);
  });
});
