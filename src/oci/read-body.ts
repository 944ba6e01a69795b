import { hash } from 'node:crypto';
import { refuse } from '#core/errors/error';
import { formatDigest, type OciDigest } from './digest.ts';
import type { HttpResponse } from './http.ts';

export interface BodyBounds {
  /** For messages. */
  readonly name: string;
  /** Octets at most. */
  readonly limit: number;
  /** Octets exactly, where a descriptor says so; not above the limit. */
  readonly size?: number | undefined;
}

/**
 * The body, never more of it than may be: what says or turns out to be longer is left at once.
 * @throws INPUT_TOO_LARGE, REGISTRY_SIZE_MISMATCH, and what the connection throws
 */
export async function readBody(response: HttpResponse, bounds: BodyBounds): Promise<Uint8Array> {
  const most = bounds.size ?? bounds.limit;
  const announced = Number(response.header('content-length') ?? 0);
  if (announced > most) {
    response.discard();
    tooLong(bounds, `${announced} octets`);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > most) tooLong(bounds, `more than ${most} octets`);
    chunks.push(chunk);
  }
  if (bounds.size !== undefined && length !== bounds.size) sizeMismatch(bounds, `${length} octets`);
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length);
}

/**
 * Refuses bytes that are not the content that was asked for.
 * @throws REGISTRY_DIGEST_MISMATCH
 */
export function checkDigest(bytes: Uint8Array, expected: OciDigest, name: string): void {
  const found = hash(expected.algorithm, bytes, 'hex');
  if (found === expected.hex) return;
  refuse('REGISTRY_DIGEST_MISMATCH', `${name} is not what its digest says`, {
    expected: formatDigest(expected),
    found: `${expected.algorithm}:${found}`,
    hint: 'the registry, or something on the way to it, serves other content: do not use it',
  });
}

function tooLong(bounds: BodyBounds, found: string): never {
  if (bounds.size !== undefined) sizeMismatch(bounds, found);
  return refuse('INPUT_TOO_LARGE', `${bounds.name} is too large`, {
    expected: `at most ${bounds.limit} octets`,
    found,
  });
}

function sizeMismatch({ name, size }: BodyBounds, found: string): never {
  return refuse('REGISTRY_SIZE_MISMATCH', `${name} has another size than its descriptor says`, {
    expected: `${size} octets`,
    found,
    hint: 'the registry, or something on the way to it, serves other content: do not use it',
  });
}
