import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import { fromBase64, toBase64 } from '#core/bytes/base64';
import { parseJsonBytes } from '#core/json/parse';
import { objectOf, stringAt } from '#core/json/shape';
import { makePrivateKey, signingKey, type LocalKeyType, type SigningKey } from './signing-key.ts';
import type { Store } from './store.ts';

const TYPES = {
  issuer: 'p256',
  'fulcio-root': 'p384',
  fulcio: 'p384',
  'ct-log': 'p256',
  'rekor-v1': 'p256',
  'rekor-v2': 'ed25519',
  'tsa-root': 'p384',
  tsa: 'p256',
} as const satisfies Readonly<Record<string, LocalKeyType>>;

export type KeyName = keyof typeof TYPES;

/** The private keys of all services. */
export interface KeyRing {
  key(name: KeyName): SigningKey;
  handle(name: KeyName): KeyObject;
}

/** The keys of a state folder, made at its first use. */
export function openKeyRing(store: Store): KeyRing {
  const where = { code: 'KEY_INVALID', path: 'keys' } as const;
  const bytes = store.read('keys.json') ?? Buffer.from(JSON.stringify(makeKeys()));
  store.write('keys.json', bytes);
  const stored = objectOf(parseJsonBytes(bytes, 'keys.json'), where);
  const pkcs8 = (name: KeyName): Uint8Array => fromBase64(stringAt(stored, name, where));
  return {
    key: (name) => signingKey(TYPES[name], pkcs8(name)),
    handle: (name) => createPrivateKey({ key: Buffer.from(pkcs8(name)), format: 'der', type: 'pkcs8' }),
  };
}

function makeKeys(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(TYPES).map(([name, type]) => [name, toBase64(makePrivateKey(type))]),
  );
}

/** Names a public key: the start of the digest of its SPKI. */
export const keyIdOf = (spki: Uint8Array): string =>
  createHash('sha256').update(spki).digest('base64url').slice(0, 16);
