/** Go's text of integers of any size. */

import { BuiltinError } from './builtin.ts';

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const PREFIXED =
  /^([+-]?)(0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)$/;
const MAX_DIGITS = 100_000;

function requireBase(base: number, text: string): void {
  if (base < 2 || base > DIGITS.length) throw new BuiltinError('invalid number base');
  if (text.length > MAX_DIGITS) throw new BuiltinError('a number with so many digits', 'limit');
}

const invalid = (): BuiltinError => new BuiltinError('invalid syntax');

/** Base 0 takes the base from a prefix, and underscores. @throws BuiltinError */
export function parseInteger(text: string, base: number): bigint {
  if (base === 0) return parsePrefixed(text);
  requireBase(base, text);
  const [, sign, digits] = /^([+-]?)([0-9a-zA-Z]+)$/.exec(text) ?? [];
  if (digits === undefined) throw invalid();
  const known = base <= 36 ? digits.toLowerCase() : digits;
  let value = 0n;
  for (const digit of known) {
    const place = DIGITS.indexOf(digit);
    if (place >= base) throw invalid();
    value = value * BigInt(base) + BigInt(place);
  }
  return sign === '-' ? -value : value;
}

function parsePrefixed(text: string): bigint {
  const [, sign, digits] = PREFIXED.exec(text) ?? [];
  if (digits === undefined) throw invalid();
  requireBase(10, text);
  const plain = digits.replaceAll('_', '').replace(/^0(?=[0-7])/, '0o');
  return sign === '-' ? -BigInt(plain) : BigInt(plain);
}

/** @throws BuiltinError */
export function formatInteger(value: bigint, base: number): string {
  requireBase(base, '');
  if (base <= 36) return value.toString(base);
  let rest = value < 0n ? -value : value;
  let text = rest === 0n ? '0' : '';
  for (; rest > 0n; rest /= BigInt(base)) text = DIGITS.charAt(Number(rest % BigInt(base))) + text;
  return value < 0n ? `-${text}` : text;
}

/** @throws BuiltinError where an unsigned integer does not fit the bits; 0 bits are no bound. */
export function fitUnsigned(value: bigint, bits: number): bigint {
  if (bits < 0 || value < 0n || (bits > 0 && bitLength(value) > bits))
    throw new BuiltinError('value out of range');
  return value;
}

/** @throws BuiltinError where a signed integer does not fit the bits; 0 bits are no bound. */
export function fitSigned(value: bigint, bits: number): bigint {
  const size = bitLength(value < 0n ? -value - 1n : value);
  if (bits < 0 || (bits > 0 && size > bits - 1)) throw new BuiltinError('value out of range');
  return value;
}

/** The bits of the magnitude. */
export const bitLength = (value: bigint): number =>
  value === 0n ? 0 : (value < 0n ? -value : value).toString(2).length;
