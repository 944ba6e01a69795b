import { octetString } from './der.ts';
import { makeKey, sha256, type TestKey } from './keys.ts';
import { extensionOids, tbsCertificate, type CertificateRequest, type Extension } from './x509.ts';

/** A Certificate Transparency log (RFC 6962 v1) that signs precertificates. */
export interface CtLog {
  readonly baseUrl: string;
  readonly key: TestKey;
  /** SHA-256 of its SPKI. */
  readonly logId: Buffer;
}

export interface SctOptions {
  /** The instant that the log states; default: the certificate's notBefore. */
  readonly time?: Date | undefined;
  /** Flips a bit of the signature. */
  readonly badSignature?: boolean | undefined;
  /** CtExtensions of the SCT, bytes. */
  readonly ctExtensions?: Uint8Array | undefined;
}

export function makeCtLog(label: string, type: 'p256' | 'rsa' = 'p256'): CtLog {
  const key = makeKey(type, `ct/${label}`);
  return { baseUrl: `https://ctfe.${label}.example/2026`, key, logId: sha256(key.spki) };
}

/** One serialised SignedCertificateTimestamp over the certificate without its SCT extension. */
export function signedCertificateTimestamp(
  log: CtLog,
  request: CertificateRequest,
  issuerSpki: Uint8Array,
  options: SctOptions = {},
): Buffer {
  const at = Buffer.alloc(8);
  at.writeBigUInt64BE(BigInt((options.time ?? request.notBefore).getTime()));
  const ctExtensions = vector16(options.ctExtensions ?? Buffer.alloc(0));
  const tbs = tbsCertificate(request);
  const signed = Buffer.concat([
    Buffer.from([0, 0]), // v1, certificate_timestamp
    at,
    Buffer.from([0, 1]), // precert_entry
    sha256(issuerSpki),
    Buffer.from([tbs.length >> 16, (tbs.length >> 8) & 255, tbs.length & 255]),
    tbs,
    ctExtensions,
  ]);
  const signature = log.key.sign(signed, 'sha256');
  if (options.badSignature === true) flip(signature);
  const algorithm = Buffer.from([4, log.key.type === 'rsa' ? 1 : 3]); // sha256; rsa or ecdsa
  return Buffer.concat([Buffer.from([0]), log.logId, at, ctExtensions, algorithm, vector16(signature)]);
}

/** The X.509 extension that carries a list of SCTs (RFC 6962 section 3.3). */
export function sctListExtension(scts: readonly Uint8Array[]): Extension {
  const list = vector16(Buffer.concat(scts.map(vector16)));
  return { oid: extensionOids.signedCertificateTimestamps, value: octetString(list) };
}

function vector16(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}

function flip(bytes: Buffer): void {
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 1;
}
