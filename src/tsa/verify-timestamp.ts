import { hash } from 'node:crypto';
import { digest, equalBytes } from '#core/bytes/digest';
import { verifySignature } from '#core/crypto/signature';
import { EdgesealError, refuse } from '#core/errors/error';
import { parseCertificate, type Certificate } from '#core/x509/certificate';
import {
  basicConstraints,
  extendedKeyUsage,
  keyUsage,
  oids,
  refuseUnknownCritical,
} from '#core/x509/extensions';
import { isIssuedBy, isValidAt, KEY_KIND } from '#core/x509/path';
import { parseTimestamp, type Timestamp } from './timestamp.ts';

/** A timestamp authority as a trusted root names it. */
export interface TimestampAuthority {
  readonly uri: string;
  /**
   * The signing certificate first, where the root lists it, then its issuers; all trusted.
   * @throws TRUST_ROOT_INVALID where the root holds an unusable one
   */
  readonly chain: readonly Certificate[];
  /** Milliseconds; both ends are inside. */
  readonly validFrom: number;
  readonly validTo: number;
}

/**
 * Verifies a signed timestamp over the signature (RFC 3161 section 2.4.2, RFC 5652 section 5.6) against the
 * trusted authorities, at its own time.
 * @returns the time in milliseconds and the authority
 * @throws TIMESTAMP_INVALID, TIMESTAMP_MISMATCH, TIMESTAMP_UNTRUSTED, TIMESTAMP_OUTSIDE_VALIDITY
 */
export function verifyTimestamp(
  response: Uint8Array,
  signature: Uint8Array,
  authorities: readonly TimestampAuthority[],
  path: string,
): { readonly time: number; readonly authority: TimestampAuthority } {
  const timestamp = parseTimestamp(response, path);
  if (!equalBytes(timestamp.imprint.digest, digest(timestamp.imprint.algorithm, signature))) {
    refuse('TIMESTAMP_MISMATCH', 'a signed timestamp is about another signature', {
      path,
      expected: "an imprint of this evidence's signature",
      found: Buffer.from(timestamp.imprint.digest).toString('hex'),
    });
  }
  let outside: TimestampAuthority | undefined;
  let unusable: EdgesealError | undefined;
  for (const authority of authorities) {
    let signer: Certificate | undefined;
    try {
      signer = findSigner(timestamp, authority);
    } catch (error) {
      // Another authority may still have signed; if none has, this one is why.
      if (!(error instanceof EdgesealError)) throw error;
      unusable ??= error;
    }
    if (signer === undefined || !isSignedBy(timestamp, signer)) continue;
    const chain = authority.chain.includes(signer) ? authority.chain : [signer, ...authority.chain];
    const { time } = timestamp;
    if (
      authority.validFrom <= time &&
      time <= authority.validTo &&
      chain.every((link) => isValidAt(link, time))
    ) {
      return { time, authority };
    }
    outside = authority;
  }
  const found = new Date(timestamp.time).toISOString();
  if (outside !== undefined) {
    refuse('TIMESTAMP_OUTSIDE_VALIDITY', 'a signed timestamp was made while its authority was not valid', {
      path,
      expected: `a time within the validity of ${outside.uri}`,
      found,
    });
  }
  if (unusable !== undefined) throw unusable;
  return refuse('TIMESTAMP_UNTRUSTED', 'a signed timestamp is from no trusted timestamp authority', {
    path,
    expected:
      authorities.length === 0
        ? 'a trusted root that lists a timestamp authority'
        : authorities.map((a) => a.uri).join(', '),
    found,
    hint: 'give the trusted root of the Sigstore instance that made the evidence (--trusted-root)',
  });
}

/** The authority's certificate that the token names, if the root lists it or its issuer vouches for it. */
function findSigner(timestamp: Timestamp, authority: TimestampAuthority): Certificate | undefined {
  const [first] = authority.chain;
  if (first === undefined) return undefined;
  if (!basicConstraints(first).ca) return isNamed(timestamp, first) && maySign(first) ? first : undefined;
  for (const der of timestamp.certificates) {
    const certificate = parseCertificate(der);
    if (isNamed(timestamp, certificate) && isIssuedBy(certificate, first)) {
      return maySign(certificate) ? certificate : undefined;
    }
  }
  return undefined;
}

function isNamed({ signer }: Timestamp, certificate: Certificate): boolean {
  if (!equalBytes(signer.issuer, certificate.issuer) || !equalBytes(signer.serial, certificate.serial))
    return false;
  const named = signer.certificateDigest;
  return equalBytes(named.digest, hash(named.algorithm, certificate.der, 'buffer'));
}

/** RFC 3161 section 2.3: only for time stamping, and marked critical so. */
function maySign(certificate: Certificate): boolean {
  refuseUnknownCritical(certificate);
  const purposes = extendedKeyUsage(certificate);
  const critical = certificate.extensions.get(oids.extendedKeyUsage)?.critical === true;
  const usage = keyUsage(certificate);
  return (
    critical &&
    purposes.length === 1 &&
    purposes[0] === oids.timeStamping &&
    (usage === undefined || usage.digitalSignature)
  );
}

function isSignedBy({ signer, info }: Timestamp, certificate: Certificate): boolean {
  return (
    equalBytes(signer.messageDigest, digest(signer.digestAlgorithm, info)) &&
    KEY_KIND[certificate.publicKey.algorithm] === signer.signatureKind &&
    verifySignature(certificate.publicKey, signer.signatureHash, signer.signedAttributes, signer.signature)
  );
}
