import { equalBytes } from '#core/bytes/digest';
import { verifySignature } from '#core/crypto/signature';
import { refuse } from '#core/errors/error';
import type { Certificate } from './certificate.ts';
import { basicConstraints, isSelfSigned, keyUsage, refuseUnknownCritical } from './extensions.ts';

/** What kind of signature a key makes. */
export const KEY_KIND = {
  'ecdsa-p256': 'ecdsa',
  'ecdsa-p384': 'ecdsa',
  'ecdsa-p521': 'ecdsa',
  ed25519: 'ed25519',
  rsa: 'rsa',
} as const;

/** Whether the issuer's name and key made the certificate (RFC 5280 section 6.1.3 (a)(1) and (4)). */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  return (
    equalBytes(certificate.issuer, issuer.subject) &&
    KEY_KIND[issuer.publicKey.algorithm] === certificate.signatureKind &&
    verifySignature(issuer.publicKey, certificate.signatureHash, certificate.tbs, certificate.signature)
  );
}

/** Whether the time (milliseconds) lies within the certificate's validity; both ends are inside. */
export function isValidAt(certificate: Certificate, time: number): boolean {
  return certificate.notBefore <= time && time <= certificate.notAfter;
}

/**
 * Checks a chain of authorities as a trusted root lists it, the issuing one first: each a CA that may sign
 * certificates, each issued by the next, path lengths kept. The last is trusted as it stands; where it
 * says that it is self-signed, it must be.
 * @throws CERTIFICATE_CHAIN_INVALID, CERTIFICATE_EXTENSION_UNKNOWN_CRITICAL, CERTIFICATE_EXTENSION_INVALID
 */
export function checkAuthorities(chain: readonly Certificate[]): void {
  for (const [index, authority] of chain.entries()) {
    refuseUnknownCritical(authority);
    const { ca, pathLength } = basicConstraints(authority);
    if (!ca) invalid('a CA certificate', 'basicConstraints without cA');
    if (keyUsage(authority)?.keyCertSign !== true) invalid('a key usage of keyCertSign');
    if (pathLength !== undefined && pathLength < index)
      invalid(`a path of at most ${pathLength} authorities below`, String(index));
    const issuer = chain[index + 1] ?? (isSelfSigned(authority) ? authority : undefined);
    if (issuer !== undefined && !isIssuedBy(authority, issuer)) invalid('each authority issued by the next');
  }
}

/**
 * Checks that each certificate names the next as its issuer, and none stands there twice; no signature is checked.
 * @throws CERTIFICATE_CHAIN_INVALID
 */
export function checkNames(chain: readonly Certificate[]): void {
  for (const [index, { issuer, der }] of chain.entries()) {
    const next = chain[index + 1];
    if (next === undefined) continue;
    if (!equalBytes(issuer, next.subject)) invalid('each authority issued by the next');
    if (equalBytes(der, next.der)) invalid('each authority once');
  }
}

function invalid(expected: string, found?: string): never {
  return refuse('CERTIFICATE_CHAIN_INVALID', 'a chain of certificate authorities does not hold', {
    expected,
    found,
  });
}
