import { fromBase64, toBase64 } from '#core/bytes/base64';
import { fromHex } from '#core/bytes/hex';
import { readPem } from '#core/crypto/public-key';
import { EdgesealError, refuse } from '#core/errors/error';
import { parseJsonBytes } from '#core/json/parse';
import { arrayAt, at, objectAt, objectOf, stringAt, wrong, type Where } from '#core/json/shape';
import { isArray, isObject, member, type JsonObject, type JsonValue } from '#core/json/value';
import { limits } from '#core/limits';
import { leafHash } from '#core/tlog/merkle';

const WHERE: Where = { code: 'LOG_ENTRY_INVALID', path: '' };

/** An entry as a log gave it out. */
export interface GivenEntry {
  /** Rekor v1's name for it, lower-case hex; undefined where the log gives it none (Rekor v2). */
  readonly uuid: string | undefined;
  /** TransparencyLogEntry in protobuf JSON. */
  readonly entry: JsonObject;
}

/**
 * The entries in a file that holds a log's answer, at least one.
 * @param name the file's name, for messages
 * @throws LOG_ENTRY_INVALID, LOG_ENTRY_MISMATCH, JSON_*
 */
export function readRekorEntries(bytes: Uint8Array, name: string): readonly JsonObject[] {
  const entries = parseRekorAnswer(bytes, name);
  if (entries.length === 0 || entries.length > limits.logEntries) {
    refuse('LOG_ENTRY_INVALID', `${name} does not hold entries of a log`, {
      expected: `1 to ${limits.logEntries} entries, as {"UUID": {"body": ...}}`,
      found: String(entries.length),
    });
  }
  return entries.map(({ entry }) => entry);
}

/**
 * Entries as Rekor v1's API answers with them (`{UUID: LogEntry}`, or an array of these), in the shape that a
 * Sigstore bundle has for them; or a TransparencyLogEntry as Rekor v2 answers with it, which is in that shape
 * already. Each v1 entry must be the one that its UUID names. Nothing else is believed by this.
 * @throws LOG_ENTRY_INVALID, LOG_ENTRY_MISMATCH, JSON_*
 * @see https://github.com/sigstore/rekor/blob/main/openapi.yaml and
 * https://github.com/sigstore/rekor-tiles/blob/main/openapi.yaml
 */
export function parseRekorAnswer(bytes: Uint8Array, name: string): readonly GivenEntry[] {
  const document = parseJsonBytes(bytes, name);
  if (isObject(document) && Object.hasOwn(document, 'canonicalizedBody')) {
    return [{ uuid: undefined, entry: document }];
  }
  const list = isArray(document) ? document : [document];
  return list
    .flatMap((answer) => Object.entries(objectOf(answer, WHERE)))
    .map(([uuid, value]) => {
      const where = at(WHERE, uuid.slice(0, 100));
      const entry = toBundleEntry(value, where);
      checkUuid(uuid, entry, where);
      return { uuid, entry };
    });
}

/** The leaf hash in an entry's UUID: its last 64 digits. */
export const leafOfUuid = (uuid: string): string => uuid.slice(-64);

/** A UUID is the leaf hash, with the id of the tree before it where the log has several. */
function checkUuid(uuid: string, entry: JsonObject, where: Where): void {
  if (!/^(?:[0-9a-f]{16})?[0-9a-f]{64}$/.test(uuid)) {
    refuse('LOG_ENTRY_INVALID', 'an entry has no UUID', {
      path: where.path,
      expected: '64 or 80 lower-case hexadecimal digits',
    });
  }
  const leaf = leafHash(decode(stringAt(entry, 'canonicalizedBody', where), where)).toString('hex');
  if (leaf !== leafOfUuid(uuid)) mismatch(where, 'the hash of the entry', leaf, leafOfUuid(uuid));
  const tree = treeOf(entry);
  const named = uuid.slice(0, -64);
  if (tree !== undefined && named !== '' && named !== tree) mismatch(where, 'the tree', tree, named);
}

/** The id of the tree, 16 hex digits, as the checkpoint's first line has it: `HOST - ID`. */
function treeOf(entry: JsonObject): string | undefined {
  const note = ['inclusionProof', 'checkpoint', 'envelope'].reduce<JsonValue | undefined>(step, entry);
  const [, id] = typeof note === 'string' ? (/^\S+ - (\d{1,20})\n/.exec(note) ?? []) : [];
  return id === undefined ? undefined : BigInt(id).toString(16).padStart(16, '0');
}

function mismatch(where: Where, what: string, expected: string, found: string): never {
  return refuse('LOG_ENTRY_MISMATCH', `a log entry is not the one that its UUID names: ${what} differs`, {
    path: where.path,
    expected,
    found,
  });
}

/** The certificate or key that an entry says signed, as DER, with its PEM label; undefined where it has none. */
export function verifierOfEntry(
  entry: JsonObject,
): { readonly label: string; readonly der: Uint8Array } | undefined {
  const { spec } = readBody(stringAt(entry, 'canonicalizedBody', WHERE), WHERE);
  for (const path of CERTIFICATES) {
    const text = path.reduce<JsonValue | undefined>(step, spec);
    if (typeof text === 'string') return { label: 'CERTIFICATE', der: decode(text, WHERE) };
  }
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

/** Of Rekor v2, DER. */
const CERTIFICATES: readonly (readonly (string | number)[])[] = [
  ['hashedRekordV002', 'signature', 'verifier', 'x509Certificate', 'rawBytes'],
  ['dsseV002', 'signatures', 0, 'verifier', 'x509Certificate', 'rawBytes'],
];

/** Of Rekor v1, PEM. */
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

/**
 * What stands in the body of an entry, base64.
 * @throws LOG_ENTRY_INVALID
 */
export function readBody(
  text: string,
  where: Where,
): { readonly kind: string; readonly version: string; readonly spec: JsonObject } {
  const here = at(where, 'body');
  const bytes = decode(text, here);
  const body = objectOf(
    reclassified(() => parseJsonBytes(bytes, "the log entry's body"), here),
    here,
  );
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
