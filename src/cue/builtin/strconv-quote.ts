/** Go's quoted texts. */

import { pointOf } from './rune.ts';
import { hasNewerRune } from './unicode-newer.ts';

/** What is written as it is: printable, of ASCII only, or graphic (other spaces too). */
export type QuoteStyle = 'print' | 'ascii' | 'graphic';

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
]);

// Classes of Unicode take a while to compile: they are not made before they are needed.
export const isPrint = (rune: string): boolean =>
  /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(rune) && !hasNewerRune(rune);
export const isGraphic = (rune: string): boolean => isPrint(rune) || /^\p{Zs}$/u.test(rune);

/** A code point as text; undefined where it is none. */
export const runeOf = (point: number): string | undefined =>
  point < 0 || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)
    ? undefined
    : String.fromCodePoint(point);

export function quote(text: string, mark: '"' | "'", style: QuoteStyle): string {
  let quoted = mark;
  for (const rune of text) quoted += escape(rune, mark, style);
  return quoted + mark;
}

function escape(rune: string, mark: string, style: QuoteStyle): string {
  if (rune === mark || rune === '\\') return `\\${rune}`;
  const point = pointOf(rune);
  const stays = style === 'graphic' ? isGraphic(rune) : isPrint(rune) && (style === 'print' || point < 0x80);
  if (stays) return rune;
  const known = ESCAPES.get(rune);
  if (known !== undefined) return known;
  const hex = point.toString(16);
  if (point < 0x20 || point === 0x7f) return `\\x${hex.padStart(2, '0')}`;
  return point < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
