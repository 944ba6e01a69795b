/** Whole powers as CUE's decimals calculate them: by squaring, each product rounded to a few digits more. */

import { add } from '../number/arithmetic.ts';
import {
  type Decimal,
  DecimalError,
  digitCount,
  isIntegral,
  isNegative,
  isZero,
  magnitude,
  MAX_EXPONENT,
} from '../number/decimal.ts';
import { toInteger } from '../number/integer.ts';
import { BuiltinError } from './builtin.ts';

const PRECISION = 34;
const GUARD_DIGITS = 10;
const MAX_POWER = 2n ** 64n;
const ONE: Decimal = { coefficient: 1n, exponent: 0 };

/** x to the power of y. @throws BuiltinError `unsupported` for a power that is no whole number, or infinite */
export function power(x: Decimal, y: Decimal): Decimal {
  const isWhole = isIntegral(y);
  if (isZero(x)) return powerOfZero(y, isWhole && isNegative(x) && toInteger(y) % 2n !== 0n);
  if (isZero(y)) return ONE;
  if (!isWhole) {
    if (isNegative(x)) throw new BuiltinError('invalid operation');
    throw new BuiltinError('a power that is no whole number', 'unsupported');
  }
  const exponent = y.exponent > 20 ? MAX_POWER : toInteger(y);
  if (magnitude(exponent) >= MAX_POWER) throw new BuiltinError('a power so great', 'limit');
  const precision = Math.max(PRECISION, digitCount(x.coefficient)) + GUARD_DIGITS;
  const size = wholePower(x, magnitude(exponent), precision);
  const result = exponent < 0n ? inverse(size, precision) : size;
  return add(result, { coefficient: 0n, exponent: result.exponent });
}

function powerOfZero(y: Decimal, negative: boolean): Decimal {
  if (isZero(y)) throw new BuiltinError('invalid operation');
  if (isNegative(y)) throw new BuiltinError('an infinite power', 'unsupported');
  return negative ? { coefficient: 0n, exponent: 0, negativeZero: true } : { coefficient: 0n, exponent: 0 };
}

function wholePower(x: Decimal, exponent: bigint, precision: number): Decimal {
  let result = ONE;
  let square = x;
  for (let rest = exponent; rest > 0n;) {
    if (rest % 2n === 1n) result = product(result, square, precision);
    rest /= 2n;
    if (rest > 0n) square = product(square, square, precision);
  }
  return result;
}

const product = (x: Decimal, y: Decimal, precision: number): Decimal =>
  rounded(x.coefficient * y.coefficient, x.exponent + y.exponent, precision);

/** 1 / x with just as many digits as the precision. */
function inverse(x: Decimal, precision: number): Decimal {
  const divisor = magnitude(x.coefficient);
  const digits = digitCount(divisor);
  const isPower = divisor === 10n ** BigInt(digits - 1);
  const shift = precision + digits - (isPower ? 2 : 1);
  const dividend = 10n ** BigInt(shift);
  const size = dividend / divisor + ((dividend % divisor) * 2n >= divisor ? 1n : 0n);
  return rounded(x.coefficient < 0n ? -size : size, -x.exponent - shift, precision);
}

function rounded(coefficient: bigint, exponent: number, precision: number): Decimal {
  const excess = digitCount(coefficient) - precision;
  if (excess <= 0) return bounded(coefficient, exponent);
  const unit = 10n ** BigInt(excess);
  const size = magnitude(coefficient);
  const kept = size / unit + ((size % unit) * 2n >= unit ? 1n : 0n);
  return bounded(coefficient < 0n ? -kept : kept, exponent + excess);
}

function bounded(coefficient: bigint, exponent: number): Decimal {
  if (Math.abs(exponent + digitCount(coefficient) - 1) > MAX_EXPONENT) {
    throw new DecimalError('exponent out of range');
  }
  return { coefficient, exponent };
}
