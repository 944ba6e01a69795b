import { createHash } from 'node:crypto';
import { refuse } from '#core/errors/error';

/** Octets of a stream, which is read to its end: a store's checks itself then. */
export async function sizeOf(stream: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const chunk of stream) size += chunk.length;
  return size;
}

/** A digest of a stream, lower-case hex, and its octets. */
export async function digestOf(
  algorithm: 'sha256' | 'sha512',
  stream: AsyncIterable<Uint8Array>,
): Promise<{ readonly hex: string; readonly size: number }> {
  const hash = createHash(algorithm);
  let size = 0;
  for await (const chunk of stream) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { hex: hash.digest('hex'), size };
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
