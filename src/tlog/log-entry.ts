import { fromBase64Protobuf } from '#core/bytes/base64';
import { refuse } from '#core/errors/error';
import {
  arrayAt,
  at,
  noOtherKeys,
  objectAt,
  objectOf,
  optionalObjectOf,
  stringAt,
  wrong,
  type Where,
} from '#core/json/shape';
import { member, type JsonObject, type JsonValue } from '#core/json/value';
import { limits } from '#core/limits';

/** A Merkle inclusion proof (RFC 9162 section 2.1.3) to a checkpoint. */
export interface InclusionProof {
  /** Index in the tree of the checkpoint: a shard's, where the log is sharded. */
  readonly logIndex: number;
  readonly treeSize: number;
  readonly rootHash: Uint8Array;
  readonly hashes: readonly Uint8Array[];
  /** Signed note; bundles v0.1 may lack it. */
  readonly checkpoint: string | undefined;
}

/** A TransparencyLogEntry as Sigstore's bundle carries it. Nothing in it is believed yet. */
export interface LogEntry {
  readonly logIndex: number;
  readonly logId: Uint8Array;
  /** As `dsse` and `0.0.1`; undefined where the bundle leaves it to the body. */
  readonly kind: string | undefined;
  readonly version: string | undefined;
  /** Seconds since 1970. Believed only under a promise. */
  readonly integratedTime: number | undefined;
  /** Signed entry timestamp (Rekor v1). */
  readonly promise: Uint8Array | undefined;
  readonly proof: InclusionProof | undefined;
  /** The leaf. */
  readonly body: Uint8Array;
  /** Whether a promise alone proves inclusion: bundles v0.1 ask for no proof. */
  readonly promiseSuffices: boolean;
  /** Where it stands in its bundle, for reasons. */
  readonly path: string;
}

const FIELDS: ReadonlySet<string> = new Set([
  'logIndex',
  'logId',
  'kindVersion',
  'integratedTime',
  'inclusionPromise',
  'inclusionProof',
  'canonicalizedBody',
]);
const PROOF_FIELDS: ReadonlySet<string> = new Set([
  'logIndex',
  'rootHash',
  'treeSize',
  'hashes',
  'checkpoint',
]);
const KIND_FIELDS: ReadonlySet<string> = new Set(['kind', 'version']);
const KEY_ID: ReadonlySet<string> = new Set(['keyId']);
const SET: ReadonlySet<string> = new Set(['signedEntryTimestamp']);
const ENVELOPE: ReadonlySet<string> = new Set(['envelope']);
/** The end of the year 9999, the last that RFC 3339 can write. */
const LATEST = 253_402_300_799;

/**
 * Reads a dev.sigstore.rekor.v1.TransparencyLogEntry in protobuf JSON.
 * @throws BUNDLE_INVALID, BASE64_INVALID
 */
export function parseLogEntry(value: JsonValue, where: Where, promiseSuffices: boolean): LogEntry {
  const object = objectOf(value, where);
  noOtherKeys(object, FIELDS, where);
  const logId = objectAt(object, 'logId', where);
  noOtherKeys(logId, KEY_ID, at(where, 'logId'));
  const kindVersion = optionalObjectOf(member(object, 'kindVersion'), at(where, 'kindVersion'));
  if (kindVersion !== undefined) noOtherKeys(kindVersion, KIND_FIELDS, at(where, 'kindVersion'));
  const promise = optionalObjectOf(member(object, 'inclusionPromise'), at(where, 'inclusionPromise'));
  if (promise !== undefined) noOtherKeys(promise, SET, at(where, 'inclusionPromise'));
  const proof = optionalObjectOf(member(object, 'inclusionProof'), at(where, 'inclusionProof'));
  const integratedTime = unsigned(object, 'integratedTime', where, LATEST);
  const body = bytes(object, 'canonicalizedBody', where);
  if (body.length === 0) {
    refuse('BUNDLE_INVALID', 'a log entry has no body', {
      path: at(where, 'canonicalizedBody').path,
      expected: 'the canonicalized body',
    });
  }
  return {
    logIndex: unsigned(object, 'logIndex', where),
    logId: bytes(logId, 'keyId', at(where, 'logId')),
    kind: kindVersion && stringAt(kindVersion, 'kind', at(where, 'kindVersion')),
    version: kindVersion && stringAt(kindVersion, 'version', at(where, 'kindVersion')),
    integratedTime: integratedTime === 0 ? undefined : integratedTime,
    promise: promise && bytes(promise, 'signedEntryTimestamp', at(where, 'inclusionPromise')),
    proof: proof && parseProof(proof, at(where, 'inclusionProof')),
    body,
    promiseSuffices,
    path: where.path,
  };
}

function parseProof(object: JsonObject, where: Where): InclusionProof {
  noOtherKeys(object, PROOF_FIELDS, where);
  const checkpoint = optionalObjectOf(member(object, 'checkpoint'), at(where, 'checkpoint'));
  if (checkpoint !== undefined) noOtherKeys(checkpoint, ENVELOPE, at(where, 'checkpoint'));
  const hashes = arrayAt(object, 'hashes', where, limits.proofHashes);
  return {
    logIndex: unsigned(object, 'logIndex', where),
    treeSize: unsigned(object, 'treeSize', where),
    rootHash: bytes(object, 'rootHash', where),
    hashes: hashes.map((hash, index) => {
      const here = at(at(where, 'hashes'), index);
      return typeof hash === 'string' ? fromBase64Protobuf(hash, here.path) : wrong(hash, 'a string', here);
    }),
    checkpoint: checkpoint && stringAt(checkpoint, 'envelope', at(where, 'checkpoint')),
  };
}

function bytes(object: JsonObject, key: string, where: Where): Uint8Array {
  return fromBase64Protobuf(stringAt(object, key, where), at(where, key).path);
}

/** An int64 that must not be negative. Protobuf JSON writes it as a string, and leaves 0 out. */
function unsigned(
  object: JsonObject,
  key: string,
  where: Where,
  max: number = Number.MAX_SAFE_INTEGER,
): number {
  const value = member(object, key);
  if (value === undefined || value === null) return 0;
  const number = typeof value === 'string' && /^(0|[1-9]\d*)$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= max) {
    if (!Object.is(number, -0)) return number;
  }
  return refuse('BUNDLE_INVALID', `${at(where, key).path} is not a non-negative integer`, {
    path: at(where, key).path,
    expected: `an integer from 0 to ${max}`,
    found: JSON.stringify(typeof value === 'bigint' ? String(value) : value).slice(0, 100),
  });
}
