/** What number literals mean (specification, "Numeric literals"). */

import type { Decimal } from '../number/decimal.ts';
import { LiteralError } from './string-literal.ts';

/** The largest exponent, either way, a number may have. */
const MAX_EXPONENT = 100_000;
const POWERS = 'KMGTP';

export type NumberMeaning = { readonly int: boolean; readonly value: Decimal };

/** @throws LiteralError for what the scanner lets pass: no digits in an exponent, a fraction left after a multiplier */
export function decodeNumber(lexeme: string): NumberMeaning {
  const text = lexeme.includes('_') ? lexeme.replaceAll('_', '') : lexeme;
  if (/^0[xX]/.test(text)) return integer(digitsOf(text, `0x${text.slice(2)}`));
  if (/^0[bo]/.test(text)) return integer(digitsOf(text, text));
  const match = /^([0-9]*)(\.?)([0-9]*)(?:([KMGTP])(i?)|[eE]([+-]?[0-9]*))?$/.exec(text);
  if (match === null) throw new LiteralError('not a number');
  const [, whole = '', point = '', fraction = '', power, binary, exponent] = match;
  const coefficient = BigInt(whole + fraction);
  if (power !== undefined) return multiplied(coefficient, fraction.length, power, binary === 'i');
  if (point === '' && exponent === undefined) return integer(coefficient);
  const given = exponent === undefined ? 0 : Number.parseInt(exponent, 10);
  if (Number.isNaN(given)) throw new LiteralError('an exponent has no digits');
  if (Math.abs(given) > MAX_EXPONENT) throw new LiteralError('an exponent is out of range');
  return { int: false, value: { coefficient, exponent: given - fraction.length } };
}

function digitsOf(text: string, digits: string): bigint {
  if (text.length === 2) throw new LiteralError('a number has no digits');
  return BigInt(digits);
}

function integer(coefficient: bigint): NumberMeaning {
  return { int: true, value: { coefficient, exponent: 0 } };
}

function multiplied(coefficient: bigint, places: number, power: string, binary: boolean): NumberMeaning {
  const factor = (binary ? 1024n : 1000n) ** BigInt(POWERS.indexOf(power) + 1);
  const product = coefficient * factor;
  const scale = 10n ** BigInt(places);
  if (product % scale !== 0n) throw new LiteralError('a number with a multiplier is no integer');
  return integer(product / scale);
}
