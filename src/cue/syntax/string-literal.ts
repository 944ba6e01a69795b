/** What string and bytes literals mean: indentation, escapes (specification, "String and byte sequence literals"). */

import { isSpace } from './characters.ts';
import type { Quote } from './scan-string.ts';

/** The segments of one literal as they stand in the text: each begins with a quote or `)`, ends with a quote or `\\`. */
export type RawLiteral = {
  readonly first: string;
  readonly rest: readonly string[];
  readonly quote: Quote;
  /** Tells why the literal means nothing. */
  readonly refuse: Refuse;
};

type Refuse = (message: string) => never;

const DOUBLE = 0x22;
const escapes: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['/', '/'],
  ['\\', '\\'],
]);

/** The text of each segment. */
export function decodeText(literal: RawLiteral): [string, ...string[]] {
  return decode(literal, () => new TextSink(literal.refuse));
}

/** The octets of each segment. */
export function decodeBytes(literal: RawLiteral): [Uint8Array, ...Uint8Array[]] {
  return decode(literal, () => new ByteSink());
}

interface Sink<T> {
  text(chunk: string): void;
  octet(value: number): void;
  dropNewline(): void;
  result(): T;
}

class TextSink implements Sink<string> {
  private value = '';
  private readonly refuse: Refuse;
  constructor(refuse: Refuse) {
    this.refuse = refuse;
  }
  text(chunk: string): void {
    this.value += chunk;
  }
  octet(): void {
    this.refuse('an octet is escaped in a string');
  }
  dropNewline(): void {
    this.value = this.value.slice(0, -1);
  }
  result(): string {
    return this.value;
  }
}

class ByteSink implements Sink<Uint8Array> {
  private readonly octets: number[] = [];
  text(chunk: string): void {
    for (const octet of new TextEncoder().encode(chunk)) this.octets.push(octet);
  }
  octet(value: number): void {
    this.octets.push(value);
  }
  dropNewline(): void {
    this.octets.pop();
  }
  result(): Uint8Array {
    return Uint8Array.from(this.octets);
  }
}

function decode<T>(literal: RawLiteral, sink: () => Sink<T>): [T, ...T[]] {
  const { quote, refuse } = literal;
  const isTriple = quote.count === 3;
  // carriage returns of a multi-line literal do not count
  const plain = (raw: string): string => (isTriple ? raw.replaceAll('\r', '') : raw);
  const first = plain(literal.first);
  const rest = literal.rest.map(plain);
  const indentation = isTriple ? closingIndentation(rest.at(-1) ?? first, quote, refuse) : '';
  let start = quote.hashes + quote.count;
  if (isTriple) {
    start += 1;
    if (first.charCodeAt(start) !== 0x0a) start = afterIndentation(first, start, indentation, refuse);
  }
  const read = (segment: string, at: number): T =>
    new SegmentReader(segment, at, literal, indentation, sink()).read();
  return [read(first, start), ...rest.map((segment) => read(segment, 1))];
}

/** The white space before the closing quote, which every line of the literal begins with. */
function closingIndentation(last: string, quote: Quote, refuse: Refuse): string {
  const end = last.length - quote.count - quote.hashes;
  let start = end;
  while (start > 0 && last.charAt(start - 1) !== '\n' && isSpace(last.charAt(start - 1))) start -= 1;
  if (start === 0 || last.charCodeAt(start - 1) !== 0x0a) {
    refuse('the closing quote of a multi-line literal does not follow a newline');
  }
  return last.slice(start, end);
}

function afterIndentation(text: string, start: number, indentation: string, refuse: Refuse): number {
  if (!text.startsWith(indentation, start)) {
    refuse('a line of a multi-line literal is indented less than its closing quote');
  }
  return start + indentation.length;
}

class SegmentReader<T> {
  private readonly text: string;
  private readonly quote: Quote;
  private readonly refuse: Refuse;
  private readonly indentation: string;
  private readonly sink: Sink<T>;
  private at: number;

  constructor(
    text: string,
    start: number,
    { quote, refuse }: RawLiteral,
    indentation: string,
    sink: Sink<T>,
  ) {
    this.text = text;
    this.at = start;
    this.quote = quote;
    this.refuse = refuse;
    this.indentation = indentation;
    this.sink = sink;
  }

  read(): T {
    let plain = this.at;
    let afterNewline = false;
    while (this.at < this.text.length) {
      const code = this.text.charCodeAt(this.at);
      if (code === 0x0a || code === 0x0d) {
        if (this.quote.count === 1) this.refuse('a literal of one line is broken');
        this.sink.text(this.text.slice(plain, this.at + 1));
        this.newline();
        plain = this.at;
        afterNewline = true;
        continue;
      }
      if (code === this.quote.char && this.closes()) {
        this.sink.text(this.text.slice(plain, this.at));
        // the newline before the closing quote belongs to the quote
        if (afterNewline) this.sink.dropNewline();
        return this.sink.result();
      }
      if (code === 0x5c && this.escapes()) {
        this.sink.text(this.text.slice(plain, this.at));
        this.at += 1 + this.quote.hashes;
        if (this.at === this.text.length) return this.sink.result();
        this.escape();
        plain = this.at;
      } else {
        this.at += 1;
      }
      afterNewline = false;
    }
    return this.refuse('a literal is not closed');
  }

  private newline(): void {
    this.at += 1;
    if (this.text.startsWith(this.indentation, this.at)) this.at += this.indentation.length;
    else if (this.text.charCodeAt(this.at) !== 0x0a)
      afterIndentation(this.text, this.at, this.indentation, this.refuse);
  }

  private closes(): boolean {
    for (let i = 1; i < this.quote.count + this.quote.hashes; i += 1) {
      const expected = i < this.quote.count ? this.quote.char : 0x23;
      if (this.text.charCodeAt(this.at + i) !== expected) return false;
    }
    if (this.at + this.quote.count + this.quote.hashes !== this.text.length) {
      this.refuse('a closing quote stands within the literal');
    }
    return true;
  }

  /** Whether a backslash is followed by the `#`s that make it an escape. */
  private escapes(): boolean {
    for (let i = 1; i <= this.quote.hashes; i += 1) {
      if (this.text.charCodeAt(this.at + i) !== 0x23) return false;
    }
    return true;
  }

  private escape(): void {
    const char = this.text.charAt(this.at);
    const simple = escapes.get(char);
    this.at += 1;
    if (simple !== undefined) return this.sink.text(simple);
    if (char === 'u' || char === 'U') return this.sink.text(this.codePoint(char));
    if (char.charCodeAt(0) === this.quote.char) return this.sink.text(char);
    if (this.quote.char === DOUBLE) this.refuse('no such escape in a string');
    if (char === 'x') return this.sink.octet(this.digits(2, 16));
    this.at -= 1;
    this.sink.octet(this.digits(3, 8));
  }

  private codePoint(char: string): string {
    const code = this.digits(char === 'u' ? 4 : 8, 16);
    if (code < 0xd800 || code > 0xdfff) return String.fromCodePoint(code);
    const low = code < 0xdc00 ? this.lowSurrogate() : undefined;
    if (low === undefined) return this.refuse('an escape is half a surrogate pair');
    return String.fromCharCode(code, low);
  }

  private lowSurrogate(): number | undefined {
    if (this.text.charCodeAt(this.at) !== 0x5c || !this.escapes()) return undefined;
    const char = this.text[this.at + 1 + this.quote.hashes];
    if (char !== 'u' && char !== 'U') return undefined;
    this.at += 2 + this.quote.hashes;
    const code = this.digits(char === 'u' ? 4 : 8, 16);
    return code >= 0xdc00 && code <= 0xdfff ? code : undefined;
  }

  private digits(count: number, base: 8 | 16): number {
    const text = this.text.slice(this.at, this.at + count);
    // the scanner lets a `_` pass among the digits
    if (text.includes('_')) this.refuse('an escape has a "_"');
    this.at += count;
    return Number.parseInt(text, base);
  }
}

/** The quote a literal's text begins with. */
export function quoteOf(raw: string): Quote {
  let hashes = 0;
  while (raw.charCodeAt(hashes) === 0x23) hashes += 1;
  const char = raw.charCodeAt(hashes);
  const next = raw.charCodeAt(hashes + 3);
  const triple = raw.charCodeAt(hashes + 1) === char && raw.charCodeAt(hashes + 2) === char;
  return { char, count: triple && (next === 0x0a || next === 0x0d) ? 3 : 1, hashes };
}
