import type { FulcioExtensions } from '#core/x509/fulcio-extensions';

/** When the signature is known to have existed, and who says so. */
export interface ProvenTime {
  readonly source: 'log' | 'timestamp-authority';
  /** RFC 3339 with `Z`. */
  readonly time: string;
  /** The log's or authority's name (`https://rekor.sigstore.dev`). */
  readonly authority: string;
}

/** A transparency log entry whose inclusion was proved. */
export interface ProvenLogEntry {
  /** Base URL of the log in the trusted root. */
  readonly log: string;
  /** Lower-case hex of the log's key id. */
  readonly logId: string;
  /** Index within the log. Decimal, for it may exceed 2^53. */
  readonly index: string;
  /** Kind and version of the entry, as `dsse/0.0.1`. */
  readonly kind: string;
  /** RFC 3339; only where the log promised it by a signed entry timestamp. */
  readonly integratedTime: string | undefined;
  /** How inclusion is known: a Merkle proof to a signed checkpoint, or only the log's signed promise. */
  readonly inclusion: 'proof' | 'promise';
}

/** Who signed the evidence: the outcome of authentication, all of it proved. */
export interface Signer {
  readonly kind: 'certificate' | 'key';
  /** SHA-256 of the DER SubjectPublicKeyInfo, lower-case hex. */
  readonly keyDigest: string;
  /** For a plain key: the name under which the caller trusts it (its hint or file). */
  readonly keyName: string | undefined;
  /** The one subject alternative name of the certificate. */
  readonly identity: string | undefined;
  readonly identityType: 'uri' | 'email' | 'other-name' | undefined;
  /** The OIDC issuer (1.3.6.1.4.1.57264.1.8, else .1.1). */
  readonly issuer: string | undefined;
  /** Fulcio's extensions; empty for a plain key. */
  readonly extensions: FulcioExtensions;
  /** SHA-256 of the DER certificate, lower-case hex. */
  readonly certificateDigest: string | undefined;
  /** Never empty for a certificate. */
  readonly times: readonly ProvenTime[];
  readonly logEntries: readonly ProvenLogEntry[];
}
