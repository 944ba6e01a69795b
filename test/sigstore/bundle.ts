import type { EnvelopeJson } from './dsse.ts';
import { base64 } from './json.ts';
import { protobufHash } from './log-body.ts';
import { sha256, type Hash, type TestKey } from './keys.ts';
import type { LogEntryJson } from './rekor.ts';

export type BundleVersion = '0.1' | '0.2' | '0.3';

/** A Sigstore bundle in protobuf JSON, open to edits. */
export interface BundleJson {
  mediaType: string;
  verificationMaterial: {
    certificate?: { rawBytes: string };
    x509CertificateChain?: { certificates: { rawBytes: string }[] };
    publicKey?: { hint: string };
    tlogEntries?: LogEntryJson[];
    timestampVerificationData?: { rfc3161Timestamps: { signedTimestamp: string }[] };
  };
  dsseEnvelope?: EnvelopeJson;
  messageSignature?: { messageDigest: { algorithm: string; digest: string }; signature: string };
}

const bundleMediaTypes: Readonly<Record<BundleVersion, string>> = {
  '0.1': 'application/vnd.dev.sigstore.bundle+json;version=0.1',
  '0.2': 'application/vnd.dev.sigstore.bundle+json;version=0.2',
  '0.3': 'application/vnd.dev.sigstore.bundle.v0.3+json',
};

export interface BundleParts {
  readonly version: BundleVersion;
  /** DER, leaf first; version 0.3 carries only the leaf. */
  readonly chain: readonly Buffer[] | undefined;
  readonly key: TestKey;
  readonly logEntries: readonly LogEntryJson[];
  readonly timestamps: readonly Buffer[];
  readonly content:
    | { readonly kind: 'dsse'; readonly envelope: EnvelopeJson }
    | { readonly kind: 'message'; readonly hash: Hash; readonly digest: Buffer; readonly signature: Buffer };
}

/** The hint that cosign writes for a plain key: SHA-256 of its SPKI in base64. */
export const keyHint = (key: TestKey): string => base64(sha256(key.spki));

export function assembleBundle(parts: BundleParts): BundleJson {
  const bundle: BundleJson = { mediaType: bundleMediaTypes[parts.version], verificationMaterial: {} };
  const material = bundle.verificationMaterial;
  const certificates = parts.chain?.map((certificate) => ({ rawBytes: base64(certificate) }));
  if (certificates === undefined) material.publicKey = { hint: keyHint(parts.key) };
  else if (parts.version !== '0.3') material.x509CertificateChain = { certificates };
  else if (certificates[0] !== undefined) material.certificate = certificates[0];
  if (parts.logEntries.length > 0) material.tlogEntries = [...parts.logEntries];
  if (parts.timestamps.length > 0) {
    material.timestampVerificationData = {
      rfc3161Timestamps: parts.timestamps.map((token) => ({ signedTimestamp: base64(token) })),
    };
  }
  if (parts.content.kind === 'dsse') {
    bundle.dsseEnvelope = parts.content.envelope;
  } else {
    const { hash, digest, signature } = parts.content;
    bundle.messageSignature = {
      messageDigest: { algorithm: protobufHash[hash], digest: base64(digest) },
      signature: base64(signature),
    };
  }
  return bundle;
}
