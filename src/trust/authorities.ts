import { createPublicKey } from 'node:crypto';
import { fromHex } from '#core/bytes/hex';
import { parseSpki, type PublicKey } from '#core/crypto/public-key';
import { EdgesealError, refuse } from '#core/errors/error';
import { parseCertificate, type Certificate } from '#core/x509/certificate';
import { basicConstraints } from '#core/x509/extensions';
import { checkAuthorities, checkNames, isIssuedBy } from '#core/x509/path';

/** Milliseconds since 1970; both ends are inside, `to` may be infinite. */
export interface Validity {
  readonly from: number;
  readonly to: number;
}

export function within(validity: Validity, time: number): boolean {
  return validity.from <= time && time <= validity.to;
}

/**
 * Reads what a root holds though nothing may ask for it: a fault in it is a fault of the root. Only a kind of key that
 * is not supported may stand there, for other programs; what needs it is refused.
 * @throws TRUST_ROOT_INVALID
 */
export function checkForm(entry: TransparencyLog | CertificateAuthority): void {
  try {
    return void (entry instanceof TransparencyLog ? entry.key : entry.certificates);
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (!(cause instanceof EdgesealError) || cause.code !== 'KEY_UNSUPPORTED') throw error;
  }
}

/** A transparency log or certificate transparency log of a trusted root. */
export class TransparencyLog {
  readonly baseUrl: string;
  /** Lower-case hex of the log's id. */
  readonly id: string;
  readonly validity: Validity;
  readonly keyDetails: string | undefined;
  /** Four octets: names the log's key in its checkpoints. */
  readonly keyHint: Uint8Array;
  readonly #raw: Uint8Array;
  #key: PublicKey | undefined;

  constructor(
    baseUrl: string,
    id: string,
    raw: Uint8Array,
    keyDetails: string | undefined,
    validity: Validity,
    keyHint: Uint8Array = fromHex(id.slice(0, 8)),
  ) {
    this.keyHint = keyHint;
    this.baseUrl = baseUrl;
    this.id = id;
    this.keyDetails = keyDetails;
    this.validity = validity;
    this.#raw = raw;
  }

  /** @throws TRUST_ROOT_INVALID where the root holds no usable key for the log */
  get key(): PublicKey {
    this.#key ??= read(`the key of log ${this.baseUrl}`, () => {
      const key = this.keyDetails === 'PKCS1_RSA_PKCS1V5' ? fromPkcs1(this.#raw) : parseSpki(this.#raw);
      checkDetails(key, this.keyDetails);
      return usable(key);
    });
    return this.#key;
  }
}

/** A certificate or timestamp authority of a trusted root. */
export class CertificateAuthority {
  readonly uri: string;
  readonly validity: Validity;
  readonly #encoded: readonly Uint8Array[];
  #certificates: readonly Certificate[] | undefined;
  #chain: readonly Certificate[] | undefined;

  constructor(uri: string, encoded: readonly Uint8Array[], validity: Validity) {
    this.uri = uri;
    this.validity = validity;
    this.#encoded = encoded;
  }

  /** DER certificates as the root lists them. */
  get encoded(): readonly Uint8Array[] {
    return this.#encoded;
  }

  /**
   * Its certificates, the lowest first: each well-formed and named as issuer by the one before. No signature is
   * checked yet.
   * @throws TRUST_ROOT_INVALID
   */
  get certificates(): readonly Certificate[] {
    this.#certificates ??= read(`the chain of ${this.uri}`, () => {
      const certificates = this.#encoded.map(parseCertificate);
      for (const { publicKey } of certificates) usable(publicKey);
      checkNames(certificates);
      return certificates;
    });
    return this.#certificates;
  }

  /**
   * The same, each checked to be issued by the next, and the last by itself where it says so (an anchor may also
   * be an intermediate). A leaf may stand first (a timestamp authority's signing certificate); all others are CAs.
   * @throws TRUST_ROOT_INVALID
   */
  get chain(): readonly Certificate[] {
    this.#chain ??= read(`the chain of ${this.uri}`, () => {
      const chain = this.certificates;
      const [first, second] = chain;
      const leaf =
        first !== undefined && second !== undefined && !basicConstraints(first).ca ? first : undefined;
      checkAuthorities(leaf === undefined ? chain : chain.slice(1));
      if (leaf !== undefined && second !== undefined && !isIssuedBy(leaf, second)) {
        refuse(
          'CERTIFICATE_CHAIN_INVALID',
          'a signing certificate is not issued by the authority listed after it',
        );
      }
      return chain;
    });
    return this.#chain;
  }
}

/** How dev.sigstore.common.v1.PublicKeyDetails begins for a kind of key. */
const DETAILS: Readonly<Record<PublicKey['algorithm'], RegExp>> = {
  'ecdsa-p256': /^PKIX_ECDSA_P256_/,
  'ecdsa-p384': /^PKIX_ECDSA_P384_/,
  'ecdsa-p521': /^PKIX_ECDSA_P521_/,
  ed25519: /^PKIX_ED25519(?:_PH)?$/,
  rsa: /^(?:PKIX|PKCS1)_RSA_/,
};

/** The kind of a key that the root states, if it does, is the one that the key has. */
function checkDetails({ algorithm }: PublicKey, stated: string | undefined): void {
  if (stated === undefined || stated === '' || stated === 'PUBLIC_KEY_DETAILS_UNSPECIFIED') return;
  if (!DETAILS[algorithm].test(stated))
    refuse('KEY_INVALID', 'a key is of another kind than is stated', {
      expected: stated.slice(0, 60),
      found: algorithm,
    });
}

/** The key, once node:crypto has taken it: a point off its curve is found here. */
function usable(key: PublicKey): PublicKey {
  return key.handle.type === 'public' ? key : refuse('KEY_INVALID', 'a key is not public');
}

function fromPkcs1(raw: Uint8Array): PublicKey {
  const key = createPublicKey({ key: Buffer.from(raw), format: 'der', type: 'pkcs1' });
  return parseSpki(key.export({ format: 'der', type: 'spki' }));
}

/** A fault that was already told is told once. */
function read<T>(what: string, load: () => T): T {
  try {
    return load();
  } catch (error) {
    if (error instanceof EdgesealError && error.code === 'TRUST_ROOT_INVALID') throw error;
    const found =
      error instanceof EdgesealError ? `${error.code}: ${error.message}` : 'a key that cannot be loaded';
    return refuse('TRUST_ROOT_INVALID', `${what} in the trusted root cannot be used`, {
      found,
      hint: 'fetch the trusted root anew, or correct the one given by --trusted-root',
      cause: error,
    });
  }
}
