/** Doubles as results: the shortest decimal that reads as the double, as Go prints it. */

import { BuiltinError, type NumberResult } from './builtin.ts';

/** @throws BuiltinError `unsupported` for what is no finite number: CUE goes on with it. */
export function floatResult(value: number): NumberResult {
  if (!Number.isFinite(value)) throw new BuiltinError('a result that is no finite number', 'unsupported');
  if (value === 0) {
    const zero = { coefficient: 0n, exponent: 0 };
    return { int: false, value: Object.is(value, -0) ? { ...zero, negativeZero: true } : zero };
  }
  const { digits, exponent } = shortestDigits(value);
  const coefficient = BigInt(digits) * (value < 0 ? -1n : 1n);
  return { int: false, value: { coefficient, exponent: exponent - digits.length + 1 } };
}

/** Significant digits, the first standing for ten to the power of `exponent`. */
export type Digits = { readonly digits: string; readonly exponent: number };

/** The shortest digits that read as the finite double; no sign. */
export function shortestDigits(value: number): Digits {
  const [mantissa = '0', exponent = '0'] = Math.abs(value).toExponential().split('e');
  return { digits: mantissa.replace('.', ''), exponent: Number(exponent) };
}
