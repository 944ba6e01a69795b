import { signedCertificateTimestamp as sign, type SctSigner } from '../../release/local/sct.ts';
import { tbsCertificate, type CertificateRequest } from '../../release/local/x509.ts';
import { makeKey, sha256, type TestKey } from './keys.ts';

/** A Certificate Transparency log (RFC 6962 v1) that signs precertificates. */
export interface CtLog extends SctSigner {
  readonly baseUrl: string;
  readonly key: TestKey;
  readonly logId: Buffer;
}

export interface SctOptions {
  /** The instant that the log states; default: the certificate's notBefore. */
  readonly time?: Date | undefined;
  /** Flips a bit of the signature. */
  readonly badSignature?: boolean | undefined;
  /** CtExtensions of the SCT, bytes. */
  readonly ctExtensions?: Uint8Array | undefined;
}

export function makeCtLog(label: string, type: 'p256' | 'rsa' = 'p256'): CtLog {
  const key = makeKey(type, `ct/${label}`);
  return { baseUrl: `https://ctfe.${label}.example/2026`, key, logId: sha256(key.spki) };
}

/** One serialised SignedCertificateTimestamp over the certificate without its SCT extension. */
export function signedCertificateTimestamp(
  log: CtLog,
  request: CertificateRequest,
  issuerSpki: Uint8Array,
  { time = request.notBefore, ctExtensions, badSignature = false }: SctOptions = {},
): Buffer {
  const sct = sign(log, { tbs: tbsCertificate(request), issuerSpki, time, ctExtensions });
  if (badSignature) flip(sct);
  return sct;
}

/** The signature stands at the end. */
function flip(bytes: Buffer): void {
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 1;
}
