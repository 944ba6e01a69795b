import { fromBase64, toBase64 } from '#core/bytes/base64';
import { fromHex } from '#core/bytes/hex';
import { readPem } from '#core/crypto/public-key';
import { EdgesealError, refuse } from '#core/errors/error';
import { parseJsonBytes } from '#core/json/parse';
import { arrayAt, at, objectAt, objectOf, stringAt, wrong, type Where } from '#core/json/shape';
import { isArray, isObject, member, type JsonObject, type JsonValue } from '#core/json/value';
import { limits } from '#core/limits';

const WHERE: Where = { code: 'LOG_ENTRY_INVALID', path: '' };

/**
 * Entries as Rekor v1's API answers with them (`{UUID: LogEntry}`), in the shape that a Sigstore bundle has for
 * them (TransparencyLogEntry in protobuf JSON). Nothing is believed by this.
 * @param name the file's name, for messages
 * @throws LOG_ENTRY_INVALID, JSON_*
 * @see https://github.com/sigstore/rekor/blob/main/openapi.yaml
 */
export function readRekorEntries(bytes: Uint8Array, name: string): readonly JsonObject[] {
  const document = parseJsonBytes(bytes, name);
  const list = isArray(document) ? document : [document];
  const entries = list.flatMap((answer) => Object.entries(objectOf(answer, WHERE)));
  if (entries.length === 0 || entries.length > limits.logEntries) {
    refuse('LOG_ENTRY_INVALID', `${name} does not hold entries of a log`, {
      expected: `1 to ${limits.logEntries} entries, as {"UUID": {"body": ...}}`,
      found: String(entries.length),
    });
  }
  return entries.map(([uuid, entry]) => toBundleEntry(entry, at(WHERE, uuid.slice(0, 100))));
}

/** The certificate or key that an entry says signed, as DER, with its PEM label; undefined where it has none. */
export function verifierOfEntry(
  entry: JsonObject,
): { readonly label: string; readonly der: Uint8Array } | undefined {
  const { spec } = readBody(stringAt(entry, 'canonicalizedBody', WHERE), WHERE);
  for (const path of VERIFIERS) {
    const text = path.reduce<JsonValue | undefined>(step, spec);
    if (typeof text !== 'string') continue;
    const pem = decode(text, WHERE);
    // intoto 0.0.2 has the base64 text of the PEM in base64 once more.
    const isTwice = !Buffer.from(pem.subarray(0, 5)).equals(Buffer.from('-----'));
    return readPem(isTwice ? decode(Buffer.from(pem).toString('latin1'), WHERE) : pem, 'the log entry');
  }
  return undefined;
}

const VERIFIERS: readonly (readonly (string | number)[])[] = [
  ['signatures', 0, 'verifier'],
  ['content', 'envelope', 'signatures', 0, 'publicKey'],
  ['publicKey'],
  ['signature', 'publicKey', 'content'],
];

function step(value: JsonValue | undefined, key: string | number): JsonValue | undefined {
  if (typeof key === 'number') return isArray(value) ? value[key] : undefined;
  return isObject(value) ? member(value, key) : undefined;
}

function toBundleEntry(value: JsonValue, where: Where): JsonObject {
  const entry = objectOf(value, where);
  const body = stringAt(entry, 'body', where);
  const { kind, version } = readBody(body, where);
  const verification = objectAt(entry, 'verification', where);
  const here = at(where, 'verification');
  const proof = member(verification, 'inclusionProof');
  const promise = member(verification, 'signedEntryTimestamp');
  return {
    logIndex: integerAt(entry, 'logIndex', where),
    logId: { keyId: toBase64(hexAt(entry, 'logID', where)) },
    kindVersion: { kind, version },
    integratedTime: integerAt(entry, 'integratedTime', where),
    ...(typeof promise === 'string' ? { inclusionPromise: { signedEntryTimestamp: promise } } : {}),
    ...(isObject(proof) ? { inclusionProof: toBundleProof(proof, at(here, 'inclusionProof')) } : {}),
    canonicalizedBody: body,
  };
}

function toBundleProof(proof: JsonObject, where: Where): JsonObject {
  const hashes = arrayAt(proof, 'hashes', where, limits.proofHashes).map((hash, i) => {
    const there = at(at(where, 'hashes'), i);
    return toBase64(bytesOfHex(typeof hash === 'string' ? hash : wrong(hash, 'a string', there), there));
  });
  const checkpoint = member(proof, 'checkpoint');
  return {
    logIndex: integerAt(proof, 'logIndex', where),
    rootHash: toBase64(hexAt(proof, 'rootHash', where)),
    treeSize: integerAt(proof, 'treeSize', where),
    hashes,
    ...(typeof checkpoint === 'string' ? { checkpoint: { envelope: checkpoint } } : {}),
  };
}

function readBody(
  text: string,
  where: Where,
): { readonly kind: string; readonly version: string; readonly spec: JsonObject } {
  const here = at(where, 'body');
  const body = objectOf(parseJsonBytes(decode(text, here), "the log entry's body"), here);
  return {
    kind: stringAt(body, 'kind', here),
    version: stringAt(body, 'apiVersion', here),
    spec: objectAt(body, 'spec', here),
  };
}

/** A number as protobuf JSON writes an int64. */
function integerAt(object: JsonObject, key: string, where: Where): string {
  const value = member(object, key);
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0)) {
    return String(value);
  }
  return wrong(value, 'a whole number', at(where, key));
}

function hexAt(object: JsonObject, key: string, where: Where): Uint8Array {
  return bytesOfHex(stringAt(object, key, where), at(where, key));
}

function bytesOfHex(text: string, where: Where): Uint8Array {
  return reclassified(() => fromHex(text), where);
}

function decode(text: string, where: Where): Uint8Array {
  return reclassified(() => fromBase64(text, where.path), where);
}

/** What is malformed in an entry makes the entry malformed. */
function reclassified<T>(read: () => T, where: Where): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof EdgesealError)) throw cause;
    const { expected, found } = cause.reason;
    return refuse('LOG_ENTRY_INVALID', `${where.path} is malformed`, {
      path: where.path,
      expected,
      found,
      cause,
    });
  }
}
