/** Decimal numbers as CUE's evaluator holds them: exact, with the trailing zeros they were written with. */

/** `coefficient` times ten to the power of `exponent`; `negativeZero` only with a coefficient of 0. */
export type Decimal = {
  readonly coefficient: bigint;
  readonly exponent: number;
  /** A product of zero and a negative number prints its sign; it equals any other zero. */
  readonly negativeZero?: true;
};

/** Exponents, also of the first digit, lie between this and its negative. */
export const MAX_EXPONENT = 100_000;

/** Why a calculation has no result: CUE makes an error value of it. */
export class DecimalError extends Error {
  readonly reason: 'division by zero' | 'exponent out of range';

  constructor(reason: 'division by zero' | 'exponent out of range') {
    super(reason);
    this.name = 'DecimalError';
    this.reason = reason;
  }
}

/** An integer as a decimal. */
export function fromInteger(value: bigint | number): Decimal {
  return { coefficient: BigInt(value), exponent: 0 };
}

export function isZero(x: Decimal): boolean {
  return x.coefficient === 0n;
}

/** -1, 0 or 1; a zero has no sign here. */
function sign(x: Decimal): -1 | 0 | 1 {
  if (x.coefficient === 0n) return 0;
  return x.coefficient < 0n ? -1 : 1;
}

export function isNegative(x: Decimal): boolean {
  return x.coefficient < 0n || x.negativeZero === true;
}

export function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** How many digits a coefficient has; that of zero has one. */
export function digitCount(coefficient: bigint): number {
  const digits = coefficient.toString().length;
  return coefficient < 0n ? digits - 1 : digits;
}

/** Ten to the power of `exponent`, which is a non-negative integer. */
export function powerOfTen(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}

/** -x; minus zero is zero. */
export function negate(x: Decimal): Decimal {
  return { coefficient: -x.coefficient, exponent: x.exponent };
}

/** By value: 1, 1.0 and 10e-1 are equal. */
export function compare(x: Decimal, y: Decimal): -1 | 0 | 1 {
  const s = sign(x);
  const other = sign(y);
  if (s !== other) return s < other ? -1 : 1;
  if (s === 0) return 0;
  if (x.exponent === y.exponent) return order(x.coefficient, y.coefficient);
  const first = digitCount(x.coefficient) + x.exponent;
  const second = digitCount(y.coefficient) + y.exponent;
  // numbers of one size have exponents no further apart than their digits
  if (first !== second) return first < second === s > 0 ? -1 : 1;
  const [a, b] = aligned(x, y);
  return order(a, b);
}

function order(a: bigint, b: bigint): -1 | 0 | 1 {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The coefficients of both at the lower of their exponents. */
export function aligned(x: Decimal, y: Decimal): [bigint, bigint] {
  const shift = x.exponent - y.exponent;
  if (shift > 0) return [x.coefficient * powerOfTen(shift), y.coefficient];
  return [x.coefficient, shift === 0 ? y.coefficient : y.coefficient * powerOfTen(-shift)];
}

/** Whether nothing but zeros stand after the decimal point. */
export function isIntegral(x: Decimal): boolean {
  if (x.exponent >= 0 || x.coefficient === 0n) return true;
  // a coefficient with fewer digits than places is a fraction
  if (digitCount(x.coefficient) <= -x.exponent) return false;
  return x.coefficient % powerOfTen(-x.exponent) === 0n;
}
