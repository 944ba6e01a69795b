import { randomBytes } from 'node:crypto';
import type { Authority } from './authority.ts';
import { identityOf, type Claims } from './claims.ts';
import { claimExtensions } from './fulcio-extensions.ts';
import { leafExtensions } from './leaf.ts';
import { serialFrom, type CertificateRequest } from './x509.ts';

/** Milliseconds that a certificate is good for. */
const LIFETIME = 600_000;

/** A signing certificate as Fulcio writes it for a token of GitHub's, without SCTs. @param spki of who signs */
export function leafRequest(
  authority: Authority,
  claims: Claims,
  spki: Uint8Array,
  now: Date,
): CertificateRequest {
  return {
    subject: {},
    subjectSpki: spki,
    issuer: authority.name,
    issuerKey: authority.key,
    notBefore: now,
    notAfter: new Date(now.getTime() + LIFETIME),
    serial: serialFrom(randomBytes(20)),
    extensions: leafExtensions({
      spki,
      issuerSpki: authority.key.spki,
      sans: [{ type: 'uri', value: identityOf(claims) }],
      extensions: claimExtensions(claims),
    }),
  };
}
