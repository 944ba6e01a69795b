import { refuse } from '#core/errors/error';
import { limits } from '#core/limits';

/** Tags of X.690, as the one octet that stands in the encoding. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Context-specific tags `[n]`. */
export function implicit(n: number): number {
  return 0x80 | n;
}
export function explicit(n: number): number {
  return 0xa0 | n;
}

/** One tag-length-value of a DER encoding (X.690 section 10): definite, minimal lengths only. */
export class DerElement {
  readonly tag: number;
  readonly #source: Uint8Array;
  readonly #start: number;
  readonly #contents: number;
  readonly #end: number;
  readonly #depth: number;

  constructor(tag: number, source: Uint8Array, start: number, contents: number, end: number, depth: number) {
    this.tag = tag;
    this.#source = source;
    this.#start = start;
    this.#contents = contents;
    this.#end = end;
    this.#depth = depth;
  }

  /** Tag, length and value. */
  get encoded(): Uint8Array {
    return this.#source.subarray(this.#start, this.#end);
  }

  /** The value's octets. */
  get contents(): Uint8Array {
    return this.#source.subarray(this.#contents, this.#end);
  }

  /**
   * Reads the elements inside a constructed element.
   * @throws DER_INVALID
   */
  children(): DerReader {
    if ((this.tag & 0x20) === 0) derInvalid('has a primitive element that should hold others', this.#start);
    return new DerReader(this.#source, this.#contents, this.#end, this.#depth + 1);
  }
}

/** Reads consecutive elements. Every octet must be consumed: end with {@link DerReader.end}. */
export class DerReader {
  readonly #source: Uint8Array;
  readonly #end: number;
  readonly #depth: number;
  #at: number;

  constructor(source: Uint8Array, at = 0, end: number = source.length, depth = 0) {
    if (depth > limits.derDepth) derInvalid('nests too deeply', at);
    this.#source = source;
    this.#at = at;
    this.#end = end;
    this.#depth = depth;
  }

  get done(): boolean {
    return this.#at >= this.#end;
  }

  /** The next element's tag; -1 at the end. */
  peek(): number {
    return this.#at < this.#end ? (this.#source[this.#at] ?? -1) : -1;
  }

  /**
   * The next element, which must have the tag where one is given.
   * @throws DER_INVALID
   */
  next(expected?: number): DerElement {
    const source = this.#source;
    const start = this.#at;
    if (start >= this.#end) derInvalid('ends too early', start);
    const tag = source[start] ?? 0;
    if (expected !== undefined && tag !== expected) {
      derInvalid(
        'has another element than expected',
        start,
        `tag 0x${expected.toString(16)}`,
        `tag 0x${tag.toString(16)}`,
      );
    }
    if ((tag & 0x1f) === 0x1f) derInvalid('has a multi-octet tag', start);
    let at = start + 1;
    let length = source[at++];
    if (length === undefined || at > this.#end) return derInvalid('ends too early', at);
    if (length >= 0x80) {
      const octets = length & 0x7f;
      if (octets === 0 || octets > 4 || at + octets > this.#end) derInvalid('has an invalid length', at);
      length = 0;
      for (let i = 0; i < octets; i++) length = length * 256 + (source[at++] ?? 0);
      const minimal = length >= 0x80 && length >= 256 ** (octets - 1);
      if (!minimal) derInvalid('has a length that is not minimal', at);
    }
    const end = at + length;
    if (end > this.#end) derInvalid('ends too early', at, `${length} octets`, `${this.#end - at} octets`);
    this.#at = end;
    return new DerElement(tag, source, start, at, end, this.#depth);
  }

  /** The next element if it has the tag. */
  optional(tag: number): DerElement | undefined {
    return this.peek() === tag ? this.next() : undefined;
  }

  /**
   * @throws DER_INVALID when octets are left over
   */
  end(): void {
    if (!this.done) derInvalid('has trailing octets', this.#at);
  }
}

/**
 * The one element that the octets hold.
 * @throws DER_INVALID
 */
export function readDer(bytes: Uint8Array, tag?: number): DerElement {
  const reader = new DerReader(bytes);
  const element = reader.next(tag);
  reader.end();
  return element;
}

/** @throws DER_INVALID, always */
export function derInvalid(what: string, offset?: number, expected?: string, found?: string): never {
  return refuse('DER_INVALID', `a DER encoding ${what}${offset === undefined ? '' : ` at octet ${offset}`}`, {
    expected: expected ?? 'DER as X.690 section 10 has it',
    found,
  });
}
