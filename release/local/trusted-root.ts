import { toBase64 } from '#core/bytes/base64';
import type { SigningKey } from './signing-key.ts';

/** A TimeRange in protobuf JSON. */
export interface Window {
  start?: string;
  end?: string;
}

/** A trusted root in protobuf JSON. */
export interface TrustedRootJson {
  mediaType: string;
  tlogs: LogJson[];
  certificateAuthorities: AuthorityJson[];
  ctlogs: LogJson[];
  timestampAuthorities: AuthorityJson[];
}

export interface LogJson {
  baseUrl: string;
  hashAlgorithm: string;
  publicKey: { rawBytes: string; keyDetails: string; validFor: Window };
  logId: { keyId: string };
}

export interface AuthorityJson {
  subject: { organization: string; commonName: string };
  uri: string;
  certChain: { certificates: { rawBytes: string }[] };
  validFor: Window;
}

export const TRUSTED_ROOT_TYPE = 'application/vnd.dev.sigstore.trustedroot+json;version=0.1';

/** A log as a trusted root has it. */
export function logJson(
  baseUrl: string,
  key: Pick<SigningKey, 'spki' | 'keyDetails'>,
  logId: Uint8Array,
  validFor: Window,
): LogJson {
  const publicKey = { rawBytes: toBase64(key.spki), keyDetails: key.keyDetails, validFor };
  return { baseUrl, hashAlgorithm: 'SHA2_256', publicKey, logId: { keyId: toBase64(logId) } };
}

/** An authority as a trusted root has it. @param chain DER */
export function authorityJson(
  subject: AuthorityJson['subject'],
  uri: string,
  chain: readonly Uint8Array[],
  validFor: Window,
): AuthorityJson {
  const certificates = chain.map((certificate) => ({ rawBytes: toBase64(certificate) }));
  return { subject, uri, certChain: { certificates }, validFor };
}
