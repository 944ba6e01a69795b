import { digest } from '#core/bytes/digest';
import { toHex } from '#core/bytes/hex';
import type { PublicKey } from '#core/crypto/public-key';
import {
  verifyDigestSignature,
  verifyPayload,
  verifySignature,
  type VerifyEcdsaDigest,
} from '#core/crypto/signature';
import type { EnvelopeSignature } from '#core/dsse/envelope';
import { preAuthEncoding } from '#core/dsse/pae';
import { EdgesealError, refuse } from '#core/errors/error';
import type { Trust, TrustedKey } from '#core/trust/trust';
import type { Artifact } from '#core/verify/artifact';
import {
  checkCertificateTimes,
  parseSigningCertificate,
  type SigningCertificate,
} from './certificate-identity.ts';
import type { Evidence, EvidenceContent } from './evidence.ts';
import { proveTimes, type Proven, type SignatureToProve } from './prove-times.ts';
import type { Signer } from './signer.ts';

/** What authentication proved of one bundle or envelope. */
export interface Authenticated {
  /** Each proved; at least one; each key once. */
  readonly signers: readonly Signer[];
  readonly content:
    | { readonly kind: 'dsse'; readonly payloadType: string; readonly payload: Uint8Array }
    | { readonly kind: 'message' };
}

/**
 * Proves who signed the evidence, and when: the signature by the key; the key by a certificate of a trusted
 * authority with its SCTs, or by the caller's own trust; the time by transparency logs and timestamp
 * authorities. Everything that the evidence carries is checked, needed or not.
 * @param ecdsaDigest needed only for a message signature over an artifact known by digest alone
 * @throws the reason for which the evidence is refused
 * @see https://docs.sigstore.dev/about/bundle/ and the Sigstore client specification, section 4
 */
export function authenticate(
  evidence: Evidence,
  artifact: Artifact,
  trust: Trust,
  ecdsaDigest?: VerifyEcdsaDigest,
): Authenticated {
  const { content, material } = evidence;
  const subject = signedContent(evidence, artifact, ecdsaDigest);
  if (material.kind !== 'envelope') {
    const signature = content.kind === 'message' ? content.signature : firstSignature(content).sig;
    const signer =
      material.kind === 'certificates'
        ? byCertificate(evidence, material.chain, signature, subject, trust)
        : byKey(evidence, material.hint, signature, subject, trust);
    return { signers: [signer], content: subject.outcome };
  }
  return { signers: envelopeSigners(evidence, content, subject, trust), content: subject.outcome };
}

/** What was signed, in the forms that its checks need. */
interface SignedContent {
  readonly outcome: Authenticated['content'];
  readonly logged: SignatureToProve['content'];
  readonly isSignedBy: (key: PublicKey, signature: Uint8Array) => boolean;
}

function signedContent(
  { content, envelopeDigest }: Evidence,
  artifact: Artifact,
  ecdsaDigest: VerifyEcdsaDigest | undefined,
): SignedContent {
  if (content.kind === 'dsse') {
    const { envelope } = content;
    const encoded = preAuthEncoding(envelope.payloadType, envelope.payload);
    return {
      outcome: { kind: 'dsse', payloadType: envelope.payloadType, payload: envelope.payload },
      logged: { kind: 'dsse', envelope, encoded, envelopeDigest },
      isSignedBy: (key, signature) => verifyPayload(key, encoded, signature),
    };
  }
  const algorithm = content.digestAlgorithm;
  const known =
    artifact.digests[algorithm] ?? (artifact.content && toHex(digest(algorithm, artifact.content)));
  const wanted = toHex(content.digest);
  if (known !== wanted) {
    refuse('ARTIFACT_DIGEST_MISMATCH', 'the signature is over another artifact', {
      path: 'messageSignature.messageDigest',
      expected: known === undefined ? `the artifact's ${algorithm}` : `${algorithm}:${known}`,
      found: `${algorithm}:${wanted}`,
    });
  }
  const { content: bytes } = artifact;
  return {
    outcome: { kind: 'message' },
    logged: { kind: 'message', algorithm, digest: content.digest },
    isSignedBy: (key, signature) =>
      bytes === undefined
        ? verifyDigestSignature(key, algorithm, content.digest, signature, ecdsaDigest)
        : verifySignature(key, algorithm, bytes, signature),
  };
}

function byCertificate(
  evidence: Evidence,
  chain: readonly Uint8Array[],
  signature: Uint8Array,
  subject: SignedContent,
  trust: Trust,
): Signer {
  const { root } = trust;
  if (root === undefined) {
    return refuse('CERTIFICATE_UNTRUSTED', 'no trusted root was given to check a certificate against', {
      expected: 'a trusted root',
      hint: 'give one by --trusted-root, or the key that must have signed by --key',
    });
  }
  // First, for it is the one fault that whoever has the evidence can mend.
  if (evidence.logEntries.length === 0 && (root.logs.length > 0 || evidence.timestamps.length === 0))
    logEntryMissing(evidence);
  const signing = parseSigningCertificate(chain, root);
  checkSignature(signing.leaf.publicKey, signature, subject);
  const proven = proveTimes(
    evidence,
    { content: subject.logged, signature, verifier: signing.leaf.der, verifierKind: 'certificate' },
    root,
  );
  if (proven.times.length === 0) timeUnproven();
  checkCertificateTimes(signing, proven.times);
  return certificateSigner(signing, proven);
}

function certificateSigner(
  { leaf, name, extensions, fingerprint }: SigningCertificate,
  proven: Proven,
): Signer {
  return {
    kind: 'certificate',
    keyDigest: leaf.publicKey.digest,
    keyName: undefined,
    identity: name.value,
    identityType: name.type,
    issuer: extensions.issuer,
    extensions,
    certificateDigest: fingerprint,
    times: proven.times.map(({ source, time, authority }) => ({
      source,
      time: new Date(time).toISOString(),
      authority,
    })),
    logEntries: proven.logEntries,
  };
}

function byKey(
  evidence: Evidence,
  hint: string,
  signature: Uint8Array,
  subject: SignedContent,
  trust: Trust,
): Signer {
  const candidates = trust.keys.filter(
    (key) => hint === '' || key.hints.length === 0 || key.hints.includes(hint) || key.key.digest === hint,
  );
  if (candidates.length === 0) {
    return refuse('KEY_UNKNOWN', 'the evidence is signed by a key that the caller does not trust', {
      expected: trust.keys.length === 0 ? 'a trusted key' : trust.keys.map((key) => key.name).join(', '),
      found: `key hint ${JSON.stringify(hint.slice(0, 100))}`,
      hint: 'give the public key of the signer by --key',
    });
  }
  const trusted = candidates.find((key) => subject.isSignedBy(key.key, signature));
  if (trusted === undefined) return signatureInvalid(candidates.map((key) => key.name).join(', '));
  const { key } = trusted;
  const proven = proveTimes(
    evidence,
    { content: subject.logged, signature, verifier: key.spki, verifierKind: 'key' },
    trust.root,
  );
  if (trusted.transparencyLog === 'required' && evidence.logEntries.length === 0) logEntryMissing(evidence);
  checkKeyTimes(trusted, proven);
  return {
    kind: 'key',
    keyDigest: key.digest,
    keyName: trusted.name,
    identity: undefined,
    identityType: undefined,
    issuer: undefined,
    extensions: {},
    certificateDigest: undefined,
    times: proven.times.map(({ source, time, authority }) => ({
      source,
      time: new Date(time).toISOString(),
      authority,
    })),
    logEntries: proven.logEntries,
  };
}

/** A raw envelope: any one signature that proves its signer is enough; the others are not believed. */
function envelopeSigners(
  evidence: Evidence,
  content: EvidenceContent,
  subject: SignedContent,
  trust: Trust,
): readonly Signer[] {
  if (content.kind !== 'dsse')
    return refuse('EVIDENCE_UNRECOGNISED', 'only an envelope may carry its own signers');
  const signers = new Map<string, Signer>();
  let first: EdgesealError | undefined;
  for (const signature of content.envelope.signatures) {
    try {
      const signer = envelopeSigner(evidence, signature, subject, trust);
      signers.set(signer.keyDigest, signer);
    } catch (error) {
      if (!(error instanceof EdgesealError)) throw error;
      first ??= error;
    }
  }
  if (signers.size === 0)
    throw first ?? new EdgesealError('SIGNATURE_MISSING', 'an envelope has no signature');
  return [...signers.values()];
}

function envelopeSigner(
  evidence: Evidence,
  signature: EnvelopeSignature,
  subject: SignedContent,
  trust: Trust,
): Signer {
  if (signature.certificate !== undefined) {
    return byCertificate(evidence, [signature.certificate], signature.sig, subject, trust);
  }
  if (signature.keyid === undefined && trust.keys.length === 0) return logEntryMissing(evidence);
  return byKey(evidence, signature.keyid ?? '', signature.sig, subject, trust);
}

function checkSignature(key: PublicKey, signature: Uint8Array, subject: SignedContent): void {
  if (!subject.isSignedBy(key, signature)) signatureInvalid('the certificate in the evidence');
}

function checkKeyTimes(trusted: TrustedKey, proven: Proven): void {
  if (trusted.notBefore === undefined && trusted.notAfter === undefined) return;
  if (proven.times.length === 0) timeUnproven();
  const from = trusted.notBefore === undefined ? Number.NEGATIVE_INFINITY : Date.parse(trusted.notBefore);
  const to = trusted.notAfter === undefined ? Number.POSITIVE_INFINITY : Date.parse(trusted.notAfter);
  for (const { time } of proven.times) {
    if (from <= time && time <= to) continue;
    refuse('KEY_EXPIRED', 'the signature was made while its key was not valid', {
      expected: `${trusted.notBefore ?? 'any time'} to ${trusted.notAfter ?? 'any time'}`,
      found: new Date(time).toISOString(),
    });
  }
}

function firstSignature(content: Extract<EvidenceContent, { kind: 'dsse' }>): EnvelopeSignature {
  return content.envelope.signatures[0] ?? refuse('SIGNATURE_MISSING', 'an envelope has no signature');
}

function signatureInvalid(signer: string): never {
  return refuse('SIGNATURE_INVALID', 'the signature does not verify', {
    expected: `a signature by ${signer}`,
    found: 'a signature by another key, or over other content',
  });
}

function logEntryMissing(evidence: Evidence): never {
  return refuse('LOG_ENTRY_MISSING', 'no transparency log entry proves when this was signed', {
    expected: 'an inclusion proof or a signed entry timestamp from a trusted log',
    found: evidence.format === 'envelope' ? 'a bare DSSE envelope' : 'a bundle without log entries',
    hint: 'let the log be searched by --rekor-url, or once for all: edgeseal evidence import --rekor-url https://rekor.sigstore.dev FILE writes a bundle that verifies offline',
  });
}

function timeUnproven(): never {
  return refuse('TIME_UNPROVEN', 'nothing proves when this was signed', {
    expected: "a log's signed entry timestamp, or a signed timestamp (RFC 3161)",
    found: 'neither',
  });
}
