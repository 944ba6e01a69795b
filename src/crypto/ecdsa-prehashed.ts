import { p256, p384, p521 } from '@noble/curves/nist.js';
import type { PublicKey } from './public-key.ts';

const curves = { 'ecdsa-p256': p256, 'ecdsa-p384': p384, 'ecdsa-p521': p521 } as const;

/**
 * ECDSA verification over a digest (FIPS 186-5 section 6.4.2 from its step 3 on). Load this module only where
 * an artifact is known by digest alone: it is the one thing here that node:crypto cannot do.
 */
export function verifyEcdsaDigest(key: PublicKey, digest: Uint8Array, signature: Uint8Array): boolean {
  if (key.algorithm === 'ed25519' || key.algorithm === 'rsa') return false;
  try {
    return curves[key.algorithm].verify(signature, digest, key.bits, {
      prehash: false,
      format: 'der',
      lowS: false,
    });
  } catch {
    // A malformed signature or point.
    return false;
  }
}
