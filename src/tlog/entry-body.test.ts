import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { digest, sha256Hex } from '#core/bytes/digest';
import { parseEnvelope } from '#core/dsse/envelope';
import { preAuthEncoding } from '#core/dsse/pae';
import { parseSpki } from '#core/crypto/public-key';
import { postedEnvelope } from '../../test/sigstore/dsse.ts';
import type { EntryKind } from '../../test/sigstore/log-body.ts';
import { makeEvidence } from '../../test/sigstore/make-evidence.ts';
import { makeKey } from '../../test/sigstore/keys.ts';
import { checkEntryBody, type LoggedSignature } from './entry-body.ts';
import { parseLogEntry, type LogEntry } from './log-entry.ts';
import { verifyPromise } from './promise.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof EdgesealError) return error.code;
    throw error;
  }
}

interface Logged {
  readonly entry: LogEntry;
  readonly body: { [key: string]: Json };
  readonly logged: LoggedSignature;
}

/** A log entry of the kind, as read from a bundle, and the signature that it is about. */
function logged(kind: EntryKind, signer: 'certificate' | 'key'): Logged {
  const isV2 = kind.endsWith('0.0.2') && kind !== 'intoto/0.0.2';
  const fixture = makeEvidence({ log: isV2 ? 'rekor-v2' : 'rekor-v1', entry: kind, signer });
  if (!('verificationMaterial' in fixture.json)) throw new Error('a bundle is expected');
  const { dsseEnvelope, verificationMaterial } = fixture.json;
  const [json] = verificationMaterial.tlogEntries ?? [];
  if (dsseEnvelope === undefined || json === undefined) throw new Error('an entry is expected');
  const entry = parseLogEntry(JSON.parse(JSON.stringify(json)), { code: 'BUNDLE_INVALID', path: 'e' }, false);
  const envelope = parseEnvelope(JSON.parse(JSON.stringify(dsseEnvelope)), '', 'bundle');
  const content: LoggedSignature['content'] = {
    kind: 'dsse',
    envelope,
    encoded: preAuthEncoding(envelope.payloadType, envelope.payload),
    envelopeDigest: sha256Hex(postedEnvelope(dsseEnvelope)),
  };
  return {
    entry,
    body: JSON.parse(Buffer.from(entry.body).toString()),
    logged: {
      content,
      signature: envelope.signatures[0]?.sig ?? Buffer.alloc(0),
      verifier: fixture.certificate ?? fixture.key.spki,
      verifierKind: fixture.certificate === undefined ? 'key' : 'certificate',
    },
  };
}

const withBody = (entry: LogEntry, body: Json): LogEntry => ({
  ...entry,
  body: Buffer.from(JSON.stringify(body)),
});

const kinds: readonly EntryKind[] = [
  'hashedrekord/0.0.1',
  'hashedrekord/0.0.2',
  'dsse/0.0.1',
  'dsse/0.0.2',
  'intoto/0.0.1',
  'intoto/0.0.2',
];

/** Parts of a body that say nothing about the signature: Rekor's own digest of what it got, or a hint. */
const FREE: ReadonlySet<string> = new Set([
  'intoto/0.0.2 spec.content.hash',
  'intoto/0.0.2 spec.content.hash.algorithm',
  'intoto/0.0.2 spec.content.hash.value',
  ...['hashedrekord/0.0.2 spec.hashedRekordV002.signature', 'dsse/0.0.2 spec.dsseV002.signatures.0'].map(
    (place) => `${place}.verifier.keyDetails`,
  ),
]);

/** Every place in a body. */
function placesOf(value: Json, path: readonly string[] = []): string[][] {
  const below =
    value !== null && typeof value === 'object'
      ? Object.entries(value).flatMap(([key, item]) => placesOf(item, [...path, key]))
      : [];
  return path.length === 0 ? below : [[...path], ...below];
}

function edit(
  body: Json,
  path: readonly string[],
  change: (value: Json | undefined) => Json | undefined,
): Json {
  const copy: Json = structuredClone(body);
  let at: Json = copy;
  for (const key of path.slice(0, -1)) at = Object(at)[key];
  const last = path.at(-1) ?? '';
  const next = change(Object(at)[last]);
  if (next === undefined) Reflect.deleteProperty(Object(at), last);
  else Object(at)[last] = next;
  return copy;
}

const changes: readonly (readonly [what: string, change: (value: Json | undefined) => Json | undefined])[] = [
  ['left out', () => undefined],
  ['null', () => null],
  ['another kind of value', (value) => (typeof value === 'string' ? 7 : 'x')],
  [
    'changed',
    (value) => {
      if (typeof value !== 'string') return [];
      const middle = value.length >> 1;
      return value.slice(0, middle) + (value[middle] === 'A' ? 'B' : 'A') + value.slice(middle + 1);
    },
  ],
];

describe.each(kinds)('%s', (kind) => {
  test.each(['certificate', 'key'] as const)('of a %s', (signer) => {
    const it = logged(kind, signer);
    expect(checkEntryBody(it.entry, it.logged)).toBe(kind);
  });

  test('each part of it counts', () => {
    const it = logged(kind, 'certificate');
    for (const path of placesOf(it.body)) {
      for (const [what, change] of changes) {
        const place = `${kind} ${path.join('.')}`;
        const code = outcome(() =>
          checkEntryBody(withBody(it.entry, edit(it.body, path, change)), it.logged),
        );
        const allowed = FREE.has(place)
          ? [kind]
          : ['LOG_ENTRY_MISMATCH', 'LOG_ENTRY_INVALID', 'LOG_ENTRY_UNSUPPORTED'];
        expect(allowed, `${place} ${what}`).toContain(code);
      }
    }
  });

  test('another signature, signer or content', () => {
    const it = logged(kind, 'certificate');
    const other: LoggedSignature['content'] = {
      kind: 'message',
      algorithm: 'sha256',
      digest: digest('sha256', Buffer.from('x')),
    };
    const { content } = it.logged;
    if (content.kind !== 'dsse') throw new Error('an envelope is expected');
    const two = {
      ...content.envelope,
      signatures: [...content.envelope.signatures, ...content.envelope.signatures],
    };
    const payload = { ...content.envelope, payload: Buffer.from('{}') };
    const questions: Record<string, LoggedSignature> = {
      verifier: { ...it.logged, verifier: makeKey('p256', 'stranger').spki },
      kind: { ...it.logged, verifierKind: 'key' },
      message: { ...it.logged, content: other },
      payload: {
        ...it.logged,
        content: {
          ...content,
          envelope: payload,
          encoded: preAuthEncoding(payload.payloadType, payload.payload),
        },
      },
    };
    if (kind !== 'intoto/0.0.1') questions['signature'] = { ...it.logged, signature: Buffer.from('x') };
    if (kind !== 'intoto/0.0.1' && !kind.startsWith('hashedrekord'))
      questions['a second signature'] = { ...it.logged, content: { ...content, envelope: two } };
    if (kind === 'intoto/0.0.1' || kind === 'dsse/0.0.1')
      questions['spelling'] = { ...it.logged, content: { ...content, envelopeDigest: 'ab'.repeat(32) } };
    for (const [what, question] of Object.entries(questions))
      expect(
        outcome(() => checkEntryBody(it.entry, question)),
        what,
      ).toMatch(/^LOG_ENTRY_(MISMATCH|INVALID)$/);
  });
});

describe('bodies', () => {
  const it = logged('dsse/0.0.1', 'certificate');
  test.each<[string, Buffer, string]>([
    ['no JSON', Buffer.from('x'), 'LOG_ENTRY_INVALID'],
    ['no UTF-8', Buffer.from([0xff]), 'LOG_ENTRY_INVALID'],
    ['a list', Buffer.from('[]'), 'LOG_ENTRY_INVALID'],
    ['a key twice', Buffer.from('{"kind":"dsse","kind":"dsse"}'), 'LOG_ENTRY_INVALID'],
    [
      'an unknown kind',
      Buffer.from('{"kind":"rpm","apiVersion":"0.0.1","spec":{}}'),
      'LOG_ENTRY_UNSUPPORTED',
    ],
    [
      'an unknown version',
      Buffer.from('{"kind":"dsse","apiVersion":"0.0.3","spec":{}}'),
      'LOG_ENTRY_UNSUPPORTED',
    ],
    ['no spec', Buffer.from('{"kind":"dsse","apiVersion":"0.0.1"}'), 'LOG_ENTRY_INVALID'],
  ])('%s', (_, body, code) => {
    expect(
      outcome(() => checkEntryBody({ ...it.entry, kind: undefined, version: undefined, body }, it.logged)),
    ).toBe(code);
  });
  test.each([
    ['intoto', '0.0.1'],
    ['dsse', '0.0.2'],
    ['\u001b[31m', '0.0.1'],
  ])('a bundle that says %j %s', (kind, version) => {
    expect(outcome(() => checkEntryBody({ ...it.entry, kind, version }, it.logged))).toBe(
      'LOG_ENTRY_MISMATCH',
    );
  });
});

describe('log entries in a bundle', () => {
  const good = {
    logIndex: '7',
    logId: { keyId: 'AAAA' },
    kindVersion: { kind: 'dsse', version: '0.0.1' },
    integratedTime: '1768471200',
    inclusionPromise: { signedEntryTimestamp: 'AQI=' },
    inclusionProof: {
      logIndex: '1',
      rootHash: 'AQI=',
      treeSize: '2',
      hashes: ['AQI='],
      checkpoint: { envelope: 'x' },
    },
    canonicalizedBody: 'e30=',
  };
  const read = (change: object): LogEntry =>
    parseLogEntry(
      JSON.parse(JSON.stringify({ ...good, ...change })),
      { code: 'BUNDLE_INVALID', path: 'e' },
      false,
    );

  test.each<[string, object, object]>([
    ['as it should be', {}, { logIndex: 7, integratedTime: 1768471200, kind: 'dsse', version: '0.0.1' }],
    ['numbers as numbers', { logIndex: 7 }, { logIndex: 7 }],
    ['an index of 0 left out, as protobuf writes it', { logIndex: undefined }, { logIndex: 0 }],
    ['the largest index', { logIndex: '9007199254740991' }, { logIndex: Number.MAX_SAFE_INTEGER }],
    ['no time', { integratedTime: undefined }, { integratedTime: undefined }],
    ['time 0', { integratedTime: '0' }, { integratedTime: undefined }],
    ['no promise', { inclusionPromise: undefined }, { promise: undefined }],
    ['no proof', { inclusionProof: null }, { proof: undefined }],
    [
      'no checkpoint',
      { inclusionProof: { rootHash: 'AQI=' } },
      { proof: { checkpoint: undefined, hashes: [], treeSize: 0 } },
    ],
    ['base64 without padding', { canonicalizedBody: 'e30' }, { body: Buffer.from('{}') }],
  ])('%s', (_, change, expected) => {
    expect(read(change)).toMatchObject(expected);
  });

  const proof = (change: object): object => ({ inclusionProof: { ...good.inclusionProof, ...change } });
  test.each<[string, object, string]>([
    ['an unknown field', { extra: 1 }, 'BUNDLE_INVALID'],
    ['an unknown field of the log id', { logId: { keyId: 'AAAA', x: 1 } }, 'BUNDLE_INVALID'],
    ['an unknown field of the kind', { kindVersion: { kind: 'a', version: 'b', x: 1 } }, 'BUNDLE_INVALID'],
    [
      'an unknown field of the promise',
      { inclusionPromise: { signedEntryTimestamp: '', x: 1 } },
      'BUNDLE_INVALID',
    ],
    ['an unknown field of the proof', proof({ x: 1 }), 'BUNDLE_INVALID'],
    ['an unknown field of the checkpoint', proof({ checkpoint: { envelope: 'x', y: 1 } }), 'BUNDLE_INVALID'],
    ['a negative index', { logIndex: '-1' }, 'BUNDLE_INVALID'],
    ['minus zero', { logIndex: '-0' }, 'BUNDLE_INVALID'],
    ['a leading zero', { logIndex: '07' }, 'BUNDLE_INVALID'],
    ['a fraction', { logIndex: 1.5 }, 'BUNDLE_INVALID'],
    ['an exponent', { logIndex: '1e3' }, 'BUNDLE_INVALID'],
    ['an index beyond 2^53 - 1', { logIndex: '9007199254740992' }, 'BUNDLE_INVALID'],
    ['an index that is true', { logIndex: true }, 'BUNDLE_INVALID'],
    ['an empty index', { logIndex: '' }, 'BUNDLE_INVALID'],
    ['a time after the year 9999', { integratedTime: '253402300800' }, 'BUNDLE_INVALID'],
    ['no log id', { logId: undefined }, 'BUNDLE_INVALID'],
    ['a log id in bad base64', { logId: { keyId: '!' } }, 'BASE64_INVALID'],
    ['no body', { canonicalizedBody: undefined }, 'BUNDLE_INVALID'],
    ['an empty body', { canonicalizedBody: '' }, 'BUNDLE_INVALID'],
    ['a kind that is a number', { kindVersion: { kind: 1, version: 'x' } }, 'BUNDLE_INVALID'],
    ['a promise that is a text', { inclusionPromise: 'x' }, 'BUNDLE_INVALID'],
    ['hashes that are a text', proof({ hashes: 'AQI=' }), 'BUNDLE_INVALID'],
    ['a hash that is a number', proof({ hashes: [1] }), 'BUNDLE_INVALID'],
    ['too many hashes', proof({ hashes: Array.from({ length: 65 }, () => 'AQI=') }), 'BUNDLE_INVALID'],
    ['no root hash', proof({ rootHash: undefined }), 'BUNDLE_INVALID'],
    ['a checkpoint that is a text', proof({ checkpoint: 'x' }), 'BUNDLE_INVALID'],
  ])('%s', (_, change, code) => {
    expect(outcome(() => read(change))).toBe(code);
  });
});

describe('signed entry timestamps', () => {
  const { entry } = logged('dsse/0.0.1', 'certificate');
  const key = parseSpki(makeKey('p256', 'rekor-v1/sigstore').spki);
  const promise = entry.promise ?? Buffer.alloc(0);
  const verdict = (change: Partial<LogEntry>, signature = promise): unknown =>
    outcome(() => {
      verifyPromise({ ...entry, ...change }, signature, key);
      return 'promised';
    });

  test('as the log signed it', () => {
    expect(verdict({})).toBe('promised');
    // Not part of what is signed.
    expect(verdict({ proof: undefined, kind: 'x', version: 'y', path: 'z' })).toBe('promised');
  });
  test.each<[string, Partial<LogEntry>]>([
    ['another body', { body: Buffer.from('{}') }],
    ['another time', { integratedTime: (entry.integratedTime ?? 0) + 1 }],
    ['no time', { integratedTime: undefined }],
    ['another index', { logIndex: entry.logIndex + 1 }],
    ['another log', { logId: Buffer.alloc(32) }],
  ])('%s', (_, change) => {
    expect(verdict(change)).toBe('LOG_PROMISE_INVALID');
  });
  test.each([Buffer.alloc(0), Buffer.from('x'), Buffer.from(promise).fill(1, 10, 11)])(
    'signature %#',
    (signature) => {
      expect(verdict({}, signature)).toBe('LOG_PROMISE_INVALID');
    },
  );
});
