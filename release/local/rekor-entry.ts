import { fromBase64 } from '#core/bytes/base64';
import type { HashAlgorithm } from '#core/bytes/digest';
import { verifyEcdsaDigest } from '#core/crypto/ecdsa-prehashed';
import { readPem } from '#core/crypto/pem';
import { parsePublicKey, type KeyAlgorithm, type PublicKey } from '#core/crypto/public-key';
import { verifyDigestSignature } from '#core/crypto/signature';
import { parseCertificate } from '#core/x509/certificate';
import type { LoggedVerifier } from './entry-body.ts';
import { keyTraits, type KeyType } from './signing-key.ts';

/** Who made a signature that is to be logged. */
export interface Verifier extends LoggedVerifier {
  readonly publicKey: PublicKey;
}

const TYPES: ReadonlyMap<KeyAlgorithm, KeyType> = new Map([
  ['ecdsa-p256', 'p256'],
  ['ecdsa-p384', 'p384'],
  ['ed25519', 'ed25519'],
  ['rsa', 'rsa'],
]);

/** A certificate, DER. @throws CERTIFICATE_INVALID and what parseCertificate throws */
export function certificateVerifier(der: Uint8Array): Verifier {
  return { ...keyVerifier(parseCertificate(der).publicKey), certificate: der };
}

export function keyVerifier(publicKey: PublicKey): Verifier {
  const type = TYPES.get(publicKey.algorithm);
  if (type === undefined) throw new Error('a key of a kind that is not logged');
  return {
    publicKey,
    certificate: undefined,
    key: { spki: Buffer.from(publicKey.spki), ...keyTraits(type) },
  };
}

/** A certificate or public key as Rekor v1's API has it: base64 of PEM. @throws what readPem throws */
export function pemVerifier(encoded: string): Verifier {
  const text = fromBase64(encoded);
  const { label, der } = readPem(text, 'the verifier');
  return label === 'CERTIFICATE'
    ? certificateVerifier(der)
    : keyVerifier(parsePublicKey(text, 'the verifier'));
}

/** Whether a signature over data of this digest is the verifier's. */
export function isSignedDigest(
  { publicKey }: Verifier,
  hash: HashAlgorithm,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  return verifyDigestSignature(publicKey, hash, digest, signature, verifyEcdsaDigest);
}
