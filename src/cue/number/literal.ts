/** What number literals mean (specification, "Numeric literals"). */

import { multiply } from './arithmetic.ts';
import {
  type Decimal,
  DecimalError,
  MAX_EXPONENT,
  digitCount,
  fromInteger,
  isIntegral,
  negate,
} from './decimal.ts';
import { toInteger } from './integer.ts';

const POWERS = 'KMGTP';

/** `int` tells 1 from 1.0: an integer has neither a point nor an exponent, or it has a multiplier. */
export type NumberMeaning = { readonly int: boolean; readonly value: Decimal };

/**
 * Reads a literal that the scanner took for one.
 *
 * @returns undefined for what it lets pass: an exponent without digits, a fraction left after a multiplier
 * @throws DecimalError for an exponent CUE computes wrongly with
 */
export function readNumber(lexeme: string): NumberMeaning | undefined {
  const text = lexeme.includes('_') ? lexeme.replaceAll('_', '') : lexeme;
  if (isDigits(text)) return integer(BigInt(text));
  if (/^0[xX]/.test(text)) return text.length === 2 ? undefined : integer(BigInt(`0x${text.slice(2)}`));
  if (/^0[bo]/.test(text)) return text.length === 2 ? undefined : integer(BigInt(text));
  const match = /^([0-9]*)\.?([0-9]*)(?:([KMGTP])(i?)|[eE]([+-]?[0-9]+))?$/.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction = '', power, binary, exponent = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const coefficient = BigInt(whole + fraction);
  if (power !== undefined) {
    return multiplied({ coefficient, exponent: -fraction.length }, power, binary === 'i');
  }
  const given = Number(exponent);
  const scale = given - fraction.length;
  if (Math.abs(given) > MAX_EXPONENT || Math.abs(scale + digitCount(coefficient) - 1) > MAX_EXPONENT) {
    throw new DecimalError('exponent out of range');
  }
  return { int: false, value: { coefficient, exponent: scale } };
}

function isDigits(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return text !== '';
}

/** A number of JSON, whose grammar is this one's but for the sign. @throws DecimalError */
export function readJsonNumber(text: string): NumberMeaning | undefined {
  if (!text.startsWith('-')) return readNumber(text);
  const read = readNumber(text.slice(1));
  return read === undefined ? undefined : { int: read.int, value: negate(read.value) };
}

function integer(coefficient: bigint): NumberMeaning {
  return { int: true, value: fromInteger(coefficient) };
}

function multiplied(number: Decimal, power: string, binary: boolean): NumberMeaning | undefined {
  const factor = (binary ? 1024n : 1000n) ** BigInt(POWERS.indexOf(power) + 1);
  const product = multiply(number, fromInteger(factor));
  return isIntegral(product) ? integer(toInteger(product)) : undefined;
}
