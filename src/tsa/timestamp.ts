import { explicit, readDer, tags, type DerElement, type DerReader } from '#core/asn1/der';
import { readBoolean, readInteger, readNull, readOid, readSmallInteger, readTime } from '#core/asn1/values';
import type { HashAlgorithm } from '#core/bytes/digest';
import { EdgesealError, refuse } from '#core/errors/error';

/** An RFC 3161 TimeStampToken, read strictly: a CMS SignedData (RFC 5652) over a TSTInfo. Nothing is believed yet. */
export interface Timestamp {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly imprint: { readonly algorithm: HashAlgorithm; readonly digest: Uint8Array };
  /** DER TSTInfo, as digested. */
  readonly info: Uint8Array;
  /** DER certificates that came along. */
  readonly certificates: readonly Uint8Array[];
  readonly signer: TimestampSigner;
}

export interface TimestampSigner {
  /** DER Name and serial number of the signer's certificate. */
  readonly issuer: Uint8Array;
  readonly serial: Uint8Array;
  readonly digestAlgorithm: HashAlgorithm;
  /** The hash that the signature was made with. */
  readonly signatureHash: HashAlgorithm;
  readonly signatureKind: 'ecdsa' | 'rsa' | 'ed25519';
  /** Signed attributes as they are signed: DER SET. */
  readonly signedAttributes: Uint8Array;
  readonly messageDigest: Uint8Array;
  /** Digest of the signer's certificate by signingCertificateV2, or by signingCertificate (SHA-1). */
  readonly certificateDigest: {
    readonly algorithm: 'sha1' | HashAlgorithm;
    readonly digest: Uint8Array;
  };
  readonly signature: Uint8Array;
}

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
const HASHES: ReadonlyMap<string, HashAlgorithm> = new Map([
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);

/** Signature algorithms; where one leaves its hash open, the digest algorithm says it. */
const SIGNATURES: ReadonlyMap<string, readonly [TimestampSigner['signatureKind'], HashAlgorithm?]> = new Map([
  ['1.2.840.10045.2.1', ['ecdsa']],
  ['1.2.840.10045.4.3.2', ['ecdsa', 'sha256']],
  ['1.2.840.10045.4.3.3', ['ecdsa', 'sha384']],
  ['1.2.840.10045.4.3.4', ['ecdsa', 'sha512']],
  ['1.2.840.113549.1.1.1', ['rsa']],
  ['1.2.840.113549.1.1.11', ['rsa', 'sha256']],
  ['1.2.840.113549.1.1.12', ['rsa', 'sha384']],
  ['1.2.840.113549.1.1.13', ['rsa', 'sha512']],
  ['1.3.101.112', ['ed25519']],
]);

/**
 * Reads a DER TimeStampResp (RFC 3161 section 2.4.2).
 * @throws TIMESTAMP_INVALID
 */
export function parseTimestamp(response: Uint8Array, path: string): Timestamp {
  try {
    const fields = readDer(response, tags.sequence).children();
    const status = readSmallInteger(fields.next(tags.sequence).children().next(tags.integer));
    if (status > 1) invalid('a granted request', `status ${status}`);
    const token = fields.next(tags.sequence);
    fields.end();
    return readToken(token);
  } catch (error) {
    if (!(error instanceof EdgesealError)) throw error;
    return refuse('TIMESTAMP_INVALID', 'a signed timestamp is malformed', {
      path,
      expected: error.reason.expected,
      found: error.code === 'TIMESTAMP_INVALID' ? error.reason.found : error.message,
      cause: error,
    });
  }
}

function readToken(token: DerElement): Timestamp {
  const content = token.children();
  if (readOid(content.next()) !== SIGNED_DATA) invalid('CMS SignedData');
  const wrapped = content.next(explicit(0)).children();
  content.end();
  const data = wrapped.next(tags.sequence).children();
  wrapped.end();
  if (readSmallInteger(data.next()) !== 3) invalid('SignedData version 3');
  data.next(tags.set);
  const info = readInfoOctets(data.next(tags.sequence));
  const certificates = readCertificates(data.optional(0xa0));
  data.optional(0xa1);
  const signers = data.next(tags.set).children();
  data.end();
  const signer = readSigner(signers.next(tags.sequence));
  if (!signers.done) invalid('exactly one signer');
  return { ...readInfo(info), info, certificates, signer };
}

function readInfoOctets(encapsulated: DerElement): Uint8Array {
  const fields = encapsulated.children();
  if (readOid(fields.next()) !== TST_INFO) invalid('a TSTInfo');
  const wrapped = fields.next(explicit(0)).children();
  fields.end();
  const info = wrapped.next(tags.octetString).contents;
  wrapped.end();
  return info;
}

function readInfo(info: Uint8Array): Pick<Timestamp, 'time' | 'imprint'> {
  const fields = readDer(info, tags.sequence).children();
  if (readSmallInteger(fields.next()) !== 1) invalid('TSTInfo version 1');
  readOid(fields.next());
  const imprint = fields.next(tags.sequence).children();
  const algorithm = readHash(imprint.next(tags.sequence));
  const digest = imprint.next(tags.octetString).contents;
  imprint.end();
  readInteger(fields.next());
  const time = readTime(fields.next(tags.generalizedTime));
  // Accuracy, ordering, nonce and the authority's name: nothing here depends on them.
  fields.optional(tags.sequence);
  const ordering = fields.optional(tags.boolean);
  if (ordering !== undefined) readBoolean(ordering);
  const nonce = fields.optional(tags.integer);
  if (nonce !== undefined) readInteger(nonce);
  fields.optional(explicit(0));
  refuseCriticalExtensions(fields.optional(explicit(1)));
  fields.end();
  return { time, imprint: { algorithm, digest } };
}

function refuseCriticalExtensions(list: DerElement | undefined): void {
  if (list === undefined) return;
  const items = list.children();
  while (!items.done) {
    const fields = items.next(tags.sequence).children();
    const oid = readOid(fields.next());
    const critical = fields.optional(tags.boolean);
    if (critical !== undefined && readBoolean(critical)) invalid('no critical extension', oid);
    fields.next(tags.octetString);
    fields.end();
  }
}

function readCertificates(list: DerElement | undefined): readonly Uint8Array[] {
  const certificates: Uint8Array[] = [];
  if (list === undefined) return certificates;
  const items = list.children();
  while (!items.done) certificates.push(items.next(tags.sequence).encoded);
  return certificates;
}

function readSigner(info: DerElement): TimestampSigner {
  const fields = info.children();
  if (readSmallInteger(fields.next()) !== 1) invalid('a signer named by issuer and serial number');
  const name = fields.next(tags.sequence).children();
  const issuer = name.next(tags.sequence).encoded;
  const serial = readInteger(name.next());
  name.end();
  const digestAlgorithm = readHash(fields.next(tags.sequence));
  const attributes = fields.next(explicit(0));
  const [signatureKind, signatureHash = digestAlgorithm] = readSignatureAlgorithm(fields.next(tags.sequence));
  const signature = fields.next(tags.octetString).contents;
  fields.optional(0xa1);
  fields.end();
  // RFC 5652 section 5.4: signed under the tag SET OF instead of [0].
  const signedAttributes = Uint8Array.from(attributes.encoded);
  signedAttributes[0] = tags.set;
  return {
    issuer,
    serial,
    digestAlgorithm,
    signatureHash,
    signatureKind,
    signedAttributes,
    signature,
    ...readAttributes(attributes.children()),
  };
}

function readAttributes(attributes: DerReader): Pick<TimestampSigner, 'messageDigest' | 'certificateDigest'> {
  const values = new Map<string, DerElement>();
  while (!attributes.done) {
    const attribute = attributes.next(tags.sequence).children();
    const oid = readOid(attribute.next());
    const set = attribute.next(tags.set).children();
    attribute.end();
    if (values.has(oid)) invalid('each attribute once', oid);
    values.set(oid, set.next());
    set.end();
  }
  const type = values.get(CONTENT_TYPE);
  if (type === undefined || readOid(type) !== TST_INFO) invalid('a content type of TSTInfo');
  const messageDigest = values.get(MESSAGE_DIGEST);
  if (messageDigest?.tag !== tags.octetString) return invalid('a message digest');
  return {
    messageDigest: messageDigest.contents,
    certificateDigest: readCertificateDigest(
      values.get(SIGNING_CERTIFICATE_V2),
      values.get(SIGNING_CERTIFICATE),
    ),
  };
}

/** ESSCertIDv2 (RFC 5035) or ESSCertID (RFC 2634) of the first certificate named. */
function readCertificateDigest(
  v2: DerElement | undefined,
  v1: DerElement | undefined,
): TimestampSigner['certificateDigest'] {
  const attribute = v2 ?? v1;
  // RFC 3161 section 2.4.1: the token must name its signer's certificate.
  if (attribute === undefined) return invalid("the digest of the signer's certificate", 'none');
  const id = attribute.children().next(tags.sequence).children().next(tags.sequence).children();
  const algorithm = id.optional(tags.sequence);
  const digest = id.next(tags.octetString).contents;
  if (v2 === undefined) return { algorithm: 'sha1', digest };
  return { algorithm: algorithm === undefined ? 'sha256' : readHash(algorithm), digest };
}

function readHash(algorithm: DerElement): HashAlgorithm {
  const fields = algorithm.children();
  const oid = readOid(fields.next());
  readParameters(fields);
  return HASHES.get(oid) ?? invalid('SHA-256, SHA-384 or SHA-512', oid);
}

function readSignatureAlgorithm(
  algorithm: DerElement,
): readonly [TimestampSigner['signatureKind'], HashAlgorithm?] {
  const fields = algorithm.children();
  const oid = readOid(fields.next());
  readParameters(fields);
  return SIGNATURES.get(oid) ?? invalid('a signature by ECDSA, RSA or Ed25519 with SHA-2', oid);
}

/** Algorithm parameters: absent or NULL. */
function readParameters(fields: DerReader): void {
  const parameters = fields.optional(tags.null);
  if (parameters !== undefined) readNull(parameters);
  fields.end();
}

function invalid(expected: string, found?: string): never {
  return refuse('TIMESTAMP_INVALID', 'a signed timestamp is malformed', { expected, found });
}
