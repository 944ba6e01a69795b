import { explicit, readDer, tags } from '#core/asn1/der';
import { digest } from '#core/bytes/digest';
import { EdgesealError, refuse } from '#core/errors/error';
import type { Certificate } from './certificate.ts';
import { oids } from './extensions.ts';

/** A signed certificate timestamp (RFC 6962 section 3.2). */
export interface SignedCertificateTimestamp {
  readonly logId: Uint8Array;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly extensions: Uint8Array;
  /** TLS SignatureAlgorithm: 3 = ECDSA, 1 = RSA; always with SHA-256. */
  readonly kind: 'ecdsa' | 'rsa';
  readonly signature: Uint8Array;
}

/**
 * The timestamps embedded in a certificate.
 * @throws SCT_MISSING, SCT_INVALID
 */
export function embeddedScts(certificate: Certificate): readonly SignedCertificateTimestamp[] {
  const extension = certificate.extensions.get(oids.sctList);
  if (extension === undefined) {
    return refuse('SCT_MISSING', 'a signing certificate has no signed certificate timestamp', {
      expected: 'an embedded SCT list (RFC 6962)',
    });
  }
  const list = new TlsReader(octets(extension.value));
  const items = new TlsReader(list.vector());
  list.end();
  const scts: SignedCertificateTimestamp[] = [];
  while (!items.done) scts.push(readSct(new TlsReader(items.vector())));
  if (scts.length === 0) invalid('an empty list');
  return scts;
}

/**
 * What a log signed for a precertificate (RFC 6962 section 3.2): the TBSCertificate without the SCT list, and
 * the issuer's key.
 */
export function sctSignedData(
  sct: SignedCertificateTimestamp,
  certificate: Certificate,
  issuer: Certificate,
): Uint8Array {
  const kept = certificate.encodedExtensions
    .filter(({ oid }) => oid !== oids.sctList)
    .map(({ encoded }) => encoded);
  const extensions = wrap(explicit(3), [wrap(tags.sequence, kept)]);
  const tbs = wrap(tags.sequence, [...certificate.tbsHead, extensions]);
  const head = Buffer.alloc(12);
  head.writeBigUInt64BE(BigInt(sct.timestamp), 2);
  head.writeUInt16BE(1, 10);
  const tbsLength = Buffer.alloc(3);
  tbsLength.writeUIntBE(tbs.length, 0, 3);
  const extensionsLength = Buffer.alloc(2);
  extensionsLength.writeUInt16BE(sct.extensions.length);
  return Buffer.concat([
    head,
    digest('sha256', issuer.publicKey.spki),
    tbsLength,
    tbs,
    extensionsLength,
    sct.extensions,
  ]);
}

function readSct(reader: TlsReader): SignedCertificateTimestamp {
  if (reader.uint(1) !== 0) invalid('a version other than v1');
  const logId = reader.bytes(32);
  const timestamp = reader.uint(6 + 2);
  const extensions = reader.vector();
  const hash = reader.uint(1);
  const kind = reader.uint(1);
  const signature = reader.vector();
  reader.end();
  if (hash !== 4 || (kind !== 3 && kind !== 1)) invalid('a signature other than ECDSA or RSA with SHA-256');
  return { logId, timestamp, extensions, kind: kind === 3 ? 'ecdsa' : 'rsa', signature };
}

function octets(value: Uint8Array): Uint8Array {
  try {
    return readDer(value, tags.octetString).contents;
  } catch (error) {
    if (!(error instanceof EdgesealError)) throw error;
    return invalid('an extension that is not an OCTET STRING');
  }
}

function wrap(tag: number, parts: readonly Uint8Array[]): Uint8Array {
  const contents = Buffer.concat(parts);
  const { length } = contents;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), contents]);
  const octetCount = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
  const head = Buffer.alloc(2 + octetCount);
  head[0] = tag;
  head[1] = 0x80 | octetCount;
  head.writeUIntBE(length, 2, octetCount);
  return Buffer.concat([head, contents]);
}

/** Reads the TLS presentation language (RFC 8446 section 3). */
class TlsReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  bytes(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) invalid('a truncated list');
    const out = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return out;
  }

  uint(length: number): number {
    let value = 0;
    for (const octet of this.bytes(length)) value = value * 256 + octet;
    if (!Number.isSafeInteger(value)) invalid('a number out of range');
    return value;
  }

  /** `opaque<0..2^16-1>` */
  vector(): Uint8Array {
    return this.bytes(this.uint(2));
  }

  end(): void {
    if (!this.done) invalid('trailing octets');
  }
}

function invalid(found: string): never {
  return refuse('SCT_INVALID', 'a signed certificate timestamp is malformed', {
    expected: 'RFC 6962 section 3',
    found,
  });
}
