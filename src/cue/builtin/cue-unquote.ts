/** The text of a quoted CUE literal given as a text, as strconv.Unquote reads it. */

import { BuiltinError } from './builtin.ts';
import { pointOf, fromUtf8, toUtf8 } from './rune.ts';
import { isSpace } from '../syntax/characters.ts';

type Quotes = {
  readonly char: string;
  readonly count: 1 | 3;
  readonly hashes: number;
  readonly indentation: string;
  readonly start: number;
};

/** Beyond all code points: a newline that stands in the text itself. */
const NEWLINE = 0x110000;
const CLOSED = -1;
const INTERPOLATED = -2;
const ESCAPED_NEWLINE = -3;
const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['b', 8],
  ['t', 9],
  ['n', 10],
  ['v', 11],
  ['f', 12],
  ['r', 13],
  ['/', 0x2f],
  ['\\', 0x5c],
]);

const invalid = (why = 'invalid syntax'): BuiltinError => new BuiltinError(why);

/** @throws BuiltinError */
export function unquote(text: string): string {
  const quotes = quotesOf(text);
  return new Unquoter(text.slice(quotes.start), quotes).read();
}

function quotesOf(text: string): Quotes {
  const hashes = text.length - text.replace(/^#+/, '').length;
  const char = text.charAt(hashes);
  if (char !== '"' && char !== "'") throw invalid();
  const isTriple = text.startsWith(char.repeat(3), hashes) && !['', '#'].includes(text.charAt(hashes + 3));
  const count = isTriple ? 3 : 1;
  const closing = char.repeat(count) + '#'.repeat(hashes);
  const newline = isTriple ? /^\r?\n/.exec(text.slice(hashes + 3))?.[0].length : 0;
  if (newline === undefined) throw invalid('the opening quote is not followed by a newline');
  if (!text.endsWith(closing)) throw invalid('unmatched quote');
  const start = hashes + count + newline;
  if (!isTriple) return { char, count, hashes, indentation: '', start };
  const indentation = indentationOf(text.slice(0, text.length - closing.length));
  if (text.length <= start || text.charAt(start) === '\n') return { char, count, hashes, indentation, start };
  if (!text.startsWith(indentation, start)) throw invalid('invalid whitespace');
  return { char, count, hashes, indentation, start: start + indentation.length };
}

/** The white space between the last newline and the closing quote. */
function indentationOf(text: string): string {
  let at = text.length;
  while (at > 0 && text.charAt(at - 1) !== '\n' && isSpace(text.charAt(at - 1))) at--;
  if (text.charAt(at - 1) !== '\n') throw invalid('the closing quote does not follow a newline');
  return text.slice(at);
}

class Unquoter {
  readonly #quotes: Quotes;
  readonly #octets: number[] = [];
  #rest: string;

  constructor(rest: string, quotes: Quotes) {
    this.#rest = rest;
    this.#quotes = quotes;
  }

  read(): string {
    if (this.#quotes.count === 1 && /[\r\n]/.test(this.#rest)) throw invalid();
    let isAfterNewline = false;
    let isAfterEscape = false;
    while (this.#rest !== '') {
      const isReturn = this.#rest.startsWith('\r');
      const code = isReturn
        ? this.#skip()
        : this.#rest.startsWith('\n')
          ? this.#newline()
          : this.#character();
      if (code === CLOSED || code === INTERPOLATED) {
        if (code === CLOSED && isAfterEscape) throw invalid('the last newline is escaped');
        if (code === CLOSED && isAfterNewline) this.#octets.pop();
        return fromUtf8(Uint8Array.from(this.#octets));
      }
      if (code < ESCAPED_NEWLINE) throw invalid();
      isAfterEscape = code === ESCAPED_NEWLINE;
      if (isAfterEscape) this.#skipIndentation();
      else if (!isReturn) isAfterNewline = code === NEWLINE;
    }
    throw invalid('unmatched quote');
  }

  #take(length: number): string {
    const taken = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    return taken;
  }

  #skipIndentation(): void {
    const { count, indentation } = this.#quotes;
    if (count === 3 && this.#rest.startsWith(indentation)) this.#take(indentation.length);
    else if (count === 1 || !/^\r?\n/.test(this.#rest)) throw invalid('invalid whitespace');
  }

  #skip(): number {
    this.#take(1);
    return 0;
  }

  #newline(): number {
    this.#take(1);
    this.#skipIndentation();
    this.#octets.push(10);
    return NEWLINE;
  }

  /** Adds the next character; a negative code for what is none. */
  #character(): number {
    const { char, count, hashes } = this.#quotes;
    const closing = char.repeat(count) + '#'.repeat(hashes);
    if (this.#rest.startsWith(closing)) {
      if (this.#rest !== closing) throw invalid();
      return CLOSED;
    }
    const escape = `\\${'#'.repeat(hashes)}`;
    if (!this.#rest.startsWith(escape) || this.#rest.length === escape.length) {
      const point = pointOf(this.#rest);
      this.#take(point > 0xffff ? 2 : 1);
      return this.#add(point);
    }
    this.#take(escape.length);
    return this.#escaped(this.#take(1));
  }

  #escaped(name: string): number {
    const { char } = this.#quotes;
    const control = CONTROLS.get(name);
    if (control !== undefined) return this.#add(control);
    if (name === char) return this.#add(char.charCodeAt(0));
    if (name === 'u' || name === 'U') return this.#codePoint(name);
    if (name === '\n' || (name === '\r' && this.#take(1) === '\n')) return ESCAPED_NEWLINE;
    if (char === '"') throw invalid();
    if (name === 'x') return this.#octet(this.#number(2, 16));
    if (/[0-7]/.test(name)) {
      this.#rest = name + this.#rest;
      return this.#octet(this.#number(3, 8));
    }
    throw invalid();
  }

  #number(length: number, base: 8 | 16): number {
    const digits = this.#take(length);
    const pattern = base === 8 ? /^[0-7]+$/ : /^[0-9a-fA-F]+$/;
    if (digits.length < length || !pattern.test(digits)) throw invalid();
    return Number.parseInt(digits, base);
  }

  /** As CUE reads it into 32 bits: the greatest numbers are negative, and mean what the negative codes mean. */
  #codePoint(name: 'u' | 'U'): number {
    const point = this.#number(name === 'u' ? 4 : 8, 16) | 0;
    if (point > 0x10ffff) throw invalid();
    if (point < 0xd800 || point > 0xdfff) return this.#add(point);
    const escape = `\\${'#'.repeat(this.#quotes.hashes)}`;
    const kind = this.#rest.charAt(escape.length);
    if (point > 0xdbff || !this.#rest.startsWith(escape) || (kind !== 'u' && kind !== 'U')) throw invalid();
    this.#take(escape.length + 1);
    const low = this.#number(kind === 'u' ? 4 : 8, 16);
    if (low < 0xdc00 || low > 0xdfff) throw invalid();
    return this.#add(0x10000 + (point - 0xd800) * 0x400 + (low - 0xdc00));
  }

  #add(point: number): number {
    if (point >= 0) this.#octets.push(...toUtf8(String.fromCodePoint(point)));
    return point;
  }

  #octet(value: number): number {
    if (value > 0xff) throw invalid();
    this.#octets.push(value);
    return value;
  }
}
