import { readDer, tags } from '#core/asn1/der';
import { readBoolean, readInteger, readOid, readSmallInteger } from '#core/asn1/values';
import { fromBase64 } from '#core/bytes/base64';
import type { HashAlgorithm } from '#core/bytes/digest';
import { parseJsonBytes } from '#core/json/parse';
import { objectOf, optionalBooleanOf, optionalStringAt, stringAt, type Where } from '#core/json/shape';
import { member } from '#core/json/value';
import { integer } from './der.ts';
import { orRefuse, Refused } from './service.ts';
import { TIMESTAMP_POLICY, type TimestampInfo } from './timestamp.ts';

/** What a client wants stamped. */
export interface TimestampRequest extends Pick<TimestampInfo, 'imprint' | 'nonce'> {
  readonly wantsCertificate: boolean;
}

const FAILED = 'Error generating timestamp response';
const LENGTHS: Readonly<Record<HashAlgorithm, number>> = { sha256: 32, sha384: 48, sha512: 64 };
const OIDS: ReadonlyMap<string, HashAlgorithm> = new Map([
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);
const where: Where = { code: 'TIMESTAMP_INVALID', path: '' };

/**
 * Reads a request in DER (RFC 3161 section 2.4.1) or in the JSON that Sigstore's timestamp authority takes.
 * @throws Refused
 */
export function readTimestampRequest(contentType: string, body: Buffer): TimestampRequest {
  const [type] = contentType.split(';');
  const read =
    type === 'application/json' ? readJson : type === 'application/timestamp-query' ? readQuery : undefined;
  if (read === undefined) throw new Refused(415, FAILED);
  const request = orRefuse(FAILED, () => read(body));
  const { hash, digest } = request.imprint;
  if (digest.length !== LENGTHS[hash])
    throw new Refused(400, 'Message digest has incorrect length for specified algorithm');
  return request;
}

function readQuery(body: Buffer): TimestampRequest {
  const fields = readDer(body, tags.sequence).children();
  if (readSmallInteger(fields.next()) !== 1) throw new Refused(400, FAILED);
  const imprint = fields.next(tags.sequence).children();
  const algorithm = imprint.next(tags.sequence).children();
  const hash = known(OIDS.get(readOid(algorithm.next())));
  algorithm.optional(tags.null);
  algorithm.end();
  const digest = imprint.next(tags.octetString).contents;
  imprint.end();
  const policy = fields.optional(tags.oid);
  checkPolicy(policy === undefined ? undefined : readOid(policy));
  const nonce = fields.optional(tags.integer);
  if (nonce !== undefined) readInteger(nonce);
  const flag = fields.optional(tags.boolean);
  fields.end();
  return {
    imprint: { hash, digest },
    nonce: nonce?.encoded,
    wantsCertificate: flag !== undefined && readBoolean(flag),
  };
}

function readJson(body: Buffer): TimestampRequest {
  const request = objectOf(parseJsonBytes(body), where);
  const name = stringAt(request, 'hashAlgorithm', where).toLowerCase();
  const hash = known([...OIDS.values()].find((it) => it === name));
  checkPolicy(optionalStringAt(request, 'tsaPolicyOID', where));
  const nonce = member(request, 'nonce') ?? undefined;
  if (nonce !== undefined && ((typeof nonce !== 'number' && typeof nonce !== 'bigint') || nonce < 0))
    throw new Refused(400, FAILED);
  return {
    imprint: { hash, digest: fromBase64(stringAt(request, 'artifactHash', where)) },
    nonce: nonce === undefined ? undefined : integer(nonce),
    wantsCertificate: optionalBooleanOf(member(request, 'certificates'), where) ?? false,
  };
}

function known(hash: HashAlgorithm | undefined): HashAlgorithm {
  if (hash === undefined) throw new Refused(400, FAILED);
  return hash;
}

function checkPolicy(policy: string | undefined): void {
  if (policy !== undefined && policy !== '' && policy !== TIMESTAMP_POLICY)
    throw new Refused(400, 'Requested policy is not one of the accepted policies');
}
