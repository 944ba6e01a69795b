import { equalBytes, sha256Hex } from '#core/bytes/digest';
import { toHex } from '#core/bytes/hex';
import { verifySignature } from '#core/crypto/signature';
import { EdgesealError, refuse } from '#core/errors/error';
import { within, type CertificateAuthority } from '#core/trust/authorities';
import type { TrustedRoot } from '#core/trust/trusted-root';
import { parseCertificate, type Certificate } from '#core/x509/certificate';
import {
  basicConstraints,
  extendedKeyUsage,
  keyUsage,
  oids,
  refuseUnknownCritical,
  subjectAlternativeName,
  type SubjectAlternativeName,
} from '#core/x509/extensions';
import { fulcioExtensions } from '#core/x509/fulcio';
import type { FulcioExtensions } from '#core/x509/fulcio-extensions';
import { isIssuedBy, isValidAt } from '#core/x509/path';
import { embeddedScts, sctSignedData } from '#core/x509/sct';

/** A signing certificate that a trusted authority issued and its certificate transparency logs saw. */
export interface SigningCertificate {
  readonly leaf: Certificate;
  /** SHA-256 of its DER, lower-case hex. */
  readonly fingerprint: string;
  readonly name: SubjectAlternativeName;
  readonly extensions: FulcioExtensions;
  readonly authority: CertificateAuthority;
}

/**
 * Reads a signing certificate and proves that a trusted authority issued it. Certificates after the leaf must
 * be the authority's own, as the trusted root lists them.
 * @throws CERTIFICATE_*, SCT_*, KEY_INVALID, KEY_UNSUPPORTED, TRUST_ROOT_INVALID
 */
export function parseSigningCertificate(chain: readonly Uint8Array[], root: TrustedRoot): SigningCertificate {
  const [der, ...rest] = chain;
  if (der === undefined) return refuse('CERTIFICATE_CHAIN_INVALID', 'a certificate chain is empty');
  const leaf = parseCertificate(der);
  checkUsage(leaf);
  const name = subjectAlternativeName(leaf);
  const extensions = fulcioExtensions(leaf);
  const authority = findAuthority(leaf, root);
  checkRest(rest, authority);
  checkScts(leaf, authority, root);
  return { leaf, fingerprint: sha256Hex(der), name, extensions, authority };
}

/**
 * Checks that leaf, chain and authority were valid at every proven time.
 * @throws CERTIFICATE_OUTSIDE_VALIDITY
 */
export function checkCertificateTimes(
  signing: SigningCertificate,
  times: readonly { readonly time: number }[],
): void {
  const { leaf, authority } = signing;
  for (const { time } of times) {
    if (!isValidAt(leaf, time)) outside('the signing certificate', leaf.notBefore, leaf.notAfter, time);
    if (!within(authority.validity, time))
      outside('the trusted authority', authority.validity.from, authority.validity.to, time);
    for (const link of authority.chain) {
      if (!isValidAt(link, time)) outside("the authority's certificate", link.notBefore, link.notAfter, time);
    }
  }
  // The authority must be trusted for the whole of the leaf's life: it says when the certificate was issued.
  if (!within(authority.validity, leaf.notBefore)) {
    outside('the trusted authority', authority.validity.from, authority.validity.to, leaf.notBefore);
  }
}

/** A leaf for code signing and for nothing else (RFC 5280 section 4.2.1.12, Fulcio's certificate profile). */
function checkUsage(leaf: Certificate): void {
  refuseUnknownCritical(leaf);
  if (basicConstraints(leaf).ca) {
    refuse('CERTIFICATE_IS_CA', 'a signing certificate is a CA certificate', {
      expected: 'a leaf certificate',
    });
  }
  const purposes = extendedKeyUsage(leaf);
  if (purposes.length !== 1 || purposes[0] !== oids.codeSigning) {
    refuse('CERTIFICATE_USAGE_INVALID', 'a signing certificate is not for code signing', {
      expected: `extended key usage ${oids.codeSigning} (codeSigning)`,
      found: purposes.length === 0 ? 'no extended key usage' : purposes.slice(0, 5).join(', '),
    });
  }
  const usage = keyUsage(leaf);
  if (usage?.digitalSignature !== true || usage.keyCertSign) {
    refuse('CERTIFICATE_USAGE_INVALID', 'a signing certificate may not sign', {
      expected: 'key usage digitalSignature',
    });
  }
}

function findAuthority(leaf: Certificate, root: TrustedRoot): CertificateAuthority {
  let named: CertificateAuthority | undefined;
  let unusable: EdgesealError | undefined;
  for (const authority of root.certificateAuthorities) {
    let issuer: Certificate | undefined;
    try {
      const [first] = authority.certificates;
      if (first === undefined || !equalBytes(first.subject, leaf.issuer)) continue;
      [issuer] = authority.chain;
    } catch (error) {
      // Another authority may still have issued the leaf; if none has, this one is why.
      if (!(error instanceof EdgesealError)) throw error;
      unusable ??= error;
    }
    if (issuer === undefined || !basicConstraints(issuer).ca) continue;
    // Two authorities may share a name and a key over time; the one in force when the leaf was made counts.
    if (isIssuedBy(leaf, issuer)) {
      if (within(authority.validity, leaf.notBefore)) return authority;
      named = authority;
    }
  }
  if (named !== undefined) return named;
  if (unusable !== undefined) throw unusable;
  return refuse('CERTIFICATE_UNTRUSTED', 'a signing certificate is from no trusted authority', {
    expected:
      root.certificateAuthorities.map((authority) => authority.uri).join(', ') ||
      'a trusted root with an authority',
    found: 'an issuer that the trusted root does not know',
    hint: 'give the trusted root of the Sigstore instance that made the evidence (--trusted-root)',
  });
}

/** What a bundle brings along never makes itself trusted. Early bundles repeat the root, which says nothing new. */
function checkRest(rest: readonly Uint8Array[], authority: CertificateAuthority): void {
  for (const [index, der] of rest.entries()) {
    const own = authority.chain[index];
    if (own === undefined || !equalBytes(own.der, der)) {
      refuse('CERTIFICATE_CHAIN_INVALID', 'a bundle brings a certificate authority of its own', {
        path: `verificationMaterial.x509CertificateChain.certificates[${index + 1}]`,
        expected: 'the signing certificate alone, or followed by the chain of its trusted authority',
        found: `a certificate with SHA-256 ${sha256Hex(der)}`,
      });
    }
  }
}

/** Every SCT must verify, at least one; a root without certificate transparency logs asks for none. */
function checkScts(leaf: Certificate, authority: CertificateAuthority, root: TrustedRoot): void {
  if (root.ctLogs.length === 0 && !leaf.extensions.has(oids.sctList)) return;
  const [issuer] = authority.chain;
  if (issuer === undefined) return;
  for (const sct of embeddedScts(leaf)) {
    const id = toHex(sct.logId);
    const log = root.ctLogs.find(
      (candidate) => candidate.id === id && within(candidate.validity, sct.timestamp),
    );
    if (log === undefined) {
      return refuse('SCT_UNTRUSTED', 'a signed certificate timestamp is from no trusted log', {
        expected: root.ctLogs.map((known) => known.baseUrl).join(', ') || 'a trusted root that lists the log',
        found: `log ${id} at ${sct.timestamp} ms since 1970`,
      });
    }
    const kind = log.key.algorithm === 'rsa' ? 'rsa' : 'ecdsa';
    if (
      kind !== sct.kind ||
      !verifySignature(log.key, 'sha256', sctSignedData(sct, leaf, issuer), sct.signature)
    ) {
      refuse('SCT_INVALID', 'a signed certificate timestamp does not verify', {
        expected: `a signature by ${log.baseUrl}`,
      });
    }
  }
}

function outside(what: string, from: number, to: number, time: number): never {
  return refuse('CERTIFICATE_OUTSIDE_VALIDITY', `the signature was made while ${what} was not valid`, {
    expected: `${iso(from)} to ${iso(to)}`,
    found: iso(time),
  });
}

function iso(time: number): string {
  return Number.isFinite(time) ? new Date(time).toISOString() : 'any time';
}
