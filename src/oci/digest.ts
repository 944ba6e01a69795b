import { refuse } from '#core/errors/error';
import type { ReasonCode } from '#core/errors/codes';

/** A content digest: `algorithm:hex`. Only algorithms that content can be checked with. */
export interface OciDigest {
  readonly algorithm: 'sha256' | 'sha512';
  /** Lower-case hex. */
  readonly hex: string;
}

const FORM = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/**
 * A digest as OCI writes it, of an algorithm that the specification registers.
 * @see https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
 * @throws the given code
 */
export function parseDigest(text: string, code: ReasonCode, path?: string): OciDigest {
  if (!FORM.test(text)) {
    return refuse(code, 'not a digest of content', {
      path,
      expected: 'sha256: and 64, or sha512: and 128 lower-case hexadecimal digits',
      found: JSON.stringify(text.slice(0, 160)),
    });
  }
  const hex = text.slice(7);
  return { algorithm: text.startsWith('sha256') ? 'sha256' : 'sha512', hex };
}

export function formatDigest({ algorithm, hex }: OciDigest): string {
  return `${algorithm}:${hex}`;
}

export function equalDigests(a: OciDigest, b: OciDigest): boolean {
  return a.algorithm === b.algorithm && a.hex === b.hex;
}
