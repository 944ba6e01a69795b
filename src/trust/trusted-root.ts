import { fromBase64Protobuf } from '#core/bytes/base64';
import { sha256Hex } from '#core/bytes/digest';
import { toHex } from '#core/bytes/hex';
import { EdgesealError, refuse } from '#core/errors/error';
import { parseJsonBytes } from '#core/json/parse';
import {
  arrayAt,
  at,
  noOtherKeys,
  objectAt,
  objectOf,
  optionalObjectOf,
  optionalStringAt,
  stringAt,
  type Where,
} from '#core/json/shape';
import { member, type JsonObject, type JsonValue } from '#core/json/value';
import { CertificateAuthority, checkForm, TransparencyLog, type Validity } from './authorities.ts';

/**
 * Sigstore's trusted_root.json: whom to believe, and when. Every key and certificate in it is well-formed; the signatures
 * of a chain are checked at its first use.
 */
export interface TrustedRoot {
  /** SHA-256 of its bytes, lower-case hex. */
  readonly digest: string;
  readonly mediaType: string;
  readonly certificateAuthorities: readonly CertificateAuthority[];
  readonly timestampAuthorities: readonly CertificateAuthority[];
  readonly logs: readonly TransparencyLog[];
  readonly ctLogs: readonly TransparencyLog[];
}

const CODE = 'TRUST_ROOT_INVALID';
const MEDIA_TYPE =
  /^application\/vnd\.dev\.sigstore\.trustedroot(?:\+json;version=0\.[12]|\.v0\.[12]\+json)$/;
const FIELDS: ReadonlySet<string> = new Set([
  'mediaType',
  'tlogs',
  'certificateAuthorities',
  'ctlogs',
  'timestampAuthorities',
]);
const LOG_FIELDS: ReadonlySet<string> = new Set([
  'baseUrl',
  'hashAlgorithm',
  'publicKey',
  'logId',
  'checkpointKeyId',
  'operator',
]);
const KEY_FIELDS: ReadonlySet<string> = new Set(['rawBytes', 'keyDetails', 'validFor']);
const AUTHORITY_FIELDS: ReadonlySet<string> = new Set([
  'subject',
  'uri',
  'certChain',
  'validFor',
  'operator',
]);
const CHAIN_FIELDS: ReadonlySet<string> = new Set(['certificates']);
const RAW_FIELDS: ReadonlySet<string> = new Set(['rawBytes']);
const ID_FIELDS: ReadonlySet<string> = new Set(['keyId']);
const NAME_FIELDS: ReadonlySet<string> = new Set(['organization', 'commonName']);
const RANGE_FIELDS: ReadonlySet<string> = new Set(['start', 'end']);
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/**
 * Reads a trusted root (dev.sigstore.trustroot.v1.TrustedRoot in protobuf JSON). Every validity period must
 * say when it begins, and every key and certificate be readable, used or not.
 * @param name the file's name, for messages
 * @param pinned SHA-256 that its bytes must have, lower-case hex
 * @throws TRUST_ROOT_INVALID, TRUST_ROOT_MISMATCH
 */
export function parseTrustedRoot(bytes: Uint8Array, name: string, pinned?: string): TrustedRoot {
  const digest = sha256Hex(bytes);
  if (pinned !== undefined && pinned !== digest) {
    refuse('TRUST_ROOT_MISMATCH', `${name} is not the trusted root that was asked for`, {
      expected: `sha256:${pinned}`,
      found: `sha256:${digest}`,
      hint: 'compare both by edgeseal trust show; name the new digest once you know why it changed',
    });
  }
  try {
    return readRoot(bytes, name, digest);
  } catch (error) {
    if (!(error instanceof EdgesealError) || error.code === CODE) throw error;
    const { code: _code, message, ...detail } = error.reason;
    return refuse(CODE, `${name} is not a trusted root: ${message}`, { ...detail, cause: error });
  }
}

function readRoot(bytes: Uint8Array, name: string, digest: string): TrustedRoot {
  const where: Where = { code: CODE, path: '' };
  const root = objectOf(parseJsonBytes(bytes, name), where);
  const mediaType = stringAt(root, 'mediaType', where);
  if (!MEDIA_TYPE.test(mediaType)) {
    refuse(CODE, `${name} is not a trusted root that this version can read`, {
      path: 'mediaType',
      expected: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      found: JSON.stringify(mediaType.slice(0, 100)),
    });
  }
  noOtherKeys(root, FIELDS, where);
  const list = <T extends TransparencyLog | CertificateAuthority>(
    key: string,
    read: (value: JsonValue, where: Where) => T,
  ): readonly T[] =>
    arrayAt(root, key, where).map((item, index) => {
      const entry = read(item, at(at(where, key), index));
      checkForm(entry);
      return entry;
    });
  return {
    digest,
    mediaType,
    certificateAuthorities: list('certificateAuthorities', readAuthority),
    timestampAuthorities: list('timestampAuthorities', readAuthority),
    logs: list('tlogs', readLog),
    ctLogs: list('ctlogs', readLog),
  };
}

function readLog(value: JsonValue, where: Where): TransparencyLog {
  const log = objectOf(value, where);
  noOtherKeys(log, LOG_FIELDS, where);
  const algorithm = optionalStringAt(log, 'hashAlgorithm', where);
  if (algorithm !== 'SHA2_256') {
    refuse(CODE, 'a log has an unsupported hash algorithm', {
      path: at(where, 'hashAlgorithm').path,
      expected: 'SHA2_256',
      found: algorithm ?? 'nothing',
    });
  }
  optionalStringAt(log, 'operator', where);
  const key = objectAt(log, 'publicKey', where);
  const here = at(where, 'publicKey');
  noOtherKeys(key, KEY_FIELDS, here);
  const id = keyIdAt(log, 'logId', where);
  const ofCheckpoints =
    (member(log, 'checkpointKeyId') ?? null) === null ? id : keyIdAt(log, 'checkpointKeyId', where);
  return new TransparencyLog(
    optionalStringAt(log, 'baseUrl', where) ?? '',
    toHex(id),
    bytesAt(key, 'rawBytes', here),
    optionalStringAt(key, 'keyDetails', here),
    readValidity(key, here),
    ofCheckpoints.subarray(0, 4),
  );
}

/** A LogId: a SHA-256, or the four octets of a note's key id. */
function keyIdAt(log: JsonObject, key: string, where: Where): Uint8Array {
  const id = objectAt(log, key, where);
  const here = at(where, key);
  noOtherKeys(id, ID_FIELDS, here);
  const bytes = bytesAt(id, 'keyId', here);
  if (bytes.length !== 32 && bytes.length !== 4) {
    refuse(CODE, "a log's id is malformed", {
      path: at(here, 'keyId').path,
      expected: '32 octets, or 4',
      found: `${bytes.length} octets`,
    });
  }
  return bytes;
}

function readAuthority(value: JsonValue, where: Where): CertificateAuthority {
  const authority = objectOf(value, where);
  noOtherKeys(authority, AUTHORITY_FIELDS, where);
  optionalStringAt(authority, 'operator', where);
  checkName(authority, where);
  const chain = objectAt(authority, 'certChain', where);
  const here = at(at(where, 'certChain'), 'certificates');
  noOtherKeys(chain, CHAIN_FIELDS, at(where, 'certChain'));
  const certificates = arrayAt(chain, 'certificates', at(where, 'certChain')).map((item, index) => {
    const there = at(here, index);
    const certificate = objectOf(item, there);
    noOtherKeys(certificate, RAW_FIELDS, there);
    return bytesAt(certificate, 'rawBytes', there);
  });
  if (certificates.length === 0)
    refuse(CODE, 'an authority has no certificate', { path: here.path, expected: 'at least one' });
  return new CertificateAuthority(
    optionalStringAt(authority, 'uri', where) ?? '',
    certificates,
    readValidity(authority, where),
  );
}

/** A DistinguishedName, which is for people. */
function checkName(authority: JsonObject, where: Where): void {
  const here = at(where, 'subject');
  const subject = optionalObjectOf(member(authority, 'subject'), here) ?? {};
  noOtherKeys(subject, NAME_FIELDS, here);
  for (const field of NAME_FIELDS) optionalStringAt(subject, field, here);
}

function readValidity(object: JsonObject, where: Where): Validity {
  const range = objectAt(object, 'validFor', where);
  const here = at(where, 'validFor');
  noOtherKeys(range, RANGE_FIELDS, here);
  const end = optionalStringAt(range, 'end', here);
  const from = timeOf(stringAt(range, 'start', here), at(here, 'start'));
  const to = end === undefined ? Number.POSITIVE_INFINITY : timeOf(end, at(here, 'end'));
  if (from > to) refuse(CODE, 'a validity period ends before it begins', { path: here.path });
  return { from, to };
}

function timeOf(text: string, where: Where): number {
  const time = TIME.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse takes 30 February for 2 March.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 19) !== text.slice(0, 19))
    refuse(CODE, 'a validity period is malformed', {
      path: where.path,
      expected: 'RFC 3339 with Z',
      found: JSON.stringify(text.slice(0, 60)),
    });
  return time;
}

function bytesAt(object: JsonObject, key: string, where: Where): Uint8Array {
  return fromBase64Protobuf(stringAt(object, key, where), at(where, key).path);
}
