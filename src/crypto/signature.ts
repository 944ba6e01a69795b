import { constants, publicDecrypt, verify } from 'node:crypto';
import { equalBytes, type HashAlgorithm } from '#core/bytes/digest';
import { fromHex } from '#core/bytes/hex';
import { refuse } from '#core/errors/error';
import type { KeyAlgorithm, PublicKey } from './public-key.ts';

/**
 * Whether the signature over the data is the key's: ECDSA in DER (FIPS 186-5), Ed25519 (RFC 8032), RSA
 * PKCS#1 v1.5 (RFC 8017). Ed25519 takes no hash.
 * @throws KEY_INVALID where the key itself is not one, as a point off its curve
 */
export function verifySignature(
  key: PublicKey,
  hash: HashAlgorithm,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const { handle } = key;
  try {
    return verify(key.algorithm === 'ed25519' ? null : hash, data, handle, signature);
  } catch {
    // OpenSSL reports some malformed signatures by an error instead of by "false".
    return false;
  }
}

/**
 * Has all loaded that a key's first signature check loads, two milliseconds of it; worth it while others are waited
 * for. A key that is not one is refused when it is used.
 */
export function prepareVerification(key: PublicKey): void {
  const nothing = new Uint8Array();
  try {
    verifyPayload(key, nothing, nothing);
  } catch {
    // As said.
  }
}

/**
 * The hashes that go with a key for payloads: Sigstore's algorithm registry pairs SHA-384 with P-384 and SHA-512
 * with P-521; cosign 2 and sigstore-js sign with SHA-256 whatever the key.
 */
const PAYLOAD_HASHES: Readonly<Record<KeyAlgorithm, readonly HashAlgorithm[]>> = {
  'ecdsa-p256': ['sha256'],
  'ecdsa-p384': ['sha384', 'sha256'],
  'ecdsa-p521': ['sha512', 'sha256'],
  ed25519: ['sha512'],
  rsa: ['sha256'],
};

/** Whether the signature over a payload (an envelope's encoding, a checkpoint, an entry timestamp) is the key's. */
export function verifyPayload(key: PublicKey, payload: Uint8Array, signature: Uint8Array): boolean {
  return PAYLOAD_HASHES[key.algorithm].some((hash) => verifySignature(key, hash, payload, signature));
}

/** Verifies an ECDSA signature in DER over a digest that is already made; see src/crypto/ecdsa-prehashed.ts. */
export type VerifyEcdsaDigest = (key: PublicKey, digest: Uint8Array, signature: Uint8Array) => boolean;

const DIGEST_INFO: Readonly<Record<HashAlgorithm, string>> = {
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
};

/**
 * Whether the signature over data with this digest is the key's. Node has no such operation for ECDSA, so the
 * caller brings one.
 * @throws ARTIFACT_CONTENT_REQUIRED for Ed25519, which signs the message itself; KEY_INVALID
 */
export function verifyDigestSignature(
  key: PublicKey,
  hash: HashAlgorithm,
  digest: Uint8Array,
  signature: Uint8Array,
  ecdsa: VerifyEcdsaDigest | undefined,
): boolean {
  if (key.algorithm === 'ed25519' || (key.algorithm !== 'rsa' && ecdsa === undefined)) {
    return refuse('ARTIFACT_CONTENT_REQUIRED', 'this signature cannot be checked against a digest alone', {
      expected: 'the artifact itself',
      found: `a digest, and a signature by ${key.algorithm}`,
      hint: 'sign an attestation of the artifact instead; its signature does not need the bytes',
    });
  }
  if (key.algorithm !== 'rsa') return ecdsa?.(key, digest, signature) ?? false;
  const { handle } = key;
  try {
    const info = publicDecrypt({ key: handle, padding: constants.RSA_PKCS1_PADDING }, signature);
    return equalBytes(info, Buffer.concat([fromHex(DIGEST_INFO[hash]), digest]));
  } catch {
    return false;
  }
}
