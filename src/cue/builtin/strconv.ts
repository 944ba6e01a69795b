/** Package strconv. */

import { BOOL_KIND, INT_KIND, NUMBER_KIND, STRING_KIND } from '../value/kind.ts';
import { BuiltinError, type BuiltinCall, type BuiltinPackage } from './builtin.ts';
import { bigInt } from './conversion.ts';
import { parseCueNumber } from './cue-number.ts';
import { unquote } from './cue-unquote.ts';
import { define } from './define.ts';
import { float64 } from './float-argument.ts';
import { floatResult } from './float-result.ts';
import { int, int32, uint8 } from './integer-argument.ts';
import { decimalResult } from './number-result.ts';
import { formatFloat, parseFloat64 } from './strconv-float.ts';
import { fitSigned, fitUnsigned, formatInteger, parseInteger } from './strconv-integer.ts';
import { isGraphic, isPrint, quote, runeOf, type QuoteStyle } from './strconv-quote.ts';

const TEXT = [STRING_KIND] as const;
const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

function parseBool(call: BuiltinCall): boolean {
  const text = call.string(0);
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  throw new BuiltinError('invalid syntax');
}

const quoteRune = (style: QuoteStyle) => (call: BuiltinCall) =>
  quote(runeOf(int32(call, 0)) ?? '\ufffd', "'", style);

const isRune = (test: (rune: string) => boolean) => (call: BuiltinCall) => {
  const rune = runeOf(int32(call, 0));
  return rune !== undefined && test(rune);
};

const formatted = (call: BuiltinCall): string => formatInteger(call.bigInt(0), int(call, 1));

export const strconv: BuiltinPackage = {
  path: 'strconv',
  constants: { IntSize: '64' },
  functions: [
    define('Unquote', TEXT, STRING_KIND, (c) => unquote(c.string(0))),
    define('ParseBool', TEXT, BOOL_KIND, parseBool),
    define('FormatBool', [BOOL_KIND], STRING_KIND, (c) => String(c.bool(0))),
    define('ParseFloat', [STRING_KIND, INT_KIND], NUMBER_KIND, (c) =>
      floatResult(parseFloat64(c.string(0), int(c, 1))),
    ),
    define('ParseNumber', TEXT, NUMBER_KIND, (c) => decimalResult(parseCueNumber(c.string(0)))),
    define('ParseUint', [STRING_KIND, INT_KIND, INT_KIND], INT_KIND, (c) =>
      fitUnsigned(parseInteger(c.string(0), int(c, 1)), int(c, 2)),
    ),
    define('ParseInt', [STRING_KIND, INT_KIND, INT_KIND], INT_KIND, (c) =>
      fitSigned(parseInteger(c.string(0), int(c, 1)), int(c, 2)),
    ),
    define('Atoi', TEXT, INT_KIND, (c) => parseInteger(c.string(0), 10)),
    define(
      'FormatFloat',
      [NUMBER_KIND, INT_KIND, INT_KIND, INT_KIND],
      STRING_KIND,
      (c) => formatFloat(float64(c, 0), String.fromCharCode(Number(uint8(c, 1))), int(c, 2), int(c, 3)),
      [float64, uint8],
    ),
    define('FormatUint', [INT_KIND, INT_KIND], STRING_KIND, formatted, [bigInt]),
    define('FormatInt', [INT_KIND, INT_KIND], STRING_KIND, formatted, [bigInt]),
    define('Quote', TEXT, STRING_KIND, (c) => quote(c.string(0), '"', 'print')),
    define('QuoteToASCII', TEXT, STRING_KIND, (c) => quote(c.string(0), '"', 'ascii')),
    define('QuoteToGraphic', TEXT, STRING_KIND, (c) => quote(c.string(0), '"', 'graphic')),
    define('QuoteRune', [INT_KIND], STRING_KIND, quoteRune('print')),
    define('QuoteRuneToASCII', [INT_KIND], STRING_KIND, quoteRune('ascii')),
    define('QuoteRuneToGraphic', [INT_KIND], STRING_KIND, quoteRune('graphic')),
    define('IsPrint', [INT_KIND], BOOL_KIND, isRune(isPrint)),
    define('IsGraphic', [INT_KIND], BOOL_KIND, isRune(isGraphic)),
  ],
};
