import { digest } from '#core/bytes/digest';
import { octetString } from './der.ts';
import type { SigningKey } from './signing-key.ts';
import { extensionOids, type Extension } from './x509.ts';

/** A Certificate Transparency log (RFC 6962 v1), as far as it signs. */
export interface SctSigner {
  readonly key: SigningKey;
  /** SHA-256 of its SPKI. */
  readonly logId: Uint8Array;
}

/** What a log promises to include: the certificate without SCT list and poison, and who issues it. */
export interface PrecertificateEntry {
  /** TBSCertificate, DER. */
  readonly tbs: Uint8Array;
  readonly issuerSpki: Uint8Array;
  readonly time: Date;
  /** CtExtensions, octets. */
  readonly ctExtensions?: Uint8Array | undefined;
}

/** TimestampedEntry of a precertificate (RFC 6962 section 3.4), without its extensions. */
export function timestampedEntry({ tbs, issuerSpki, time }: PrecertificateEntry): Buffer {
  return Buffer.concat([
    milliseconds(time),
    Buffer.from([0, 1]), // precert_entry
    digest('sha256', issuerSpki),
    vector(3, tbs),
  ]);
}

/** One serialised SignedCertificateTimestamp (RFC 6962 section 3.2). */
export function signedCertificateTimestamp(log: SctSigner, entry: PrecertificateEntry): Buffer {
  const { time, ctExtensions } = entry;
  return serialisedSct(log, { time, ctExtensions, signature: signTimestamp(log, entry) });
}

/** What a log promised, as a certificate carries it. */
export function serialisedSct(
  { logId }: Pick<SctSigner, 'logId'>,
  promised: Pick<PrecertificateEntry, 'time' | 'ctExtensions'> & {
    /** The digitally-signed struct. */
    readonly signature: Uint8Array;
  },
): Buffer {
  const ctExtensions = vector(2, promised.ctExtensions ?? Buffer.alloc(0));
  return Buffer.concat([
    Buffer.from([0]),
    logId,
    milliseconds(promised.time),
    ctExtensions,
    promised.signature,
  ]);
}

/** The digitally-signed struct of an SCT: algorithm and signature. */
export function signTimestamp(log: SctSigner, entry: PrecertificateEntry): Buffer {
  const ctExtensions = vector(2, entry.ctExtensions ?? Buffer.alloc(0));
  // v1, certificate_timestamp
  return digitallySigned(
    log.key,
    Buffer.concat([Buffer.from([0, 0]), timestampedEntry(entry), ctExtensions]),
  );
}

/** `digitally-signed` of TLS 1.2: SHA-256, RSA or ECDSA. */
export function digitallySigned(key: SigningKey, data: Uint8Array): Buffer {
  const algorithm = Buffer.from([4, key.type === 'rsa' ? 1 : 3]);
  return Buffer.concat([algorithm, vector(2, key.sign(data, 'sha256'))]);
}

/** The X.509 extension that carries a list of SCTs (RFC 6962 section 3.3). */
export function sctListExtension(scts: readonly Uint8Array[]): Extension {
  const list = vector(2, Buffer.concat(scts.map((sct) => vector(2, sct))));
  return { oid: extensionOids.signedCertificateTimestamps, value: octetString(list) };
}

/** A vector of the TLS presentation language whose length takes so many octets. */
export function vector(lengthOctets: 2 | 3, bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(lengthOctets);
  length.writeUIntBE(bytes.length, 0, lengthOctets);
  return Buffer.concat([length, bytes]);
}

/** Eight octets. */
export function milliseconds(time: Date): Buffer {
  const at = Buffer.alloc(8);
  at.writeBigUInt64BE(BigInt(time.getTime()));
  return at;
}
