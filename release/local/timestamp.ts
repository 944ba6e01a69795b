import type { HashAlgorithm } from '#core/bytes/digest';
import { digest } from '#core/bytes/digest';
import { readDer } from '#core/asn1/der';
import { context, generalizedTime, integer, octetString, oid, sequence, setOf, time } from './der.ts';
import { signatureAlgorithm, type SigningKey } from './signing-key.ts';
import { nameDer, type CertificateRequest } from './x509.ts';

/** Who signs timestamps. */
export interface TimestampSigner {
  readonly key: SigningKey;
  readonly leaf: Pick<CertificateRequest, 'subject' | 'issuer' | 'serial'>;
  /** DER of `leaf`. */
  readonly certificate: Uint8Array;
}

/** TSTInfo (RFC 3161 section 2.4.2). */
export interface TimestampInfo {
  readonly policy: string;
  readonly imprint: { readonly hash: HashAlgorithm; readonly digest: Uint8Array };
  /** Octets of a positive number. */
  readonly serial: Uint8Array;
  readonly time: Date;
  /** DER INTEGER, as the request has it. */
  readonly nonce?: Uint8Array | undefined;
}

const oids = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
} as const;

/** The policy of Sigstore's timestamp authority. */
export const TIMESTAMP_POLICY = '1.3.6.1.4.1.57264.2';

export function timestampInfo(signer: Pick<TimestampSigner, 'leaf'>, info: TimestampInfo): Buffer {
  return sequence(
    integer(1),
    oid(info.policy),
    sequence(hashAlgorithm(info.imprint.hash), octetString(info.imprint.digest)),
    integer(info.serial),
    generalizedTime(info.time),
    ...(info.nonce === undefined ? [] : [info.nonce]),
    context(0, context(4, nameDer(signer.leaf.subject))),
  );
}

/** The signed attributes of CMS (RFC 5652 section 11) that a timestamp has. */
export const attributes = {
  contentType: (): Buffer => sequence(oid(oids.contentType), setOf(oid(oids.tstInfo))),
  signingTime: (at: Date): Buffer => sequence(oid(oids.signingTime), setOf(time(at))),
  messageDigest: (value: Uint8Array): Buffer => sequence(oid(oids.messageDigest), setOf(octetString(value))),
  signingCertificate: ({ leaf, certificate }: TimestampSigner): Buffer => {
    const issuerSerial = sequence(sequence(context(4, nameDer(leaf.issuer))), integer(leaf.serial));
    const essCertificate = sequence(octetString(digest('sha256', certificate)), issuerSerial);
    return sequence(oid(oids.signingCertificateV2), setOf(sequence(sequence(essCertificate))));
  },
};

export interface TokenOptions {
  /** TSTInfo, DER. */
  readonly info: Uint8Array;
  /** Signed attributes, DER each. */
  readonly attributes: readonly Uint8Array[];
  /** Hash of the CMS digest and signature. */
  readonly hash: HashAlgorithm;
  readonly embedCertificate: boolean;
}

/** A timestamp token: CMS SignedData around a TSTInfo. */
export function timestampToken(signer: TimestampSigner, options: TokenOptions): Buffer {
  const { info, hash } = options;
  // What is signed is a SET; the message carries it under a tag [0].
  const signed = setOf(...options.attributes);
  const signerInfo = sequence(
    integer(1),
    sequence(nameDer(signer.leaf.issuer), integer(signer.leaf.serial)),
    hashAlgorithm(hash),
    context(0, readDer(signed).contents),
    signatureAlgorithm(signer.key.type, hash),
    octetString(signer.key.sign(signed, hash)),
  );
  const signedData = sequence(
    integer(3),
    setOf(hashAlgorithm(hash)),
    sequence(oid(oids.tstInfo), context(0, octetString(info))),
    ...(options.embedCertificate ? [context(0, signer.certificate)] : []),
    setOf(signerInfo),
  );
  return sequence(oid(oids.signedData), context(0, signedData));
}

/**
 * TimeStampResp (RFC 3161 section 2.4.2).
 * @param status PKIStatus; 0 is granted, 2 rejection
 */
export function timestampResponse(status: number, token: Uint8Array | undefined): Buffer {
  return sequence(sequence(integer(status)), ...(token === undefined ? [] : [token]));
}

function hashAlgorithm(hash: HashAlgorithm): Buffer {
  return sequence(oid(oids[hash]));
}
