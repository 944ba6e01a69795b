/** The extent of a string or bytes literal; what it means is read by string-literal.ts. */

import { digitValue } from './characters.ts';
import type { Scanner } from './scanner.ts';

/** The quote that closes a literal: its character, once or three times, and as many `#` as opened it. */
export type Quote = { readonly char: number; readonly count: 1 | 3; readonly hashes: number };

function countWhile(scanner: Scanner, code: number, most: number): number {
  let count = 0;
  while (count < most && scanner.code(scanner.offset + count) === code) count += 1;
  return count;
}

/**
 * Reads an opening quote whose `#`s are read already.
 * @returns 'empty' if it is closed at once: `""`, `#""#`
 */
export function openQuote(scanner: Scanner, hashes: number): Quote | 'empty' {
  const char = scanner.code(scanner.offset);
  scanner.offset += 1;
  const more = countWhile(scanner, char, 2);
  scanner.offset += more;
  if (more === 0) return { char, count: 1, hashes };
  if (more === 1) {
    const closing = countWhile(scanner, 0x23, hashes);
    scanner.offset += closing;
    return closing === hashes ? 'empty' : { char, count: 1, hashes };
  }
  if (scanner.code(scanner.offset) === 0x0d) scanner.offset += 1;
  if (scanner.code(scanner.offset) !== 0x0a) {
    scanner.refuse('a newline is expected after the quote of a multi-line literal', scanner.start);
  }
  scanner.offset += 1;
  return { char, count: 3, hashes };
}

/** The rest of a closing quote after its first character; what matched of one that is none is passed over. */
function closes(scanner: Scanner, quote: Quote): boolean {
  for (let i = 1; i < quote.count + quote.hashes; i += 1) {
    if (scanner.code(scanner.offset) !== (i < quote.count ? quote.char : 0x23)) return false;
    scanner.offset += 1;
  }
  return true;
}

/** After a backslash: true if it begins an interpolation, whose `(` is not read. */
function escape(scanner: Scanner, quote: Quote): boolean {
  const hashes = countWhile(scanner, 0x23, quote.hashes);
  scanner.offset += hashes;
  if (hashes < quote.hashes) return false;
  const code = scanner.code(scanner.offset);
  switch (code) {
    case 0x28:
      return true;
    case 0x78:
      scanner.offset += 1;
      digits(scanner, 2, 16, 0xff);
      return false;
    case 0x75:
      scanner.offset += 1;
      digits(scanner, 4, 16, 0x10ffff);
      return false;
    case 0x55:
      scanner.offset += 1;
      digits(scanner, 8, 16, 0x10ffff);
      return false;
  }
  if (code >= 0x30 && code <= 0x37) {
    digits(scanner, 3, 8, 0xff);
    return false;
  }
  // a b f n r t v \ /
  if (code !== quote.char && (code === -1 || !'abfnrtv\\/'.includes(String.fromCharCode(code)))) {
    scanner.refuse('unknown escape sequence', scanner.offset);
  }
  scanner.offset += 1;
  return false;
}

function digits(scanner: Scanner, count: number, base: number, most: number): void {
  const start = scanner.offset;
  let value = 0;
  for (let i = 0; i < count; i += 1) {
    const digit = digitValue(scanner.code(scanner.offset));
    if (digit >= base) scanner.refuse('illegal character in an escape sequence', scanner.offset);
    value = value * base + digit;
    scanner.offset += 1;
  }
  if (value > most) scanner.refuse('an escape sequence is no code point', start);
}

/** Goes on to what may end a literal's segment, or begins an escape or a line. */
function skipPlain(scanner: Scanner, { char }: Quote): void {
  const { text } = scanner;
  let at = scanner.offset;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === char || code === 0x5c || code === 0x0a) break;
  }
  scanner.offset = at;
}

/** Reads to the end of a literal's segment: true if that is an interpolation's `\(`, which is read with it. */
export function scanStringBody(scanner: Scanner, quote: Quote, start: number): boolean {
  for (;;) {
    skipPlain(scanner, quote);
    const code = scanner.code(scanner.offset);
    if (code === -1 || (code === 0x0a && quote.count === 1))
      scanner.refuse('string literal not terminated', start);
    scanner.offset += 1;
    if (code === quote.char) {
      if (closes(scanner, quote)) return false;
    } else if (code === 0x5c && escape(scanner, quote)) {
      return true;
    }
  }
}
