import type { Decimal } from './decimal.ts';
import { fromInteger, isIntegral, isNegative } from './decimal.ts';
import { toInteger } from './integer.ts';

/** The greatest integer that is not above. */
export function floor(x: Decimal): Decimal {
  const whole = truncated(x);
  return !isIntegral(x) && isNegative(x) ? fromInteger(whole - 1n) : fromInteger(whole);
}

/** The least integer that is not below. */
export function ceiling(x: Decimal): Decimal {
  const whole = truncated(x);
  return !isIntegral(x) && !isNegative(x) ? fromInteger(whole + 1n) : fromInteger(whole);
}

function truncated(x: Decimal): bigint {
  if (x.exponent >= 0) return toInteger(x);
  const scale = 10n ** BigInt(-x.exponent);
  return x.coefficient / scale;
}
