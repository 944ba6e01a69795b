/** Integer division, exact at any size: `div` and `mod` are Euclidean, `quo` and `rem` truncate. */

import {
  type Decimal,
  DecimalError,
  digitCount,
  fromInteger,
  isNegative,
  isZero,
  magnitude,
  powerOfTen,
} from './decimal.ts';

/** The integer a decimal is, half away from zero if it is none. */
export function toInteger(x: Decimal): bigint {
  if (x.exponent >= 0) return x.coefficient * powerOfTen(x.exponent);
  if (digitCount(x.coefficient) < -x.exponent) return 0n;
  const unit = powerOfTen(-x.exponent);
  const digits = magnitude(x.coefficient);
  const whole = digits / unit + ((digits % unit) * 2n >= unit ? 1n : 0n);
  return x.coefficient < 0n ? -whole : whole;
}

function operands(x: Decimal, y: Decimal): [bigint, bigint] {
  if (isZero(y)) throw new DecimalError('division by zero');
  return [toInteger(x), toInteger(y)];
}

const WORD = 2n ** 64n;

/** Of operands that fit in a word CUE keeps the sign of a result of zero. */
function truncated(result: bigint, negative: boolean, a: bigint, b: bigint): Decimal {
  const signed = result === 0n && negative && magnitude(a) < WORD && magnitude(b) < WORD;
  return signed ? { coefficient: 0n, exponent: 0, negativeZero: true } : fromInteger(result);
}

/** @throws DecimalError */
export function quo(x: Decimal, y: Decimal): Decimal {
  const [a, b] = operands(x, y);
  return truncated(a / b, isNegative(x) !== isNegative(y), a, b);
}

/** @throws DecimalError */
export function rem(x: Decimal, y: Decimal): Decimal {
  const [a, b] = operands(x, y);
  return truncated(a % b, isNegative(x), a, b);
}

/** @throws DecimalError */
export function mod(x: Decimal, y: Decimal): Decimal {
  const [a, b] = operands(x, y);
  return fromInteger(euclideanRemainder(a, b));
}

/** @throws DecimalError */
export function div(x: Decimal, y: Decimal): Decimal {
  const [a, b] = operands(x, y);
  return fromInteger((a - euclideanRemainder(a, b)) / b);
}

/** Never negative. */
function euclideanRemainder(a: bigint, b: bigint): bigint {
  const rest = a % b;
  return rest < 0n ? rest + magnitude(b) : rest;
}
