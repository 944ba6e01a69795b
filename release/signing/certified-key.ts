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
 * by the same key while its certificate has some minutes left; then there is a new one.
 */
export function keylessSigner({ authority, token, insist, now }: KeylessOptions): KeylessSigner {
  let current:
    { readonly key: EphemeralKey; readonly certificate: Uint8Array; readonly until: number } | undefined;
  return {
    sign: async (data) => {
      if (current !== undefined && current.until - now().getTime() > ROOM)
        return { signature: current.key.signature(data), certificate: current.certificate };
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
      current = { key, certificate, until: parseCertificate(certificate).notAfter };
      return { signature: signed.signature, certificate };
    },
  };
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
