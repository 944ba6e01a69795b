/** Go's functions over text that the packages share. */

import { isSpace } from '../syntax/characters.ts';
import { limitText } from './limits.ts';
import { runeCount } from './rune.ts';

/** How often a text occurs without overlap; the empty one occurs around each code point. */
export function count(text: string, part: string): number {
  return part === '' ? runeCount(text) + 1 : text.split(part).length - 1;
}

/** At most `limit` pieces, the last one the rest; no bound below 0. */
export function split(text: string, separator: string, limit: number): readonly string[] {
  if (limit === 0) return [];
  const pieces = separator === '' ? Array.from(text) : text.split(separator);
  if (limit < 0 || pieces.length <= limit) return pieces;
  return [...pieces.slice(0, limit - 1), pieces.slice(limit - 1).join(separator)];
}

/** As `split`, each piece with the separator behind it. */
export function splitAfter(text: string, separator: string, limit: number): readonly string[] {
  const pieces = split(text, separator, limit);
  return pieces.map((piece, i) => (i < pieces.length - 1 ? piece + separator : piece));
}

/** The words between white space. */
export function fields(text: string): readonly string[] {
  const words: string[] = [];
  let word = '';
  for (const rune of text) {
    if (!isSpace(rune)) word += rune;
    else if (word !== '') {
      words.push(word);
      word = '';
    }
  }
  return word === '' ? words : [...words, word];
}

/** The first `limit` occurrences replaced, all below 0. */
export function replace(text: string, old: string, by: string, limit: number): string {
  if (old === by || limit === 0) return text;
  const found = count(text, old);
  const times = limit < 0 ? found : Math.min(found, limit);
  limitText(text.length + times * by.length);
  if (old === '') return replaceBetweenRunes(text, by, times);
  return split(text, old, times + 1).join(by);
}

function replaceBetweenRunes(text: string, by: string, times: number): string {
  let result = '';
  let left = times;
  for (const rune of text) {
    result += left-- > 0 ? by + rune : rune;
  }
  return left > 0 ? result + by : result;
}

/** Without the leading code points that are in the set. */
export function trimStart(text: string, set: string): string {
  const runes = new Set(set);
  let at = 0;
  for (const rune of text) {
    if (!runes.has(rune)) break;
    at += rune.length;
  }
  return text.slice(at);
}

/** Without the trailing code points that are in the set. */
export function trimEnd(text: string, set: string): string {
  const runes = new Set(set);
  let end = text.length;
  while (end > 0) {
    const rune = lastRune(text, end);
    if (!runes.has(rune)) break;
    end -= rune.length;
  }
  return text.slice(0, end);
}

const lastRune = (text: string, end: number): string => {
  const unit = text.charCodeAt(end - 1);
  const isTrail = unit >= 0xdc00 && unit < 0xe000;
  return text.slice(end - (isTrail ? 2 : 1), end);
};

/** Without white space around. */
export function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charAt(start))) start++;
  while (end > start && isSpace(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}
