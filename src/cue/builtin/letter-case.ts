/** Go's letter case: Unicode's simple mappings, code point by code point; no language, no context. */

import { CASE_MAPPINGS } from './letter-case-table.ts';
import { pointOf } from './rune.ts';

type Mapping = { readonly upper: number; readonly lower: number; readonly title: number };

const isAscii = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
};

let mappings: ReadonlyMap<number, Mapping> | undefined;

function readMappings(): ReadonlyMap<number, Mapping> {
  const map = new Map<number, Mapping>();
  for (const entry of CASE_MAPPINGS.split(' ')) {
    const [first = 0, more = 0, step = 1, upper = 0, lower = 0, title = upper] = entry
      .split(',')
      .map((digits) => Number.parseInt(digits, 36));
    for (let i = 0; i <= more; i++) map.set(first + i * step, { upper, lower, title });
  }
  return map;
}

function convert(text: string, letterCase: keyof Mapping): string {
  mappings ??= readMappings();
  let result = '';
  for (const rune of text) {
    const point = pointOf(rune);
    const by = mappings.get(point)?.[letterCase] ?? 0;
    if (point > 0x7f) result += by === 0 ? rune : String.fromCodePoint(point + by);
    else result += letterCase === 'lower' ? rune.toLowerCase() : rune.toUpperCase();
  }
  return result;
}

export const toUpper = (text: string): string =>
  isAscii(text) ? text.toUpperCase() : convert(text, 'upper');
export const toLower = (text: string): string =>
  isAscii(text) ? text.toLowerCase() : convert(text, 'lower');
export const toTitle = (text: string): string =>
  isAscii(text) ? text.toUpperCase() : convert(text, 'title');
