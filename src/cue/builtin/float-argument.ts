/** Doubles of CUE's arbitrary numbers, as its functions receive them. */

import { BuiltinError, type BuiltinCall } from './builtin.ts';

/** The nearest double. @throws BuiltinError where the number is beyond the greatest */
export const float64 = (call: BuiltinCall, index: number): number => {
  const value = call.float64(index);
  if (!Number.isFinite(value)) throw new BuiltinError('a number too great for a float64');
  return value;
};
