/** What package list computes over numbers, with 34 digits; a result that is whole is an int. */

import { add, divide, multiply } from '../number/arithmetic.ts';
import { compare, type Decimal, fromInteger, isNegative, isZero } from '../number/decimal.ts';
import { BuiltinError, type NumberResult } from './builtin.ts';
import { limitItems } from './limits.ts';
import { decimalResult } from './number-result.ts';

type Numbers = readonly NumberResult[];

const total = (numbers: Numbers): Decimal =>
  numbers.reduce<Decimal>((sum, { value }) => add(value, sum), fromInteger(0n));

/** The first of those that no other is beyond: `beyond` is 1 for the greatest, -1 for the least. */
function extreme(numbers: Numbers, beyond: 1 | -1): NumberResult {
  const [first, ...rest] = numbers;
  if (first === undefined) throw new BuiltinError('empty list');
  const best = rest.reduce(
    (best, { value }) => (compare(value, best) === beyond ? value : best),
    first.value,
  );
  return decimalResult(best);
}

export const sum = (numbers: Numbers): NumberResult => decimalResult(total(numbers));
export const maximum = (numbers: Numbers): NumberResult => extreme(numbers, 1);
export const minimum = (numbers: Numbers): NumberResult => extreme(numbers, -1);

export const product = (numbers: Numbers): NumberResult =>
  decimalResult(numbers.reduce<Decimal>((all, { value }) => multiply(value, all), fromInteger(1n)));

export function average(numbers: Numbers): NumberResult {
  if (numbers.length === 0) throw new BuiltinError('empty list');
  return decimalResult(divide(total(numbers), fromInteger(numbers.length)));
}

/** From `start` in steps while below `limit`, or above it where the step is negative. */
export function range(start: Decimal, limit: Decimal, step: Decimal): Numbers {
  if (isZero(step)) throw new BuiltinError('step must be non zero');
  const ahead = isNegative(step) ? 1 : -1;
  if (compare(start, limit) === -ahead) throw new BuiltinError('the limit is on the other side of the start');
  const numbers: NumberResult[] = [];
  for (let number = start; compare(number, limit) === ahead; number = add(step, number)) {
    numbers.push(decimalResult(number));
    limitItems(numbers.length);
  }
  return numbers;
}
