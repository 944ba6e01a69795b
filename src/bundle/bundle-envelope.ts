import type { Envelope, EnvelopeSignature } from '#core/dsse/envelope';
import { EdgesealError, refuse } from '#core/errors/error';
import { canonicalize } from '#core/json/canonical';
import type { JsonObject } from '#core/json/value';
import { authenticate } from '#core/sigstore/authenticate';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import type { Trust } from '#core/trust/trust';
import { verifierOfEntry } from './rekor-entry.ts';
import { writeBundle, type BundleParts } from './write-bundle.ts';

export interface EnvelopeToBundle {
  readonly envelope: Envelope;
  /** The envelope's name, for reasons. */
  readonly name: string;
  /** How its evidence names a plain key, where it does. */
  readonly keyHint?: string | undefined;
  /** Log entries that may prove it, likeliest first; those of one list go into one bundle. */
  readonly candidates: readonly (readonly JsonObject[])[];
  /** RFC 3161 TimeStampResp over the signature, DER. */
  readonly timestamps: readonly Uint8Array[];
  /** What the bundle must verify by. */
  readonly trust: Trust;
}

/**
 * Sigstore bundles of an envelope without log entry, one for each signature that a candidate proves, each as a line of JSON
 * without its line feed. Signature, certificate, log entry and time of each have been checked.
 * @throws the reason why none of the signatures has a bundle
 */
export function bundleEnvelope(task: EnvelopeToBundle): readonly string[] {
  const lines: string[] = [];
  let first: EdgesealError | undefined;
  for (const signature of task.envelope.signatures) {
    try {
      lines.push(bundleSignature(task, signature));
    } catch (error) {
      if (!(error instanceof EdgesealError)) throw error;
      first ??= error;
    }
  }
  if (lines.length === 0 && first !== undefined) throw first;
  return lines;
}

/** With the first candidate that proves it. An entry about something else is a reason only if no other is there. */
function bundleSignature(task: EnvelopeToBundle, signature: EnvelopeSignature): string {
  let reason: EdgesealError | undefined;
  for (const logEntries of task.candidates) {
    try {
      return proved(task, signature, logEntries);
    } catch (error) {
      if (!(error instanceof EdgesealError)) throw error;
      if (reason === undefined || reason.code === 'LOG_ENTRY_MISMATCH') reason = error;
    }
  }
  if (reason !== undefined) throw reason;
  return refuse('LOG_ENTRY_MISSING', `the log has no entry of ${task.name}`, {
    expected: 'an entry with the digest of its payload',
    found: 'none',
    hint: 'ask the publisher for the entry or for a Sigstore bundle; the log may be another one',
  });
}

function proved(
  { envelope, name, keyHint, timestamps, trust }: EnvelopeToBundle,
  signature: EnvelopeSignature,
  logEntries: readonly JsonObject[],
): string {
  const signer = signerOf(signature, keyHint, logEntries, trust);
  const line = canonicalize(writeBundle({ envelope, signature, signer, logEntries, timestamps }));
  for (const item of parseEvidence(Buffer.from(line), name)) {
    if (item.kind === 'refused') return refuse(item.reason.code, item.reason.message, item.reason);
    try {
      authenticate(item.evidence, NOTHING, trust);
    } catch (error) {
      if (!isOfAnother(error, signature, signer)) throw error;
      refuse('LOG_ENTRY_MISMATCH', 'a log entry is about something else: its signer did not sign this', {
        expected: 'the certificate of the signer',
        found: 'a certificate whose key did not make the signature',
        cause: error,
      });
    }
  }
  return line;
}

/** Whether the certificate, which only the entry names, is not the signer's. */
function isOfAnother(
  error: unknown,
  { certificate }: EnvelopeSignature,
  signer: BundleParts['signer'],
): boolean {
  const isLogged = certificate === undefined && 'certificate' in signer;
  return isLogged && error instanceof EdgesealError && error.code === 'SIGNATURE_INVALID';
}

/** An envelope is about no artifact before its statement is read. */
const NOTHING = { name: 'nothing', kind: 'digest', digests: {} } as const;

/** The signer is who the evidence names, else the certificate in the log entry, else a key that is trusted. */
function signerOf(
  { certificate, keyid }: EnvelopeSignature,
  keyHint: string | undefined,
  [entry]: readonly JsonObject[],
  { keys: [key] }: Trust,
): BundleParts['signer'] {
  if (certificate !== undefined) return { certificate };
  if (keyHint !== undefined) return { keyHint };
  const logged = entry === undefined ? undefined : verifierOfEntry(entry);
  if (logged?.label === 'CERTIFICATE') return { certificate: logged.der };
  if (key !== undefined) return { keyHint: keyid ?? key.key.digest };
  return refuse('KEY_UNKNOWN', 'neither the envelope nor the log entry has the certificate that signed', {
    expected: 'a certificate',
    hint: 'give the public key of the signer by --key',
  });
}
