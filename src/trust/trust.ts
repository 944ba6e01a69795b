import type { PublicKey } from '#core/crypto/public-key';
import type { TrustedRoot } from './trusted-root.ts';

/** A plain key that the caller trusts. */
export interface TrustedKey {
  /** Its hint, key id or file name: what reports call it. */
  readonly name: string;
  readonly key: PublicKey;
  /** Key ids and hints that evidence may use for it; the SHA-256 of its SPKI always names it. */
  readonly hints: readonly string[];
  /** RFC 3339; the signature's proven time must lie within, where either is given. */
  readonly notBefore?: string | undefined;
  readonly notAfter?: string | undefined;
  /** Whether evidence by this key must have a proven log entry. */
  readonly transparencyLog: 'required' | 'optional';
}

/** Everything that the caller believes: a trusted root, plain keys, or both. */
export interface Trust {
  readonly root: TrustedRoot | undefined;
  readonly keys: readonly TrustedKey[];
}
