import {
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  sign as nodeSign,
  checkPrimeSync,
  type JsonWebKeyInput,
  type KeyObject,
} from 'node:crypto';

import type { HashAlgorithm } from '#core/bytes/digest';
import { integer, sequence } from '../../release/local/der.ts';
import { serialFrom } from '../../release/local/x509.ts';
import { keyTraits, type KeyType, type SigningKey } from '../../release/local/signing-key.ts';

export type { KeyType };
export type Hash = HashAlgorithm;

/** A key pair that is a function of its type and label, so that every run makes the same bytes. */
export interface TestKey extends SigningKey {
  readonly label: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const made = new Map<string, TestKey>();

export function makeKey(type: KeyType, label: string): TestKey {
  const name = `${type}/${label}`;
  let key = made.get(name);
  if (key === undefined) {
    key = generate(type, label, name);
    made.set(name, key);
  }
  return key;
}

export function digest(hash: Hash, ...parts: readonly Uint8Array[]): Buffer {
  const state = createHash(hash);
  for (const part of parts) state.update(part);
  return state.digest();
}

export const sha256 = (...parts: readonly Uint8Array[]): Buffer => digest('sha256', ...parts);

/** Bytes that are a function of the seed. */
export function seededBytes(seed: string, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let index = 0; index * 32 < length; index++) blocks.push(sha256(Buffer.from(`${seed}#${index}`)));
  return Buffer.concat(blocks).subarray(0, length);
}

/** A serial number that is a function of the seed. */
export const serialOf = (seed: string): Buffer => serialFrom(seededBytes(`serial/${seed}`, 20));

function generate(type: KeyType, label: string, seed: string): TestKey {
  const curve = type === 'p256' || type === 'p384' ? curves[type] : undefined;
  const secret = curve === undefined ? 0n : 1n + (numberOf(seededBytes(seed, 64)) % (curve.order - 1n));
  const privateKey =
    curve !== undefined
      ? ecPrivateKey(curve, secret)
      : type === 'rsa'
        ? rsaPrivateKey(seed)
        : ed25519PrivateKey(seed);
  const publicKey = createPublicKey(privateKey);
  const traits = keyTraits(type);
  return {
    type,
    label,
    privateKey,
    publicKey,
    spki: publicKey.export({ type: 'spki', format: 'der' }),
    ...traits,
    sign(data, hash = traits.hash) {
      if (curve !== undefined) return ecdsaSign(curve, secret, digest(hash, data));
      return nodeSign(type === 'rsa' ? hash : null, data, privateKey);
    },
  };
}

interface Curve {
  readonly node: string;
  readonly jwk: string;
  /** Octets of a coordinate. */
  readonly size: number;
  readonly order: bigint;
}

const curves: Readonly<Record<'p256' | 'p384', Curve>> = {
  p256: {
    node: 'prime256v1',
    jwk: 'P-256',
    size: 32,
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  p384: {
    node: 'secp384r1',
    jwk: 'P-384',
    size: 48,
    order:
      0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
};

function point(curve: Curve, scalar: bigint): Buffer {
  const ecdh = createECDH(curve.node);
  ecdh.setPrivateKey(octets(scalar, curve.size));
  return ecdh.getPublicKey();
}

function ecPrivateKey(curve: Curve, secret: bigint): KeyObject {
  const uncompressed = point(curve, secret);
  return fromJwk({
    kty: 'EC',
    crv: curve.jwk,
    x: uncompressed.subarray(1, 1 + curve.size).toString('base64url'),
    y: uncompressed.subarray(1 + curve.size).toString('base64url'),
    d: octets(secret, curve.size).toString('base64url'),
  });
}

/** ECDSA (FIPS 186-5) with a deterministic nonce; enough for tests, no protection of the key. */
function ecdsaSign(curve: Curve, secret: bigint, hashed: Buffer): Buffer {
  const z = numberOf(hashed.subarray(0, curve.size));
  const nonceSeed = createHmac('sha512', octets(secret, curve.size)).update(hashed).digest();
  const k = 1n + (numberOf(nonceSeed) % (curve.order - 1n));
  const r = numberOf(point(curve, k).subarray(1, 1 + curve.size)) % curve.order;
  const s = (inverse(k, curve.order) * (z + r * secret)) % curve.order;
  return sequence(integer(r), integer(s));
}

/** RFC 8410's PKCS#8 around 32 seeded octets. */
function ed25519PrivateKey(seed: string): KeyObject {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
  return createPrivateKey({
    key: Buffer.concat([prefix, seededBytes(seed, 32)]),
    format: 'der',
    type: 'pkcs8',
  });
}

function rsaPrivateKey(seed: string): KeyObject {
  const e = 65537n;
  const p = seededPrime(`${seed}/p`, e);
  const q = seededPrime(`${seed}/q`, e);
  const d = inverse(e, (p - 1n) * (q - 1n));
  const field = (value: bigint): string => octets(value).toString('base64url');
  return fromJwk({
    kty: 'RSA',
    n: field(p * q),
    e: field(e),
    d: field(d),
    p: field(p),
    q: field(q),
    dp: field(d % (p - 1n)),
    dq: field(d % (q - 1n)),
    qi: field(inverse(q, p)),
  });
}

/** The first prime of 1024 bits, with its two highest bits set, from a seeded start. */
function seededPrime(seed: string, e: bigint): bigint {
  let candidate = numberOf(seededBytes(seed, 128)) | (3n << 1022n) | 1n;
  while ((candidate - 1n) % e === 0n || !checkPrimeSync(candidate)) candidate += 2n;
  return candidate;
}

function fromJwk(key: JsonWebKeyInput['key']): KeyObject {
  return createPrivateKey({ key, format: 'jwk' });
}

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);

function octets(value: bigint, size?: number): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(size === undefined ? hex.length + (hex.length % 2) : size * 2, '0'), 'hex');
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (b > 0n) {
    const quotient = a / b;
    [a, b] = [b, a % b];
    [x, y] = [y, x - quotient * y];
  }
  return ((x % modulus) + modulus) % modulus;
}
