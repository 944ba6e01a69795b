import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { HashAlgorithm } from '#core/bytes/digest';
import { nullValue, oid, sequence } from './der.ts';

export type KeyType = 'p256' | 'p384' | 'ed25519' | 'rsa';

/** A key that signs in the name of a service. */
export interface SigningKey {
  readonly type: KeyType;
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Buffer;
  /** The hash that this key signs with unless told otherwise. */
  readonly hash: HashAlgorithm;
  /** Sigstore's PublicKeyDetails. */
  readonly keyDetails: string;
  /** The signature over `data`; ECDSA in DER, RSA PKCS#1 v1.5. */
  sign(data: Uint8Array, hash?: HashAlgorithm): Buffer;
}

const KEY_DETAILS: Readonly<Record<KeyType, string>> = {
  p256: 'PKIX_ECDSA_P256_SHA_256',
  p384: 'PKIX_ECDSA_P384_SHA_384',
  ed25519: 'PKIX_ED25519',
  rsa: 'PKIX_RSA_PKCS1V15_2048_SHA256',
};

/** What Sigstore calls a key of a type, and the hash that goes with it. */
export function keyTraits(type: KeyType): Pick<SigningKey, 'hash' | 'keyDetails'> {
  return { hash: type === 'p384' ? 'sha384' : 'sha256', keyDetails: KEY_DETAILS[type] };
}

/** AlgorithmIdentifier of a signature by a key of this type with this hash. */
export function signatureAlgorithm(type: KeyType, hash: HashAlgorithm): Buffer {
  if (type === 'ed25519') return sequence(oid('1.3.101.112'));
  if (type === 'rsa') {
    const arc = { sha256: 11, sha384: 12, sha512: 13 }[hash];
    return sequence(oid(`1.2.840.113549.1.1.${arc}`), nullValue());
  }
  return sequence(oid(`1.2.840.10045.4.3.${{ sha256: 2, sha384: 3, sha512: 4 }[hash]}`));
}

/** The types that the local services make keys of. */
export type LocalKeyType = Exclude<KeyType, 'rsa'>;

/** A new private key, PKCS#8 DER. */
export function makePrivateKey(type: LocalKeyType): Buffer {
  const { privateKey } =
    type === 'ed25519'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: type === 'p256' ? 'P-256' : 'P-384' });
  return privateKey.export({ type: 'pkcs8', format: 'der' });
}

/** A private key, PKCS#8 DER, as one that signs. */
export function signingKey(type: LocalKeyType, pkcs8: Uint8Array): SigningKey {
  const key: KeyObject = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  const traits = keyTraits(type);
  return {
    type,
    ...traits,
    spki: createPublicKey(key).export({ type: 'spki', format: 'der' }),
    sign: (data, hash = traits.hash) => sign(type === 'ed25519' ? null : hash, data, key),
  };
}
