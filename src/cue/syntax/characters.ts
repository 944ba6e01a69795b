/** The classes of characters of the lexical grammar. */

import { isLater } from './later-letters.ts';

/** ASCII that may stand in an identifier after its first character: digits, letters, `$` and `_`, 32 to a number. */
const WORD: readonly number[] = [0, 0x03ff0010, 0x87fffffe, 0x07fffffe];

// Classes of Unicode take a while to compile: they are written where they are needed, and not made before.

/** `code` is a code point beyond ASCII: a letter of Unicode. */
export function isLetter(code: number): boolean {
  return /^\p{L}$/u.test(String.fromCodePoint(code)) && !isLater(code);
}

/** `code` is a code point: a decimal digit of Unicode. */
export function isDigit(code: number): boolean {
  if (code < 0x80) return code >= 0x30 && code <= 0x39;
  return /^\p{Nd}$/u.test(String.fromCodePoint(code)) && !isLater(code);
}

/** A code point which may stand in an identifier after its first. */
export function isIdentifierPart(code: number): boolean {
  return code < 0x80 ? isWord(code) : isLetter(code) || isDigit(code);
}

/** The same of ASCII. */
export function isWord(code: number): boolean {
  return (((WORD[code >> 5] ?? 0) >> (code & 31)) & 1) === 1;
}

const space = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;

/** Unicode's White_Space, of one code point; it indents the lines of a multi-line string. */
export const isSpace = (character: string): boolean => space.test(character);

/** The value of a digit, 0 of `_`, 16 of anything else; -1 (the end) is none. */
export function digitValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code === 0x5f) return 0;
  if (code >= 0x61 && code <= 0x66) return code - 0x57;
  if (code >= 0x41 && code <= 0x46) return code - 0x37;
  return 16;
}
