import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { Signature, Signer } from '@sigstore/sign';
import { readPem } from '#core/crypto/public-key';
import { parseCertificate } from '#core/x509/certificate';
import { readIdentity } from './identity.ts';
import type { AskedService, Insist } from './insist.ts';
import type { TokenSource } from './token-source.ts';

/** A signature, and the certificate of the key that made it, DER. */
export interface CertifiedSignature {
  readonly signature: Uint8Array;
  readonly certificate: Uint8Array;
}

/** Signs by a key that nobody keeps. */
export interface KeylessSigner {
  /** @throws SIGNING_UNAVAILABLE, SIGNING_REFUSED, IDENTITY_TOKEN_* */
  readonly sign: (data: Uint8Array) => Promise<CertifiedSignature>;
}

export interface KeylessOptions {
  readonly authority: AskedService;
  readonly token: TokenSource;
  readonly insist: Insist;
  readonly now: () => Date;
}

/** Milliseconds that a certificate must still be valid for, so that timestamp and log come in time. */
const ROOM = 120_000;

/**
 * Signs with a key pair that lives in memory only, and a certificate that Fulcio gives for it. The next signature is
 * by the same key while its certificate has some minutes left; then there is a new one. Several may ask at one time.
 */
export function keylessSigner({ authority, token, insist, now }: KeylessOptions): KeylessSigner {
  let held: Promise<CertifiedKey> | undefined;
  const certify = async (data: Uint8Array): Promise<CertifiedKey> => {
    const { FulcioSigner } = await import('@sigstore/sign');
    const key = new EphemeralKey();
    const signed = await insist(authority, async (within) => {
      // The library shows a token that it cannot read: it gets only what can be read.
      const value = await token();
      readIdentity(value, now().getTime());
      return new FulcioSigner({
        fulcioBaseURL: authority.url,
        identityProvider: { getToken: async () => value },
        keyHolder: key,
        timeout: within,
        retry: false,
      }).sign(Buffer.from(data));
    });
    const certificate = certificateOf(signed);
    return { key, certificate, until: parseCertificate(certificate).notAfter };
  };
  return {
    sign: async (data) => {
      const before = held;
      const kept = await before?.catch(() => undefined);
      if (kept !== undefined && kept.until - now().getTime() > ROOM) return signatureBy(kept, data);
      // Of those that ask at one time the first gets a key, for all of them.
      if (held === before || held === undefined) held = certify(data);
      return signatureBy(await held, data);
    },
  };
}

interface CertifiedKey {
  readonly key: EphemeralKey;
  /** DER. */
  readonly certificate: Uint8Array;
  /** Milliseconds since 1970. */
  readonly until: number;
}

function signatureBy({ key, certificate }: CertifiedKey, data: Uint8Array): CertifiedSignature {
  return { signature: key.signature(data), certificate };
}

function certificateOf({ key }: Signature): Uint8Array {
  const text = key.$case === 'x509Certificate' ? key.certificate : '';
  return readPem(Buffer.from(text), 'the certificate').der;
}

/** ECDSA P-256 with SHA-256, as @sigstore/sign's own signers. */
class EphemeralKey implements Signer {
  readonly #private: KeyObject;
  readonly #public: string;

  constructor() {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#private = pair.privateKey;
    this.#public = pair.publicKey.export({ format: 'pem', type: 'spki' });
  }

  signature(data: Uint8Array): Buffer {
    return sign('sha256', data, this.#private);
  }

  readonly sign = async (data: Buffer): Promise<Signature> => ({
    signature: this.signature(data),
    key: { $case: 'publicKey', publicKey: this.#public },
  });
}
