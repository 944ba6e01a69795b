/**
 * Package math: what is exact. Refused is what CUE approximates by series whose last digits depend on their steps, or
 * on the machine.
 */

import { add, divide, subtract } from '../number/arithmetic.ts';
import { type Decimal, digitCount, isIntegral, isNegative, magnitude } from '../number/decimal.ts';
import { ceiling, floor } from '../number/round.ts';
import { toInteger } from '../number/integer.ts';
import { BOOL_KIND, INT_KIND, NUMBER_KIND } from '../value/kind.ts';
import { BuiltinError, type BuiltinCall, type BuiltinPackage, type NumberResult } from './builtin.ts';
import { bigInt } from './conversion.ts';
import { define, refused } from './define.ts';
import { float64 } from './float-argument.ts';
import { logarithm, remainder, scaled, wholeLogarithm } from './float-parts.ts';
import { floatResult } from './float-result.ts';
import { int, int32 } from './integer-argument.ts';
import { jacobi } from './jacobi.ts';
import { MATH_CONSTANTS } from './math-constants.ts';
import { decimalResult } from './number-result.ts';
import { power } from './power.ts';

const NUMBER = [NUMBER_KIND] as const;
const NUMBERS = [NUMBER_KIND, NUMBER_KIND] as const;
const TWO: Decimal = { coefficient: 2n, exponent: 0 };
const DOUBLES = [float64, float64];
const PRECISION = 34;
const MAX_POWER = 1000;

/** A whole number of more digits than the precision comes out as 0. */
const withinPrecision = (value: Decimal): bigint =>
  digitCount(toInteger(value)) > PRECISION ? 0n : toInteger(value);

const half = (x: Decimal): { readonly below: bigint; readonly twiceRest: bigint; readonly unit: bigint } => {
  const unit = 10n ** BigInt(Math.max(0, -x.exponent));
  const digits = magnitude(x.coefficient) * 10n ** BigInt(Math.max(0, x.exponent));
  return { below: digits / unit, twiceRest: (digits % unit) * 2n, unit };
};

const signed = (x: Decimal, size: bigint): bigint => (isNegative(x) ? -size : size);

const trunc = (x: Decimal): bigint => signed(x, half(x).below);

function roundToEven(x: Decimal): bigint {
  const { below, twiceRest, unit } = half(x);
  const goesUp = twiceRest === unit ? below % 2n === 1n : twiceRest > unit;
  return signed(x, below + (goesUp ? 1n : 0n));
}

/** Rounded to the precision, like every result of arithmetic. */
function absolute(x: Decimal): Decimal {
  return add(
    { coefficient: magnitude(x.coefficient), exponent: x.exponent },
    { coefficient: 0n, exponent: x.exponent },
  );
}

function copySign(call: BuiltinCall): NumberResult {
  const x = call.decimal(0);
  const size = magnitude(x.coefficient);
  const value = { coefficient: size, exponent: x.exponent };
  if (!isNegative(call.decimal(1))) return decimalResult(value);
  return decimalResult(size === 0n ? { ...value, negativeZero: true } : { ...value, coefficient: -size });
}

function dim(call: BuiltinCall): NumberResult {
  const difference = subtract(call.decimal(0), call.decimal(1));
  return decimalResult(isNegative(difference) ? { coefficient: 0n, exponent: 0 } : difference);
}

function powerOfTen(call: BuiltinCall): NumberResult {
  const exponent = int32(call, 0);
  if (Math.abs(exponent) > MAX_POWER) throw new BuiltinError('a power of ten so great', 'limit');
  return decimalResult({ coefficient: 1n, exponent });
}

const REFUSED_OF_ONE =
  'Acosh Asin Acos Asinh Atan Atanh Cbrt Erf Erfc Erfinv Erfcinv Exp Expm1 Gamma J0 Y0 J1 Y1 Log Log10 Log2 Log1p Cos Sin Sinh Cosh Tan Tanh';

export const math: BuiltinPackage = {
  path: 'math',
  constants: MATH_CONSTANTS,
  functions: [
    define('Floor', NUMBER, INT_KIND, (c) => withinPrecision(floor(c.decimal(0)))),
    define('Ceil', NUMBER, INT_KIND, (c) => withinPrecision(ceiling(c.decimal(0)))),
    define('Trunc', NUMBER, INT_KIND, (c) => trunc(c.decimal(0))),
    define('Round', NUMBER, INT_KIND, (c) => toInteger(c.decimal(0))),
    define('RoundToEven', NUMBER, INT_KIND, (c) => roundToEven(c.decimal(0))),
    define('MultipleOf', NUMBERS, BOOL_KIND, (c) => isIntegral(divide(c.decimal(0), c.decimal(1)))),
    define('Abs', NUMBER, NUMBER_KIND, (c) => decimalResult(absolute(c.decimal(0)))),
    define('Copysign', NUMBERS, NUMBER_KIND, copySign),
    define('Dim', NUMBERS, NUMBER_KIND, dim),
    define('Pow', NUMBERS, NUMBER_KIND, (c) => decimalResult(power(c.decimal(0), c.decimal(1)))),
    define('Pow10', [INT_KIND], NUMBER_KIND, powerOfTen),
    define('Signbit', NUMBER, BOOL_KIND, (c) => isNegative(c.decimal(0))),
    define('Mod', NUMBERS, NUMBER_KIND, (c) => floatResult(float64(c, 0) % float64(c, 1)), DOUBLES),
    define('Sqrt', NUMBER, NUMBER_KIND, (c) => floatResult(Math.sqrt(float64(c, 0)))),
    define('Exp2', NUMBER, NUMBER_KIND, (c) => decimalResult(power(TWO, c.decimal(0)))),
    define(
      'Remainder',
      NUMBERS,
      NUMBER_KIND,
      (c) => floatResult(remainder(float64(c, 0), float64(c, 1))),
      DOUBLES,
    ),
    define(
      'Ldexp',
      [NUMBER_KIND, INT_KIND],
      NUMBER_KIND,
      (c) => floatResult(scaled(float64(c, 0), int(c, 1))),
      [float64],
    ),
    define('Logb', NUMBER, NUMBER_KIND, (c) => floatResult(logarithm(float64(c, 0)))),
    define('Ilogb', NUMBER, INT_KIND, (c) => BigInt(wholeLogarithm(float64(c, 0)))),
    define('Jacobi', [INT_KIND, INT_KIND], INT_KIND, (c) => jacobi(c.bigInt(0), c.bigInt(1)), [
      bigInt,
      bigInt,
    ]),
    ...REFUSED_OF_ONE.split(' ').map((name) => refused(name, NUMBER, NUMBER_KIND)),
    ...['Atan2', 'Hypot'].map((name) => refused(name, NUMBERS, NUMBER_KIND)),
    ...['Jn', 'Yn'].map((name) => refused(name, [INT_KIND, NUMBER_KIND], NUMBER_KIND)),
  ],
};
