/** The text of a number, as CUE prints it in interpolations: 1.50, 1E+5, 0.000001, 1E-7. */

import { type Decimal, isNegative, magnitude } from './decimal.ts';

/** Zeros this many places after the point are still written out. */
const ZERO_PLACES = 2000;

export function toText(x: Decimal): string {
  const digits = magnitude(x.coefficient).toString();
  return (isNegative(x) ? '-' : '') + unsigned(digits, x.exponent);
}

function unsigned(digits: string, exponent: number): string {
  const zero = digits === '0' && exponent < 0 && exponent >= -ZERO_PLACES;
  const adjusted = exponent + digits.length - 1 + (zero ? -exponent : 0);
  if (exponent <= 0 && adjusted >= -6) return plain(digits, exponent);
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  const power = exponent + digits.length - 1;
  return `${digits.charAt(0)}${fraction}E${power < 0 ? '-' : '+'}${Math.abs(power)}`;
}

function plain(digits: string, exponent: number): string {
  if (exponent === 0) return digits;
  const point = digits.length + exponent;
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}
