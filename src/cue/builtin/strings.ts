/** Package strings. */

import { BOOL_KIND, BYTES_KIND, INT_KIND, LIST_KIND, STRING_KIND } from '../value/kind.ts';
import { BuiltinError, type BuiltinCall, type BuiltinPackage, type ResultList } from './builtin.ts';
import { define } from './define.ts';
import { int } from './integer-argument.ts';
import { toLower, toTitle, toUpper } from './letter-case.ts';
import { limitText } from './limits.ts';
import { pointOf, compareText, runeCount, utf8Length } from './rune.ts';
import { isSpace } from '../syntax/characters.ts';
import { count, fields, replace, split, splitAfter, trimEnd, trimSpace, trimStart } from './text.ts';

const OCTETS = BYTES_KIND | STRING_KIND;
const TEXT = [STRING_KIND] as const;
const TEXTS = [STRING_KIND, STRING_KIND] as const;

const outOfRange = (): BuiltinError => new BuiltinError('index out of range');

/** The index in UTF-8 of an index in UTF-16; -1 stays. */
const byteIndex = (text: string, index: number): bigint =>
  index < 0 ? -1n : BigInt(utf8Length(text.slice(0, index)));

const list = (texts: readonly string[]): ResultList => ({ list: texts });

function byteAt(call: BuiltinCall): bigint {
  const bytes = call.octets(0);
  const byte = bytes[int(call, 1)];
  if (byte === undefined) throw outOfRange();
  return BigInt(byte);
}

function byteSlice(call: BuiltinCall): Uint8Array {
  const bytes = call.octets(0);
  const start = int(call, 1);
  const end = int(call, 2);
  if (start < 0 || start > end || end > bytes.length) throw outOfRange();
  return bytes.slice(start, end);
}

function sliceRunes(call: BuiltinCall): string {
  const runes = Array.from(call.string(0));
  const start = int(call, 1);
  const end = int(call, 2);
  if (start < 0 || start > end || end > runes.length) throw outOfRange();
  return runes.slice(start, end).join('');
}

function repeat(call: BuiltinCall): string {
  const text = call.string(0);
  const times = int(call, 1);
  if (times < 0) throw new BuiltinError('negative Repeat count');
  if (text === '') return '';
  limitText(text.length * times);
  return text.repeat(times);
}

function join(call: BuiltinCall): string {
  const texts = call.stringList(0);
  const separator = call.string(1);
  limitText(texts.reduce((sum, text) => sum + text.length + separator.length, 0));
  return texts.join(separator);
}

function indexAny(text: string, runes: string): number {
  const set = new Set(runes);
  let at = 0;
  for (const rune of text) {
    if (set.has(rune)) return at;
    at += rune.length;
  }
  return -1;
}

function lastIndexAny(text: string, runes: string): number {
  const set = new Set(runes);
  let found = -1;
  let at = 0;
  for (const rune of text) {
    if (set.has(rune)) found = at;
    at += rune.length;
  }
  return found;
}

/** The first letter of each word changed. */
function eachWord(text: string, change: (rune: string) => string): string {
  let result = '';
  let previous = ' ';
  for (const rune of text) {
    result += isSpace(previous) ? change(rune) : rune;
    previous = rune;
  }
  return result;
}

export const strings: BuiltinPackage = {
  path: 'strings',
  functions: [
    define('ByteAt', [OCTETS, INT_KIND], INT_KIND, byteAt),
    define('ByteSlice', [OCTETS, INT_KIND, INT_KIND], OCTETS, byteSlice),
    define('Runes', TEXT, LIST_KIND, (c) => ({
      list: Array.from(c.string(0), (rune) => BigInt(pointOf(rune))),
    })),
    define('MinRunes', [STRING_KIND, INT_KIND], BOOL_KIND, (c) => runeCount(c.string(0)) >= int(c, 1)),
    define('MaxRunes', [STRING_KIND, INT_KIND], BOOL_KIND, (c) => runeCount(c.string(0)) <= int(c, 1)),
    define('ToTitle', TEXT, STRING_KIND, (c) => eachWord(c.string(0), toTitle)),
    define('ToCamel', TEXT, STRING_KIND, (c) => eachWord(c.string(0), toLower)),
    define('SliceRunes', [STRING_KIND, INT_KIND, INT_KIND], STRING_KIND, sliceRunes),
    define('Compare', TEXTS, INT_KIND, (c) => BigInt(compareText(c.string(0), c.string(1)))),
    define('Count', TEXTS, INT_KIND, (c) => BigInt(count(c.string(0), c.string(1)))),
    define('Contains', TEXTS, BOOL_KIND, (c) => c.string(0).includes(c.string(1))),
    define('ContainsAny', TEXTS, BOOL_KIND, (c) => indexAny(c.string(0), c.string(1)) >= 0),
    define('LastIndex', TEXTS, INT_KIND, (c) => byteIndex(c.string(0), c.string(0).lastIndexOf(c.string(1)))),
    define('IndexAny', TEXTS, INT_KIND, (c) => byteIndex(c.string(0), indexAny(c.string(0), c.string(1)))),
    define('LastIndexAny', TEXTS, INT_KIND, (c) =>
      byteIndex(c.string(0), lastIndexAny(c.string(0), c.string(1))),
    ),
    define('SplitN', [...TEXTS, INT_KIND], LIST_KIND, (c) =>
      list(split(c.string(0), c.string(1), int(c, 2))),
    ),
    define('SplitAfterN', [...TEXTS, INT_KIND], LIST_KIND, (c) =>
      list(splitAfter(c.string(0), c.string(1), int(c, 2))),
    ),
    define('Split', TEXTS, LIST_KIND, (c) => list(split(c.string(0), c.string(1), -1))),
    define('SplitAfter', TEXTS, LIST_KIND, (c) => list(splitAfter(c.string(0), c.string(1), -1))),
    define('Fields', TEXT, LIST_KIND, (c) => list(fields(c.string(0)))),
    define('Join', [LIST_KIND, STRING_KIND], STRING_KIND, join),
    define('HasPrefix', TEXTS, BOOL_KIND, (c) => c.string(0).startsWith(c.string(1))),
    define('HasSuffix', TEXTS, BOOL_KIND, (c) => c.string(0).endsWith(c.string(1))),
    define('Repeat', [STRING_KIND, INT_KIND], STRING_KIND, repeat),
    define('ToUpper', TEXT, STRING_KIND, (c) => toUpper(c.string(0))),
    define('ToLower', TEXT, STRING_KIND, (c) => toLower(c.string(0))),
    define('Trim', TEXTS, STRING_KIND, (c) => trimEnd(trimStart(c.string(0), c.string(1)), c.string(1))),
    define('TrimLeft', TEXTS, STRING_KIND, (c) => trimStart(c.string(0), c.string(1))),
    define('TrimRight', TEXTS, STRING_KIND, (c) => trimEnd(c.string(0), c.string(1))),
    define('TrimSpace', TEXT, STRING_KIND, (c) => trimSpace(c.string(0))),
    define('TrimPrefix', TEXTS, STRING_KIND, (c) => {
      const text = c.string(0);
      return text.startsWith(c.string(1)) ? text.slice(c.string(1).length) : text;
    }),
    define('TrimSuffix', TEXTS, STRING_KIND, (c) => {
      const text = c.string(0);
      return text.endsWith(c.string(1)) ? text.slice(0, text.length - c.string(1).length) : text;
    }),
    define('Replace', [...TEXTS, STRING_KIND, INT_KIND], STRING_KIND, (c) =>
      replace(c.string(0), c.string(1), c.string(2), int(c, 3)),
    ),
    define('Index', TEXTS, INT_KIND, (c) => byteIndex(c.string(0), c.string(0).indexOf(c.string(1)))),
  ],
};
