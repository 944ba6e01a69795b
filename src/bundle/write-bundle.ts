import { toBase64 } from '#core/bytes/base64';
import { refuse } from '#core/errors/error';
import type { Envelope, EnvelopeSignature } from '#core/dsse/envelope';
import type { JsonObject } from '#core/json/value';
import { isObject, member } from '#core/json/value';

const V03 = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const V01 = 'application/vnd.dev.sigstore.bundle+json;version=0.1';

/** What a bundle for one signature of an envelope is made of. */
export interface BundleParts {
  readonly envelope: Envelope;
  readonly signature: EnvelopeSignature;
  /** DER; or the hint of a plain key. */
  readonly signer: { readonly certificate: Uint8Array } | { readonly keyHint: string };
  /** TransparencyLogEntry in protobuf JSON. */
  readonly logEntries: readonly JsonObject[];
  /** RFC 3161 TimeStampResp over the signature, DER. */
  readonly timestamps: readonly Uint8Array[];
}

/**
 * A Sigstore bundle v0.3 of an envelope and its log entries; v0.1 where an entry has no proof of inclusion with
 * its checkpoint, only the log's promise.
 * @throws LOG_PROOF_MISSING where an entry has neither
 */
export function writeBundle(parts: BundleParts): JsonObject {
  const { envelope, signature, signer, logEntries, timestamps } = parts;
  const isProved = logEntries.every(hasCheckpoint);
  if (!isProved && !logEntries.every((entry) => member(entry, 'inclusionPromise') !== undefined)) {
    refuse('LOG_PROOF_MISSING', 'a log entry proves nothing', {
      expected: 'an inclusion proof with its checkpoint, or a signed entry timestamp',
      found: 'neither',
      hint: 'fetch the entry again from the log, with its "verification"',
    });
  }
  return {
    mediaType: isProved ? V03 : V01,
    verificationMaterial: {
      ...material(signer, isProved),
      tlogEntries: logEntries,
      ...(timestamps.length === 0 ? {} : { timestampVerificationData: timestampData(timestamps) }),
    },
    dsseEnvelope: {
      payload: toBase64(envelope.payload),
      payloadType: envelope.payloadType,
      signatures: [
        {
          sig: toBase64(signature.sig),
          ...(signature.keyid === undefined ? {} : { keyid: signature.keyid }),
        },
      ],
    },
  };
}

function material(signer: BundleParts['signer'], isProved: boolean): JsonObject {
  if ('keyHint' in signer) return { publicKey: { hint: signer.keyHint } };
  const certificate = { rawBytes: toBase64(signer.certificate) };
  return isProved ? { certificate } : { x509CertificateChain: { certificates: [certificate] } };
}

function timestampData(timestamps: readonly Uint8Array[]): JsonObject {
  return { rfc3161Timestamps: timestamps.map((token) => ({ signedTimestamp: toBase64(token) })) };
}

function hasCheckpoint(entry: JsonObject): boolean {
  const proof = member(entry, 'inclusionProof');
  return isObject(proof) && isObject(member(proof, 'checkpoint'));
}
