import { createPublicKey, type KeyObject } from 'node:crypto';
import { readDer, tags } from '#core/asn1/der';
import { readBitString, readInteger, readNull, readOid } from '#core/asn1/values';
import { sha256Hex } from '#core/bytes/digest';
import { EdgesealError, refuse } from '#core/errors/error';
import { readPem } from './pem.ts';

export { readPem };

export type KeyAlgorithm = 'ecdsa-p256' | 'ecdsa-p384' | 'ecdsa-p521' | 'ed25519' | 'rsa';

/** A public key, its SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7) read strictly. */
export class PublicKey {
  readonly algorithm: KeyAlgorithm;
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  /** The bits of subjectPublicKey: an uncompressed point, an Ed25519 key, an RSAPublicKey. */
  readonly bits: Uint8Array;
  #key: KeyObject | undefined;
  #digest: string | undefined;

  constructor(algorithm: KeyAlgorithm, spki: Uint8Array, bits: Uint8Array) {
    this.algorithm = algorithm;
    this.spki = spki;
    this.bits = bits;
  }

  /** Node's own handle, made at first use. @throws KEY_INVALID */
  get handle(): KeyObject {
    if (this.#key === undefined) {
      try {
        this.#key = createPublicKey({ key: Buffer.from(this.spki), format: 'der', type: 'spki' });
      } catch (cause) {
        return refuse('KEY_INVALID', 'a public key cannot be loaded', {
          expected: 'a point on its curve',
          cause,
        });
      }
    }
    return this.#key;
  }

  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
  get digest(): string {
    this.#digest ??= sha256Hex(this.spki);
    return this.#digest;
  }
}

const EC = '1.2.840.10045.2.1';
const RSA = '1.2.840.113549.1.1.1';
const ED25519 = '1.3.101.112';
const CURVES: ReadonlyMap<string, readonly [KeyAlgorithm, number]> = new Map([
  ['1.2.840.10045.3.1.7', ['ecdsa-p256', 65]],
  ['1.3.132.0.34', ['ecdsa-p384', 97]],
  ['1.3.132.0.35', ['ecdsa-p521', 133]],
]);

/**
 * Reads a DER SubjectPublicKeyInfo.
 * @throws KEY_INVALID, KEY_UNSUPPORTED
 */
export function parseSpki(spki: Uint8Array): PublicKey {
  try {
    const outer = readDer(spki, tags.sequence).children();
    const algorithm = outer.next(tags.sequence).children();
    const bits = readBitString(outer.next());
    outer.end();
    const oid = readOid(algorithm.next());
    if (oid === EC) {
      const curve = readOid(algorithm.next());
      algorithm.end();
      const known = CURVES.get(curve);
      if (known === undefined) return unsupported(`curve ${curve}`);
      if (bits.length !== known[1] || bits[0] !== 4) invalid('an uncompressed point of its curve');
      return new PublicKey(known[0], spki, bits);
    }
    if (oid === ED25519) {
      algorithm.end();
      if (bits.length !== 32) invalid('32 octets');
      return new PublicKey('ed25519', spki, bits);
    }
    if (oid === RSA) {
      readNull(algorithm.next());
      algorithm.end();
      checkRsa(bits);
      return new PublicKey('rsa', spki, bits);
    }
    return unsupported(`algorithm ${oid}`);
  } catch (error) {
    return notDer(error, 'SubjectPublicKeyInfo');
  }
}

/**
 * Reads a public key file: PEM `PUBLIC KEY` or `RSA PUBLIC KEY`, or a bare DER SubjectPublicKeyInfo.
 * @param name the file's name, for messages
 * @throws KEY_INVALID, KEY_UNSUPPORTED
 */
export function parsePublicKey(bytes: Uint8Array, name: string): PublicKey {
  if (bytes[0] === tags.sequence) return parseSpki(bytes);
  const { label, der } = readPem(bytes, name);
  if (label === 'PUBLIC KEY') return parseSpki(der);
  if (label === 'RSA PUBLIC KEY') return parseSpki(wrapRsa(der));
  return refuse('KEY_INVALID', `${name} does not hold a public key`, {
    expected: 'PEM PUBLIC KEY or RSA PUBLIC KEY',
    found: `PEM ${label.slice(0, 60)}`,
    hint: label.includes('PRIVATE')
      ? 'give the public half; a private key is not needed to verify'
      : undefined,
  });
}

function checkRsa(rsaPublicKey: Uint8Array): void {
  const numbers = readDer(rsaPublicKey, tags.sequence).children();
  const modulus = readInteger(numbers.next());
  const exponent = readInteger(numbers.next());
  numbers.end();
  if ((modulus[0] ?? 0) >= 0x80 || (exponent[0] ?? 0) >= 0x80) invalid('a positive modulus and exponent');
  const bits = bitLength(modulus);
  if (bits < 2048 || bits > 8192) unsupported(`RSA of ${bits} bits`, 'RSA of 2048 to 8192 bits');
  if (
    exponent.length > 4 ||
    ((exponent[exponent.length - 1] ?? 0) & 1) === 0 ||
    (exponent.length === 1 && (exponent[0] ?? 0) < 3)
  ) {
    invalid('an odd public exponent of at least 3');
  }
}

function bitLength(positive: Uint8Array): number {
  const leading = positive[0] === 0 ? 1 : 0;
  return (positive.length - leading) * 8 - Math.clz32(positive[leading] ?? 0) + 24;
}

function wrapRsa(rsaPublicKey: Uint8Array): Uint8Array {
  try {
    checkRsa(rsaPublicKey);
  } catch (error) {
    return notDer(error, 'RSAPublicKey');
  }
  try {
    return createPublicKey({ key: Buffer.from(rsaPublicKey), format: 'der', type: 'pkcs1' }).export({
      format: 'der',
      type: 'spki',
    });
  } catch (cause) {
    return refuse('KEY_INVALID', 'an RSA public key cannot be loaded', { cause });
  }
}

/** A fault of the encoding is one of the key; any other stays what it is. */
function notDer(error: unknown, type: string): never {
  if (!(error instanceof EdgesealError) || error.code !== 'DER_INVALID') throw error;
  return refuse('KEY_INVALID', `a public key is not a DER ${type}`, { found: error.message, cause: error });
}

function invalid(expected: string): never {
  return refuse('KEY_INVALID', 'a public key is malformed', { expected });
}

function unsupported(found: string, expected = 'ECDSA P-256, P-384 or P-521, Ed25519, RSA'): never {
  return refuse('KEY_UNSUPPORTED', 'a public key is of an unsupported kind', { expected, found });
}
