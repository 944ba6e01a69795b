import { hash as nodeHash } from 'node:crypto';
import type { HashAlgorithm } from '#core/bytes/digest';
import { parseSpki } from '#core/crypto/public-key';
import {
  bitString,
  boolean,
  context,
  integer,
  octetString,
  oid,
  printableString,
  sequence,
  time,
  tlv,
} from './der.ts';
import { signatureAlgorithm, type SigningKey } from './signing-key.ts';

export interface Extension {
  readonly oid: string;
  readonly critical?: boolean | undefined;
  /** Content of extnValue. */
  readonly value: Uint8Array;
}

export interface Name {
  readonly organization?: string | undefined;
  readonly commonName?: string | undefined;
}

/** All of a certificate but its signature. */
export interface CertificateRequest {
  readonly subject: Name;
  readonly subjectSpki: Uint8Array;
  readonly issuer: Name;
  readonly issuerKey: SigningKey;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Octets of a positive number. */
  readonly serial: Uint8Array;
  readonly extensions: readonly Extension[];
  /** Signs with this hash rather than the key's own. */
  readonly hash?: HashAlgorithm | undefined;
}

export const extensionOids = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  signedCertificateTimestamps: '1.3.6.1.4.1.11129.2.4.2',
  precertificatePoison: '1.3.6.1.4.1.11129.2.4.3',
} as const;

export const usage = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  timeStamping: '1.3.6.1.5.5.7.3.8',
} as const;

/** Name (RFC 5280 section 4.1.2.4); of no parts: the empty sequence that Fulcio's leaves have. */
export function nameDer(name: Name): Buffer {
  const parts: Buffer[] = [];
  if (name.organization !== undefined) parts.push(attribute('2.5.4.10', name.organization));
  if (name.commonName !== undefined) parts.push(attribute('2.5.4.3', name.commonName));
  return sequence(...parts);
}

function attribute(type: string, text: string): Buffer {
  return tlv(0x31, sequence(oid(type), printableString(text)));
}

/** TBSCertificate, DER. Also what a CT log signs, when the list has no SCT extension. */
export function tbsCertificate(request: CertificateRequest): Buffer {
  return sequence(
    context(0, integer(2)),
    integer(request.serial),
    signatureAlgorithm(request.issuerKey.type, request.hash ?? request.issuerKey.hash),
    nameDer(request.issuer),
    sequence(time(request.notBefore), time(request.notAfter)),
    nameDer(request.subject),
    request.subjectSpki,
    context(3, sequence(...request.extensions.map(extensionDer))),
  );
}

/** Twenty octets as a serial number: positive, without a leading zero. */
export function serialFrom(octets: Uint8Array): Buffer {
  const serial = Buffer.from(octets);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

/** The signed certificate, DER. */
export function issueCertificate(request: CertificateRequest): Buffer {
  const tbs = tbsCertificate(request);
  const hash = request.hash ?? request.issuerKey.hash;
  const signature = request.issuerKey.sign(tbs, hash);
  return sequence(tbs, signatureAlgorithm(request.issuerKey.type, hash), bitString(signature));
}

function extensionDer(extension: Extension): Buffer {
  const critical = extension.critical === true ? [boolean(true)] : [];
  return sequence(oid(extension.oid), ...critical, octetString(extension.value));
}

export function basicConstraints(ca: boolean, pathLength?: number): Extension {
  const parts = ca ? [boolean(true)] : [];
  if (pathLength !== undefined) parts.push(integer(pathLength));
  return { oid: extensionOids.basicConstraints, critical: true, value: sequence(...parts) };
}

export function keyUsage(bits: 'digitalSignature' | 'certSign'): Extension {
  const value =
    bits === 'digitalSignature' ? bitString(Buffer.from([0x80]), 7) : bitString(Buffer.from([0x06]), 1);
  return { oid: extensionOids.keyUsage, critical: true, value };
}

export function extendedKeyUsage(purposes: readonly string[], critical = false): Extension {
  return { oid: extensionOids.extendedKeyUsage, critical, value: sequence(...purposes.map((it) => oid(it))) };
}

export function subjectKeyIdentifier(spki: Uint8Array): Extension {
  return { oid: extensionOids.subjectKeyIdentifier, value: octetString(keyIdentifier(spki)) };
}

export function authorityKeyIdentifier(spki: Uint8Array): Extension {
  return {
    oid: extensionOids.authorityKeyIdentifier,
    value: sequence(tlv(0x80, keyIdentifier(spki))),
  };
}

/** SHA-1 of the key's bits (RFC 5280 section 4.2.1.2, method 1). */
function keyIdentifier(spki: Uint8Array): Buffer {
  return nodeHash('sha1', parseSpki(spki).bits, 'buffer');
}
