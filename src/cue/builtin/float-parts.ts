/** What is exact about doubles: remainders, powers of two. */

import { BuiltinError } from './builtin.ts';

const undefinedResult = (): BuiltinError =>
  new BuiltinError('a result that is no finite number', 'unsupported');

/** The exponent of the power of two that is not above a double; not of zero. */
function binaryExponent(value: number): number {
  const view = new DataView(new ArrayBuffer(8));
  const isSubnormal = Math.abs(value) < 2 ** -1022;
  view.setFloat64(0, isSubnormal ? value * 2 ** 52 : value);
  return ((view.getUint16(0) >> 4) & 0x7ff) - 1023 - (isSubnormal ? 52 : 0);
}

/** As math.Ilogb: of zero the least 32-bit integer. */
export const wholeLogarithm = (value: number): number => (value === 0 ? -(2 ** 31) : binaryExponent(value));

/** As math.Logb. @throws BuiltinError `unsupported` for zero */
export function logarithm(value: number): number {
  if (value === 0) throw undefinedResult();
  return binaryExponent(value);
}

/** A fraction times a power of two, rounded once. */
export function scaled(fraction: number, exponent: number): number {
  if (fraction === 0) return fraction;
  const own = binaryExponent(fraction);
  const sum = own + exponent;
  if (sum > 1023) throw undefinedResult();
  if (sum < -1075) return fraction < 0 ? -0 : 0;
  const mantissa = (own < -1000 ? fraction * 2 ** 100 : fraction) / 2 ** (own < -1000 ? own + 100 : own);
  return sum < -1022 ? mantissa * 2 ** -1000 * 2 ** (sum + 1000) : mantissa * 2 ** sum;
}

/** As IEEE 754's remainder: of the nearest quotient, the even one of two. */
export function remainder(x: number, y: number): number {
  if (y === 0) throw undefinedResult();
  const divisor = Math.abs(y);
  let rest = divisor <= Number.MAX_VALUE / 2 ? Math.abs(x) % (divisor + divisor) : Math.abs(x);
  if (divisor < 2 ** -1021) {
    if (rest + rest > divisor) {
      rest -= divisor;
      if (rest + rest >= divisor) rest -= divisor;
    }
  } else if (rest > divisor / 2) {
    rest -= divisor;
    if (rest >= divisor / 2) rest -= divisor;
  }
  return x < 0 || Object.is(x, -0) ? -rest : rest;
}
