import { fromBase64 } from '#core/bytes/base64';
import { sha256Hex, type HashAlgorithm } from '#core/bytes/digest';
import { fromHex } from '#core/bytes/hex';
import { verifyPayload } from '#core/crypto/signature';
import { parseEnvelope, type Envelope } from '#core/dsse/envelope';
import { preAuthEncoding } from '#core/dsse/pae';
import { parseJson } from '#core/json/parse';
import {
  arrayAt,
  objectAt,
  objectOf,
  optionalStringAt,
  stringAt,
  stringOf,
  type Where,
} from '#core/json/shape';
import { isObject, member, type JsonObject, type JsonValue } from '#core/json/value';
import { entryBody, type EntryKind, type LoggedContent, type LoggedSignature } from './entry-body.ts';
import { isSignedDigest, pemVerifier, type Verifier } from './rekor-entry.ts';
import { orRefuse, Refused } from './service.ts';

/** A proposed entry whose signatures hold, as the log keeps it. */
export interface Proposal {
  /** The leaf: the canonicalised body. */
  readonly body: Buffer;
  readonly verifiers: readonly Verifier[];
  /** Digests by which the entry is found: `sha256:<hex>`. */
  readonly digests: readonly string[];
}

const where: Where = { code: 'LOG_ENTRY_INVALID', path: '' };
const INVALID = 'error processing entry: the proposed entry is malformed';
const UNSIGNED = 'error processing entry: a signature does not verify';

/**
 * Reads an entry as clients of Rekor v1 propose it, and checks its signatures.
 * @throws Refused
 */
export function readProposal(value: JsonValue): Proposal {
  const proposal = orRefuse(INVALID, () => objectOf(value, where));
  const kind = orRefuse(
    INVALID,
    () => `${stringAt(proposal, 'kind', where)}/${stringAt(proposal, 'apiVersion', where)}`,
  );
  const read = READERS.get(kind);
  if (read === undefined)
    throw new Refused(400, `error processing entry: entries of kind ${kind.slice(0, 40)} are not taken`);
  return orRefuse(INVALID, () => read(objectAt(proposal, 'spec', where)));
}

const READERS: ReadonlyMap<string, (spec: JsonObject) => Proposal> = new Map([
  ['hashedrekord/0.0.1', readHashedRekord],
  ['dsse/0.0.1', readDsse],
  ['intoto/0.0.1', readIntoto1],
  ['intoto/0.0.2', readIntoto2],
]);

const HASHES: ReadonlyMap<string, HashAlgorithm> = new Map([
  ['sha256', 'sha256'],
  ['sha384', 'sha384'],
  ['sha512', 'sha512'],
]);

function readHashedRekord(spec: JsonObject): Proposal {
  const stated = objectAt(objectAt(spec, 'data', where), 'hash', where);
  const hash = HASHES.get(stringAt(stated, 'algorithm', where));
  const digest = fromHex(stringAt(stated, 'value', where));
  const signed = objectAt(spec, 'signature', where);
  const signature = fromBase64(stringAt(signed, 'content', where));
  const verifier = pemVerifier(stringAt(objectAt(signed, 'publicKey', where), 'content', where));
  if (hash === undefined || !isSignedDigest(verifier, hash, digest, signature))
    throw new Refused(400, UNSIGNED);
  return {
    body: entryBody('hashedrekord/0.0.1', {
      content: { kind: 'message', digest, hash },
      signatures: [{ signature, verifier }],
    }),
    verifiers: [verifier],
    digests: [`${hash}:${Buffer.from(digest).toString('hex')}`],
  };
}

function readDsse(spec: JsonObject): Proposal {
  const content = objectAt(spec, 'proposedContent', where);
  const text = stringAt(content, 'envelope', where);
  const verifiers = arrayAt(content, 'verifiers', where, 10).map((item) =>
    pemVerifier(stringOf(item, where)),
  );
  return ofEnvelope('dsse/0.0.1', parseEnvelope(parseJson(text), '', 'raw'), verifiers, sha256Hex(text));
}

function readIntoto1(spec: JsonObject): Proposal {
  const text = stringAt(objectAt(spec, 'content', where), 'envelope', where);
  const verifiers = [pemVerifier(stringAt(spec, 'publicKey', where))];
  return ofEnvelope('intoto/0.0.1', parseEnvelope(parseJson(text), '', 'raw'), verifiers, sha256Hex(text));
}

/** Payload and signatures are base64 of the envelope's base64. */
function readIntoto2(spec: JsonObject): Proposal {
  const content = objectAt(spec, 'content', where);
  const wrapped = objectAt(content, 'envelope', where);
  const inner = (object: JsonObject, key: string): string =>
    Buffer.from(fromBase64(stringAt(object, key, where))).toString('latin1');
  const items = arrayAt(wrapped, 'signatures', where).map((item) => objectOf(item, where));
  const envelope = parseEnvelope(
    {
      payloadType: stringAt(wrapped, 'payloadType', where),
      payload: inner(wrapped, 'payload'),
      signatures: items.map((item) => ({
        sig: inner(item, 'sig'),
        keyid: optionalStringAt(item, 'keyid', where) ?? '',
      })),
    },
    '',
    'raw',
  );
  const verifiers = items.map((item) => pemVerifier(stringAt(item, 'publicKey', where)));
  const stated = stringAt(objectAt(content, 'hash', where), 'value', where);
  if (!/^[0-9a-f]{64}$/.test(stated)) throw new Refused(400, INVALID);
  return ofEnvelope('intoto/0.0.2', envelope, verifiers, stated);
}

function ofEnvelope(
  kind: EntryKind,
  envelope: Envelope,
  verifiers: readonly Verifier[],
  envelopeDigest: string,
): Proposal {
  const { payloadType, payload } = envelope;
  const encoded = preAuthEncoding(payloadType, payload);
  const signatures = envelope.signatures.map(({ sig, keyid }): LoggedSignature => {
    const verifier = verifiers.find(({ publicKey }) => verifyPayload(publicKey, encoded, sig));
    if (verifier === undefined) throw new Refused(400, UNSIGNED);
    return { signature: sig, keyid, verifier };
  });
  const content: LoggedContent['content'] = { kind: 'dsse', payloadType, payload, envelopeDigest };
  return {
    body: entryBody(kind, { content, signatures }),
    verifiers,
    digests: [`sha256:${sha256Hex(payload)}`, `sha256:${envelopeDigest}`, ...digestsIn(payload)],
  };
}

/** Digests of an in-toto Statement's subjects and of its predicate's materials. */
function digestsIn(payload: Uint8Array): readonly string[] {
  const statement = plain(() => parseJson(Buffer.from(payload).toString('utf8')));
  if (!isObject(statement)) return [];
  const predicate = member(statement, 'predicate');
  const items = [
    ...listOf(member(statement, 'subject')),
    ...(isObject(predicate) ? listOf(member(predicate, 'materials')) : []),
  ];
  return items.flatMap((item) => {
    const digest = isObject(item) ? member(item, 'digest') : undefined;
    if (!isObject(digest)) return [];
    return Object.entries(digest).flatMap(([name, value]) =>
      typeof value === 'string' ? [`${name}:${value}`] : [],
    );
  });
}

const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : []);

/** What is logged need not be JSON. */
function plain(read: () => JsonValue): JsonValue {
  try {
    return read();
  } catch {
    return null;
  }
}
