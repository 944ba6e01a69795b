/** Arithmetic to 34 significant digits, half away from zero: of integers too. */

import {
  type Decimal,
  DecimalError,
  MAX_EXPONENT,
  aligned,
  digitCount,
  isNegative,
  isZero,
  magnitude,
  powerOfTen,
} from './decimal.ts';

const PRECISION = 34;

/** @throws DecimalError */
export function add(x: Decimal, y: Decimal): Decimal {
  return sum(x, y, isNegative(y));
}

/** @throws DecimalError */
export function subtract(x: Decimal, y: Decimal): Decimal {
  return sum(x, { coefficient: -y.coefficient, exponent: y.exponent }, !isNegative(y));
}

function sum(x: Decimal, y: Decimal, negativeSecond: boolean): Decimal {
  if (Math.abs(x.exponent - y.exponent) > MAX_EXPONENT) throw new DecimalError('exponent out of range');
  const [a, b] = aligned(x, y);
  return rounded(a + b, isNegative(x) && negativeSecond, Math.min(x.exponent, y.exponent));
}

/** @throws DecimalError */
export function multiply(x: Decimal, y: Decimal): Decimal {
  const coefficient = x.coefficient * y.coefficient;
  const exponent = boundedExponent(digitCount(coefficient), x.exponent, y.exponent);
  return rounded(coefficient, isNegative(x) !== isNegative(y), exponent);
}

/**
 * x / y: without trailing zeros, but for the one that shows that the quotient was a fraction.
 *
 * @throws DecimalError
 */
export function divide(x: Decimal, y: Decimal): Decimal {
  if (isZero(y)) throw new DecimalError('division by zero');
  const shift = x.exponent - y.exponent;
  if (isZero(x)) return { coefficient: 0n, exponent: boundedExponent(1, shift) < 0 ? -1 : 0 };
  let dividend = magnitude(x.coefficient);
  let divisor = magnitude(y.coefficient);
  let adjusted = digitCount(divisor) - digitCount(dividend);
  if (adjusted > 0) dividend *= powerOfTen(adjusted);
  else divisor *= powerOfTen(-adjusted);
  if (dividend < divisor) {
    dividend *= 10n;
    adjusted += 1;
  }
  dividend *= powerOfTen(PRECISION - 1);
  let quotient = dividend / divisor;
  if ((dividend % divisor) * 2n >= divisor) quotient += 1n;
  const exponent = boundedExponent(digitCount(quotient), shift, -adjusted, 1 - PRECISION);
  return reduced(isNegative(x) === isNegative(y) ? quotient : -quotient, exponent);
}

function reduced(coefficient: bigint, exponent: number): Decimal {
  let digits = coefficient;
  let power = exponent;
  for (; digits % 10n === 0n; power += 1) digits /= 10n;
  if (exponent < 0 && power >= 0) return { coefficient: digits * 10n, exponent: power - 1 };
  return { coefficient: digits, exponent: power };
}

/** The sum of `parts`, none of them, nor the first of `digits` digits, out of bounds. @throws DecimalError */
function boundedExponent(digits: number, ...parts: readonly number[]): number {
  let exponent = 0;
  for (const part of parts) {
    if (Math.abs(part) > MAX_EXPONENT) throw new DecimalError('exponent out of range');
    exponent += part;
  }
  if (Math.abs(exponent + digits - 1) > MAX_EXPONENT) throw new DecimalError('exponent out of range');
  return exponent;
}

/** @throws DecimalError */
function rounded(coefficient: bigint, negative: boolean, scale: number): Decimal {
  const excess = digitCount(coefficient) - PRECISION;
  let digits = magnitude(coefficient);
  let dropped = 0;
  if (excess > 0) {
    const unit = powerOfTen(excess);
    const rest = digits % unit;
    digits = digits / unit + (rest * 2n >= unit ? 1n : 0n);
    dropped = excess;
    // 9.99…9 became 10
    if (digits === powerOfTen(PRECISION)) {
      digits /= 10n;
      dropped += 1;
    }
  }
  const exponent = boundedExponent(digitCount(digits), scale, dropped);
  if (coefficient === 0n)
    return negative ? { coefficient, exponent, negativeZero: true } : { coefficient, exponent };
  return { coefficient: coefficient < 0n ? -digits : digits, exponent };
}
