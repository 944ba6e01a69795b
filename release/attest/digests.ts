import { createHash } from 'node:crypto';
import { refuse } from '#core/errors/error';

/** Bytes that were looked at just now. */
export interface Digested {
  readonly sha256: string;
  readonly sha512: string;
  /** Octets. */
  readonly size: number;
}

/** Digests of a stream of bytes. */
export async function digestOf(stream: AsyncIterable<Uint8Array>): Promise<Digested> {
  const sha256 = createHash('sha256');
  const sha512 = createHash('sha512');
  let size = 0;
  for await (const chunk of stream) {
    sha256.update(chunk);
    sha512.update(chunk);
    size += chunk.length;
  }
  return { sha256: sha256.digest('hex'), sha512: sha512.digest('hex'), size };
}

/** @throws RELEASE_CONTENT_MISMATCH */
export function same(what: string, expected: string | number, found: string | number | undefined): void {
  if (found === expected) return;
  refuse(
    'RELEASE_CONTENT_MISMATCH',
    `${JSON.stringify(what.slice(0, 300))} is not what the build wrote down`,
    {
      expected: String(expected),
      found: found === undefined ? 'nothing' : String(found),
      hint: 'something has changed it since it was built: find out what, then build again',
    },
  );
}
