import type { VerifyEcdsaDigest } from '#core/crypto/signature';
import { reasonOf, refuse } from '#core/errors/error';
import type { Reason } from '#core/errors/reason';
import { isStatementPayloadType, matchSubject, parseStatement } from '#core/in-toto-attestation/index';
import type { Statement, Subject } from '#core/in-toto-attestation/types';
import { authenticate } from '#core/sigstore/authenticate';
import type { EvidenceItem } from '#core/sigstore/evidence';
import type { Signer } from '#core/sigstore/signer';
import { extractFacts } from '#core/slsa/extract-facts';
import type { Facts } from '#core/slsa/facts';
import type { Trust } from '#core/trust/trust';
import type { Artifact } from './artifact.ts';

/** What one piece of evidence came to before any policy looks at it. */
export interface Examined {
  readonly digest: string;
  readonly source: string;
  /** Proved signers; empty when authentication failed. */
  signers: readonly Signer[];
  /** The bytes that were signed; undefined for a signature over the artifact itself. */
  payload: Uint8Array | undefined;
  statement: Statement | undefined;
  /** The subject that is the artifact. */
  subject: Subject | undefined;
  /** What the statement says as each signer answers for it; as many as signers. */
  readings: readonly Reading[];
  /** Why the evidence is worth nothing, whoever signed it. */
  failure: Reason | undefined;
}

/** A statement as one signer answers for it, or why this signer's certificate does not bear it out. */
export type Reading =
  { readonly signer: Signer; readonly facts: Facts } | { readonly signer: Signer; readonly failure: Reason };

/** Authenticates one piece of evidence, binds it to the artifact and reads it. Never throws. */
export function examine(
  item: EvidenceItem,
  artifact: Artifact,
  trust: Trust,
  ecdsaDigest?: VerifyEcdsaDigest,
): Examined {
  const { digest, source } = item.kind === 'evidence' ? item.evidence : item;
  const examined: Examined = {
    digest,
    source,
    signers: [],
    payload: undefined,
    statement: undefined,
    subject: undefined,
    readings: [],
    failure: undefined,
  };
  try {
    if (item.kind === 'refused') examined.failure = item.reason;
    else fill(examined, item, artifact, trust, ecdsaDigest);
  } catch (error) {
    examined.failure = reasonOf(error);
  }
  return examined;
}

function fill(
  examined: Examined,
  { evidence }: EvidenceItem & { readonly kind: 'evidence' },
  artifact: Artifact,
  trust: Trust,
  ecdsaDigest: VerifyEcdsaDigest | undefined,
): void {
  // Sigstore client specification, "Verification": signature, certificate, log, time.
  const { signers, content } = authenticate(evidence, artifact, trust, ecdsaDigest);
  examined.signers = signers;
  if (content.kind === 'message') return;
  examined.payload = content.payload;
  // in-toto attestation framework, "Validation Model": the payload's type, the statement, its subject.
  if (!isStatementPayloadType(content.payloadType)) {
    refuse('PAYLOAD_TYPE_UNSUPPORTED', 'the envelope does not carry an in-toto statement', {
      path: 'payloadType',
      expected: 'application/vnd.in-toto+json',
      found: JSON.stringify(content.payloadType.slice(0, 200)),
    });
  }
  const statement = parseStatement(content.payload, examined.source);
  examined.statement = statement;
  examined.subject = matchSubject(statement, artifact.digests).subject;
  // SLSA v1.2, "Verifying artifacts" step 1: what is said, and by whom it is borne out.
  examined.readings = signers.map((signer) => read(statement, signer));
}

function read(statement: Statement, signer: Signer): Reading {
  try {
    return { signer, facts: extractFacts(statement, signer) };
  } catch (error) {
    return { signer, failure: reasonOf(error) };
  }
}
