/** Numbers as results. */

import { type Decimal, fromInteger, isIntegral } from '../number/decimal.ts';
import { toInteger } from '../number/integer.ts';
import type { NumberResult } from './builtin.ts';

/** A decimal that a function made: an int where it is whole, whatever it was made of. */
export const decimalResult = (value: Decimal): NumberResult => {
  if (!isIntegral(value)) return { int: false, value };
  const whole = fromInteger(toInteger(value));
  return { int: true, value: value.negativeZero === true ? { ...whole, negativeZero: true } : whole };
};
