import { createHash, type Hash } from 'node:crypto';
import type { HashAlgorithm } from '#core/bytes/digest';
import { refuse } from '#core/errors/error';
import { limits } from '#core/limits';

/** Lower-case hexadecimal, by algorithm. */
export type ContentDigests = Readonly<Partial<Record<HashAlgorithm, string>>>;

/** What bytes are to be. */
export interface ExpectedContent {
  /** What they are, for people: an address or a path, never with a secret in it. */
  readonly name: string;
  /** All of them must hold. */
  readonly digests?: ContentDigests;
  /** Octets, exactly. */
  readonly size?: number;
  /** Octets at most. */
  readonly limit?: number;
}

const ALGORITHMS: readonly HashAlgorithm[] = ['sha256', 'sha384', 'sha512'];

/** Hashes content as it comes and says in the end whether it is what was expected. */
export class ContentHash {
  readonly #expected: ExpectedContent;
  readonly #hashes: ReadonlyMap<HashAlgorithm, Hash>;
  #size = 0;

  constructor(expected: ExpectedContent = { name: 'the content' }) {
    this.#expected = expected;
    const algorithms = ALGORITHMS.filter(
      (algorithm) => algorithm === 'sha256' || expected.digests?.[algorithm] !== undefined,
    );
    this.#hashes = new Map(algorithms.map((algorithm) => [algorithm, createHash(algorithm)]));
  }

  /** @throws INPUT_TOO_LARGE, RELEASE_CONTENT_MISMATCH where it is longer than it may be */
  add(chunk: Uint8Array): void {
    this.#size += chunk.length;
    const { name, size, limit = limits.releaseContent } = this.#expected;
    if (size !== undefined && this.#size > size) this.#mismatch(`${size} octets`, 'more');
    if (this.#size > limit) {
      refuse('INPUT_TOO_LARGE', `${shown(name)} is too large`, {
        expected: `at most ${limit} octets`,
        found: 'more',
      });
    }
    for (const hash of this.#hashes.values()) hash.update(chunk);
  }

  /** @throws RELEASE_CONTENT_MISMATCH */
  end(): { readonly sha256: string; readonly size: number } {
    const { size, digests } = this.#expected;
    if (size !== undefined && this.#size !== size) this.#mismatch(`${size} octets`, `${this.#size} octets`);
    let sha256 = '';
    for (const [algorithm, hash] of this.#hashes) {
      const found = hash.digest('hex');
      const wanted = digests?.[algorithm];
      if (wanted !== undefined && wanted !== found)
        this.#mismatch(`${algorithm}:${wanted}`, `${algorithm}:${found}`);
      if (algorithm === 'sha256') sha256 = found;
    }
    return { sha256, size: this.#size };
  }

  #mismatch(expected: string, found: string): never {
    return refuse('RELEASE_CONTENT_MISMATCH', `${shown(this.#expected.name)} is not what its digest says`, {
      expected,
      found,
      hint: 'it has changed, or something on the way serves another: do not use it before you know why',
    });
  }
}

function shown(name: string): string {
  return JSON.stringify(name.length > 300 ? `${name.slice(0, 300)}...` : name);
}
