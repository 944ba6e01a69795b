import { fromBase64, toBase64 } from '#core/bytes/base64';
import { digest, type HashAlgorithm } from '#core/bytes/digest';
import { toHex } from '#core/bytes/hex';
import type { Envelope } from '#core/dsse/envelope';
import { EdgesealError, refuse } from '#core/errors/error';
import { parseJsonBytes } from '#core/json/parse';
import { arrayAt, at, objectAt, objectOf, stringAt, type Where } from '#core/json/shape';
import type { JsonObject } from '#core/json/value';
import type { LogEntry } from './log-entry.ts';

/** What a log entry must say: this content, this signature, this key or certificate. */
export interface LoggedSignature {
  readonly content:
    | {
        readonly kind: 'dsse';
        readonly envelope: Envelope;
        /** DSSE's pre-authentication encoding. */
        readonly encoded: Uint8Array;
        /** SHA-256 of the envelope's own bytes, where they are at hand. */
        readonly envelopeDigest: string | undefined;
      }
    | { readonly kind: 'message'; readonly algorithm: HashAlgorithm; readonly digest: Uint8Array };
  readonly signature: Uint8Array;
  /** DER certificate or SubjectPublicKeyInfo. */
  readonly verifier: Uint8Array;
  readonly verifierKind: 'certificate' | 'key';
}

type Check = (spec: JsonObject, logged: LoggedSignature, where: Where) => void;

const CHECKS: ReadonlyMap<string, Check> = new Map([
  ['hashedrekord/0.0.1', checkHashedRekord1],
  ['hashedrekord/0.0.2', checkHashedRekord2],
  ['dsse/0.0.1', checkDsse1],
  ['dsse/0.0.2', checkDsse2],
  ['intoto/0.0.1', checkIntoto1],
  ['intoto/0.0.2', checkIntoto2],
]);

/**
 * Checks that a log entry is about this signature, and gives its kind (`dsse/0.0.1`).
 * @throws LOG_ENTRY_INVALID, LOG_ENTRY_UNSUPPORTED, LOG_ENTRY_MISMATCH
 */
export function checkEntryBody(entry: LogEntry, logged: LoggedSignature): string {
  const where: Where = { code: 'LOG_ENTRY_INVALID', path: `${entry.path}.canonicalizedBody` };
  const body = read(entry.body, where);
  const kind = stringAt(body, 'kind', where);
  const version = stringAt(body, 'apiVersion', where);
  if (
    (entry.kind !== undefined && entry.kind !== kind) ||
    (entry.version !== undefined && entry.version !== version)
  ) {
    mismatch(
      `${entry.path}.kindVersion`,
      'the kind and version of the entry',
      `${kind}/${version}`,
      `${entry.kind}/${entry.version}`,
    );
  }
  const name = `${kind}/${version}`;
  const check = CHECKS.get(name);
  if (check === undefined) {
    return refuse('LOG_ENTRY_UNSUPPORTED', 'a log entry is of an unsupported kind', {
      path: where.path,
      expected: [...CHECKS.keys()].join(', '),
      found: JSON.stringify(name.slice(0, 60)),
    });
  }
  const spec = at(where, 'spec');
  try {
    check(objectAt(body, 'spec', where), logged, spec);
  } catch (error) {
    if (!(error instanceof EdgesealError) || error.code === 'LOG_ENTRY_MISMATCH') throw error;
    return refuse('LOG_ENTRY_INVALID', 'a log entry is malformed', { ...error.reason, cause: error });
  }
  return name;
}

/** Rekor v1, `hashedrekord` 0.0.1. */
function checkHashedRekord1(spec: JsonObject, logged: LoggedSignature, where: Where): void {
  const hash = objectAt(objectAt(spec, 'data', where), 'hash', at(where, 'data'));
  const here = at(at(where, 'data'), 'hash');
  const [algorithm, value] = contentDigest(logged, stringAt(hash, 'algorithm', here));
  same(
    here,
    'the digest of what is signed',
    `${algorithm}:${toHex(value)}`,
    `${stringAt(hash, 'algorithm', here)}:${stringAt(hash, 'value', here)}`,
  );
  const signature = objectAt(spec, 'signature', where);
  const there = at(where, 'signature');
  same(there, 'the signature', toBase64(logged.signature), stringAt(signature, 'content', there));
  checkPem(
    stringAt(objectAt(signature, 'publicKey', there), 'content', at(there, 'publicKey')),
    logged,
    at(there, 'publicKey'),
  );
}

/** Rekor v2, `hashedrekord` 0.0.2; a DSSE envelope is logged by the digest of its pre-authentication encoding. */
function checkHashedRekord2(spec: JsonObject, logged: LoggedSignature, where: Where): void {
  const record = objectAt(spec, 'hashedRekordV002', where);
  const here = at(where, 'hashedRekordV002');
  const data = objectAt(record, 'data', here);
  const stated = stringAt(data, 'algorithm', at(here, 'data')).replace('SHA2_', 'sha');
  const [algorithm, value] = contentDigest(logged, stated);
  checkDigest2(data, algorithm, value, at(here, 'data'));
  checkSignature2(objectAt(record, 'signature', here), logged, at(here, 'signature'));
}

/** Rekor v1, `dsse` 0.0.1. Its envelopeHash is over the envelope's bytes as the log got them, where known. */
function checkDsse1(spec: JsonObject, logged: LoggedSignature, where: Where): void {
  const { envelope, envelopeDigest } = dsse(logged, where);
  checkEnvelopeHash(spec, 'envelopeHash', envelopeDigest, where);
  checkPayloadHash(objectAt(spec, 'payloadHash', where), envelope, at(where, 'payloadHash'));
  const signatures = arrayAt(spec, 'signatures', where);
  sameCount(signatures.length, envelope, at(where, 'signatures'));
  anyOf(signatures.length, at(where, 'signatures'), (index, here) => {
    const item = objectOf(signatures[index], here);
    same(here, 'the signature', toBase64(logged.signature), stringAt(item, 'signature', here));
    checkPem(stringAt(item, 'verifier', here), logged, here);
  });
}

/** Rekor v2, `dsse` 0.0.2. */
function checkDsse2(spec: JsonObject, logged: LoggedSignature, where: Where): void {
  const { envelope } = dsse(logged, where);
  const record = objectAt(spec, 'dsseV002', where);
  const here = at(where, 'dsseV002');
  checkDigest2(
    objectAt(record, 'payloadHash', here),
    'sha256',
    digest('sha256', envelope.payload),
    at(here, 'payloadHash'),
  );
  const signatures = arrayAt(record, 'signatures', here);
  sameCount(signatures.length, envelope, at(here, 'signatures'));
  anyOf(signatures.length, at(here, 'signatures'), (index, there) => {
    checkSignature2(objectOf(signatures[index], there), logged, there);
  });
}

/**
 * Rekor v1, `intoto` 0.0.1: hashes of payload and envelope, and the key. It does not hold the signature; the
 * hash of the envelope binds that where the envelope's own bytes are at hand.
 */
function checkIntoto1(spec: JsonObject, logged: LoggedSignature, where: Where): void {
  const { envelope, envelopeDigest } = dsse(logged, where);
  const content = objectAt(spec, 'content', where);
  const here = at(where, 'content');
  checkPayloadHash(objectAt(content, 'payloadHash', here), envelope, at(here, 'payloadHash'));
  checkEnvelopeHash(content, 'hash', envelopeDigest, here);
  checkPem(stringAt(spec, 'publicKey', where), logged, at(where, 'publicKey'));
}

/** Rekor v1, `intoto` 0.0.2: its signatures are base64 of the envelope's base64. */
function checkIntoto2(spec: JsonObject, logged: LoggedSignature, where: Where): void {
  const { envelope } = dsse(logged, where);
  const content = objectAt(spec, 'content', where);
  const here = at(where, 'content');
  checkPayloadHash(objectAt(content, 'payloadHash', here), envelope, at(here, 'payloadHash'));
  const record = objectAt(content, 'envelope', here);
  const there = at(here, 'envelope');
  same(
    at(there, 'payloadType'),
    'the payload type',
    envelope.payloadType,
    stringAt(record, 'payloadType', there),
  );
  const signatures = arrayAt(record, 'signatures', there);
  sameCount(signatures.length, envelope, at(there, 'signatures'));
  anyOf(signatures.length, at(there, 'signatures'), (index, item) => {
    const object = objectOf(signatures[index], item);
    const inner = Buffer.from(fromBase64(stringAt(object, 'sig', item), item.path)).toString('latin1');
    same(item, 'the signature', toBase64(logged.signature), inner);
    checkPem(stringAt(object, 'publicKey', item), logged, item);
  });
}

function checkEnvelopeHash(
  object: JsonObject,
  key: string,
  envelopeDigest: string | undefined,
  where: Where,
): void {
  if (envelopeDigest === undefined) return;
  const hash = objectAt(object, key, where);
  const here = at(where, key);
  const found = `${stringAt(hash, 'algorithm', here)}:${stringAt(hash, 'value', here)}`;
  same(here, 'the digest of the envelope', `sha256:${envelopeDigest}`, found);
}

function checkPayloadHash(hash: JsonObject, envelope: Envelope, where: Where): void {
  const found = `${stringAt(hash, 'algorithm', where)}:${stringAt(hash, 'value', where)}`;
  same(where, 'the digest of the payload', `sha256:${toHex(digest('sha256', envelope.payload))}`, found);
}

const REKOR2_ALGORITHM: Readonly<Record<HashAlgorithm, string>> = {
  sha256: 'SHA2_256',
  sha384: 'SHA2_384',
  sha512: 'SHA2_512',
};

function checkDigest2(data: JsonObject, algorithm: HashAlgorithm, value: Uint8Array, where: Where): void {
  const found = `${stringAt(data, 'algorithm', where)}:${stringAt(data, 'digest', where)}`;
  same(where, 'the digest of what is signed', `${REKOR2_ALGORITHM[algorithm]}:${toBase64(value)}`, found);
}

function checkSignature2(signature: JsonObject, logged: LoggedSignature, where: Where): void {
  same(where, 'the signature', toBase64(logged.signature), stringAt(signature, 'content', where));
  const verifier = objectAt(signature, 'verifier', where);
  const here = at(where, 'verifier');
  const form = logged.verifierKind === 'certificate' ? 'x509Certificate' : 'publicKey';
  same(
    at(here, form),
    'the signer',
    toBase64(logged.verifier),
    stringAt(objectAt(verifier, form, here), 'rawBytes', at(here, form)),
  );
}

/** A base64 PEM block of the signer's certificate or key. */
function checkPem(encoded: string, logged: LoggedSignature, where: Where): void {
  const label = logged.verifierKind === 'certificate' ? 'CERTIFICATE' : 'PUBLIC KEY';
  const text = Buffer.from(fromBase64(encoded, where.path)).toString('latin1').trim();
  const head = `-----BEGIN ${label}-----`;
  const tail = `-----END ${label}-----`;
  const inner =
    text.startsWith(head) && text.endsWith(tail)
      ? text.slice(head.length, -tail.length).replaceAll(/[\r\n]/g, '')
      : '';
  if (inner !== toBase64(logged.verifier)) {
    mismatch(
      where.path,
      `the ${logged.verifierKind} that made the signature`,
      'the one in the evidence',
      'another',
    );
  }
}

/** Of an envelope any SHA-2 digest will do: Rekor takes the one that goes with the key (P-384: SHA-384). */
function contentDigest({ content }: LoggedSignature, stated: string): readonly [HashAlgorithm, Uint8Array] {
  if (content.kind === 'message') return [content.algorithm, content.digest];
  const algorithm = stated === 'sha384' || stated === 'sha512' ? stated : 'sha256';
  return [algorithm, digest(algorithm, content.encoded)];
}

function dsse(logged: LoggedSignature, where: Where): Extract<LoggedSignature['content'], { kind: 'dsse' }> {
  if (logged.content.kind === 'dsse') return logged.content;
  return mismatch(where.path, 'an entry for a message signature', 'hashedrekord', 'an entry for an envelope');
}

function sameCount(count: number, envelope: Envelope, where: Where): void {
  const expected = envelope.signatures.length;
  if (count !== expected)
    mismatch(where.path, 'as many signatures as the envelope', String(expected), String(count));
}

/** Runs the check for each item until one passes; throws what the last one threw. */
function anyOf(count: number, where: Where, check: (index: number, where: Where) => void): void {
  let last: unknown;
  for (let index = 0; index < count; index++) {
    try {
      check(index, at(where, index));
      return;
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

function same(where: Where, what: string, expected: string, found: string): void {
  if (expected !== found) mismatch(where.path, what, expected, found);
}

function mismatch(path: string, what: string, expected: string, found: string): never {
  return refuse('LOG_ENTRY_MISMATCH', `a log entry is about something else: ${what} differs`, {
    path,
    expected: /^[\u0020-\u007e]*$/.test(expected)
      ? expected.slice(0, 200)
      : JSON.stringify(expected.slice(0, 200)),
    found: JSON.stringify(found.slice(0, 200)),
  });
}

function read(body: Uint8Array, where: Where): JsonObject {
  try {
    return objectOf(parseJsonBytes(body, 'the log entry'), where);
  } catch (error) {
    if (!(error instanceof EdgesealError)) throw error;
    return refuse('LOG_ENTRY_INVALID', 'a log entry is not JSON', {
      path: where.path,
      found: error.message,
      cause: error,
    });
  }
}
