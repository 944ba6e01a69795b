import { explicit, implicit, readDer, tags, type DerElement, type DerReader } from '#core/asn1/der';
import {
  readBitString,
  readBoolean,
  readInteger,
  readNull,
  readOid,
  readSmallInteger,
  readTime,
} from '#core/asn1/values';
import { equalBytes, sha256Hex, type HashAlgorithm } from '#core/bytes/digest';
import { parseSpki, type PublicKey } from '#core/crypto/public-key';
import { EdgesealError, refuse } from '#core/errors/error';
import { limits } from '#core/limits';

export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  /** Contents of extnValue. */
  readonly value: Uint8Array;
}

/** An X.509 v3 certificate (RFC 5280), read from strict DER. Nothing in it is believed yet. */
export interface Certificate {
  readonly der: Uint8Array;
  /** TBSCertificate as signed. */
  readonly tbs: Uint8Array;
  /** TBSCertificate's elements before the extensions, for the precertificate of RFC 6962. */
  readonly tbsHead: readonly Uint8Array[];
  readonly serial: Uint8Array;
  /** DER Name. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** Milliseconds since 1970; both ends are inside. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: PublicKey;
  readonly signatureHash: HashAlgorithm;
  readonly signatureKind: 'ecdsa' | 'rsa' | 'ed25519';
  readonly signature: Uint8Array;
  /** In their order in the certificate. */
  readonly extensions: ReadonlyMap<string, Extension>;
  readonly encodedExtensions: readonly { readonly oid: string; readonly encoded: Uint8Array }[];
}

const SIGNATURE_ALGORITHMS: ReadonlyMap<string, readonly [Certificate['signatureKind'], HashAlgorithm]> =
  new Map([
    ['1.2.840.10045.4.3.2', ['ecdsa', 'sha256']],
    ['1.2.840.10045.4.3.3', ['ecdsa', 'sha384']],
    ['1.2.840.10045.4.3.4', ['ecdsa', 'sha512']],
    ['1.2.840.113549.1.1.11', ['rsa', 'sha256']],
    ['1.2.840.113549.1.1.12', ['rsa', 'sha384']],
    ['1.2.840.113549.1.1.13', ['rsa', 'sha512']],
    ['1.3.101.112', ['ed25519', 'sha512']],
  ]);

/**
 * Reads a DER certificate.
 * @throws CERTIFICATE_INVALID, CERTIFICATE_EXTENSION_DUPLICATE, KEY_INVALID, KEY_UNSUPPORTED
 */
export function parseCertificate(der: Uint8Array): Certificate {
  if (der.length > limits.certificate)
    invalid(`at most ${limits.certificate} octets`, `${der.length} octets`);
  try {
    return readCertificate(der);
  } catch (error) {
    if (error instanceof EdgesealError && error.code === 'DER_INVALID') {
      return refuse('CERTIFICATE_INVALID', 'a certificate is not strict DER', {
        expected: error.reason.expected,
        found: error.message,
        cause: error,
      });
    }
    throw error;
  }
}

/** SHA-256 of the DER certificate, lower-case hex. */
export function fingerprint(certificate: Certificate): string {
  return sha256Hex(certificate.der);
}

function readCertificate(der: Uint8Array): Certificate {
  const outer = readDer(der, tags.sequence).children();
  const tbs = outer.next(tags.sequence);
  const outerAlgorithm = outer.next(tags.sequence);
  const signature = readBitString(outer.next());
  outer.end();

  const fields = tbs.children();
  const version = fields.next(explicit(0));
  if (readSmallInteger(only(version, tags.integer)) !== 2) invalid('version 3');
  const serial = fields.next(tags.integer);
  const innerAlgorithm = fields.next(tags.sequence);
  if (!equalBytes(innerAlgorithm.encoded, outerAlgorithm.encoded)) {
    invalid('one signature algorithm inside and outside', 'two');
  }
  const issuer = fields.next(tags.sequence);
  const validity = fields.next(tags.sequence);
  const subject = fields.next(tags.sequence);
  const spki = fields.next(tags.sequence);
  if (fields.peek() === implicit(1) || fields.peek() === implicit(2)) invalid('no unique identifiers');
  const extensions = fields.next(explicit(3));
  fields.end();

  const window = validity.children();
  const notBefore = readWholeSeconds(window.next());
  const notAfter = readWholeSeconds(window.next());
  window.end();
  if (notBefore > notAfter) invalid('a validity period that ends after it begins');

  const [signatureKind, signatureHash] = readSignatureAlgorithm(outerAlgorithm);
  return {
    der,
    tbs: tbs.encoded,
    tbsHead: [version, serial, innerAlgorithm, issuer, validity, subject, spki].map((field) => field.encoded),
    serial: readInteger(serial),
    issuer: issuer.encoded,
    subject: subject.encoded,
    notBefore,
    notAfter,
    publicKey: parseSpki(spki.encoded),
    signatureHash,
    signatureKind,
    signature,
    ...readExtensions(only(extensions, tags.sequence)),
  };
}

/** RFC 5280 section 4.1.2.5: a certificate's times have no fractions of a second. */
function readWholeSeconds(element: DerElement): number {
  const time = readTime(element);
  return element.contents.includes(0x2e) ? invalid('times in whole seconds') : time;
}

function readSignatureAlgorithm(element: DerElement): readonly [Certificate['signatureKind'], HashAlgorithm] {
  const fields = element.children();
  const oid = readOid(fields.next());
  const known = SIGNATURE_ALGORITHMS.get(oid);
  if (known === undefined) return invalid('a signature by ECDSA, RSA or Ed25519 with SHA-2', oid);
  if (known[0] === 'rsa') readNull(fields.next());
  fields.end();
  return known;
}

function readExtensions(list: DerElement): Pick<Certificate, 'extensions' | 'encodedExtensions'> {
  const extensions = new Map<string, Extension>();
  const encodedExtensions: { oid: string; encoded: Uint8Array }[] = [];
  const items: DerReader = list.children();
  while (!items.done) {
    const item = items.next(tags.sequence);
    const fields = item.children();
    const oid = readOid(fields.next());
    const flag = fields.optional(tags.boolean);
    const critical = flag !== undefined && readBoolean(flag);
    if (flag !== undefined && !critical)
      invalid('a default value that is left out, as DER has it', 'critical FALSE');
    const value = fields.next(tags.octetString).contents;
    fields.end();
    if (extensions.has(oid)) {
      refuse('CERTIFICATE_EXTENSION_DUPLICATE', 'a certificate has an extension twice', { found: oid });
    }
    extensions.set(oid, { oid, critical, value });
    encodedExtensions.push({ oid, encoded: item.encoded });
  }
  if (extensions.size === 0) invalid('at least one extension, where there is a list of them');
  return { extensions, encodedExtensions };
}

function only(element: DerElement, tag: number): DerElement {
  const fields = element.children();
  const inner = fields.next(tag);
  fields.end();
  return inner;
}

function invalid(expected: string, found?: string): never {
  return refuse('CERTIFICATE_INVALID', 'a certificate is malformed', { expected, found });
}
