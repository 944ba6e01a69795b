/** Go's text of doubles. */

import { compare } from '../number/decimal.ts';
import { readNumber } from '../number/literal.ts';
import { BuiltinError } from './builtin.ts';
import { type Digits, shortestDigits } from './float-result.ts';

const MAX_PRECISION = 1100;
const DECIMAL =
  /^[+-]?(?:[0-9]+(?:_[0-9]+)*\.?(?:[0-9]+(?:_[0-9]+)*)?|\.[0-9]+(?:_[0-9]+)*)(?:[eE][+-]?[0-9]+(?:_[0-9]+)*)?$/;
const OTHER = /^(?:[+-]?0x[0-9a-f_.]*p.*|[+-]?inf(?:inity)?|nan)$/i;

/** @throws BuiltinError where the text is no number or beyond the greatest, `unsupported` for hexadecimal and infinity. */
export function parseFloat64(text: string, bits: number): number {
  if (OTHER.test(text)) throw new BuiltinError('a number in another form', 'unsupported');
  if (!DECIMAL.test(text)) throw new BuiltinError('invalid syntax');
  const digits = text.replaceAll('_', '');
  const value = Number(digits);
  const nearest = bits === 32 && Number.isFinite(value) ? Math.fround(toOdd(value, digits)) : value;
  if (!Number.isFinite(nearest)) throw new BuiltinError('value out of range');
  return nearest;
}

/** The double nearest to the digits, or of the two around them the one whose last bit is set: it rounds once more truly. */
function toOdd(value: number, text: string): number {
  const read = readNumber(text.replace(/^[+-]/, ''));
  if (read === undefined) throw new BuiltinError('a number in another form', 'unsupported');
  const { digits, exponent } = exactDigits(value);
  const order = compare(read.value, { coefficient: BigInt(digits), exponent: exponent - digits.length + 1 });
  if (order === 0) return value;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigUint64(0, (view.getBigUint64(0) - (order < 0 ? 1n : 0n)) | 1n);
  return view.getFloat64(0);
}

/** `precision` below 0 is as many digits as the value needs. @throws BuiltinError */
export function formatFloat(value: number, format: string, precision: number, bits: number): string {
  if (bits !== 64) {
    if (bits === 32) throw new BuiltinError('a number of 32 bits', 'unsupported');
    throw new BuiltinError('strconv: illegal AppendFloat/FormatFloat bitSize');
  }
  if ('bxX'.includes(format)) throw new BuiltinError('a number in binary or hexadecimal', 'unsupported');
  if (precision > MAX_PRECISION) throw new BuiltinError('a number with so many digits', 'limit');
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (format === 'e' || format === 'E')
    return sign + scientific(digitsOf(value, precision, 'e'), format, precision);
  if (format === 'f') return sign + plain(digitsOf(value, precision, 'f'), precision);
  if (format === 'g' || format === 'G') return sign + general(value, format, precision);
  return `%${format}`;
}

function digitsOf(value: number, precision: number, kind: 'e' | 'f'): Digits {
  if (precision < 0) return shortestDigits(value);
  return rounded(exactDigits(value), precision + (kind === 'e' ? 1 : 0), kind);
}

/** All digits of a double: it is a binary fraction, so there is an end. */
function exactDigits(value: number): Digits {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const raw = view.getBigUint64(0);
  const biased = Number(raw >> 52n);
  const fraction = raw & ((1n << 52n) - 1n);
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  const power = Math.max(biased, 1) - 1075;
  if (mantissa === 0n) return { digits: '0', exponent: 0 };
  const digits = String(power >= 0 ? mantissa << BigInt(power) : mantissa * 5n ** BigInt(-power));
  return { digits, exponent: digits.length - 1 + Math.min(power, 0) };
}

/** To `count` digits, or places behind the point for `f`; half to even. */
function rounded({ digits, exponent }: Digits, count: number, kind: 'e' | 'f'): Digits {
  const kept = kind === 'e' ? count : exponent + 1 + count;
  if (kept >= digits.length) return { digits, exponent };
  if (kept < 0) return { digits: '', exponent };
  const head = digits.slice(0, kept);
  const tail = digits.slice(kept);
  const isHalf = /^50*$/.test(tail);
  const isOdd = Number(head.at(-1) ?? '0') % 2 === 1;
  const goesUp = isHalf ? isOdd : tail >= '5';
  if (!goesUp) return { digits: head, exponent };
  const next = String(BigInt(head === '' ? '0' : head) + 1n).padStart(head.length, '0');
  return { digits: next, exponent: exponent + (next.length - head.length) };
}

function scientific({ digits, exponent }: Digits, format: string, precision: number): string {
  const first = digits.charAt(0);
  const rest = precision < 0 ? digits.slice(1) : digits.slice(1, 1 + precision).padEnd(precision, '0');
  const power = `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  return `${first}${rest === '' ? '' : `.${rest}`}${format}${power}`;
}

function plain({ digits, exponent }: Digits, precision: number): string {
  const point = exponent + 1;
  const whole = point <= 0 ? '0' : digits.slice(0, point).padEnd(point, '0');
  const behind = '0'.repeat(Math.max(0, -point)) + digits.slice(Math.max(0, point));
  const fraction = precision < 0 ? behind : behind.slice(0, precision).padEnd(precision, '0');
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

function general(value: number, format: string, precision: number): string {
  const most = precision === 0 ? 1 : precision;
  const all = most < 0 ? shortestDigits(value) : rounded(exactDigits(value), most, 'e');
  const digits = { ...all, digits: all.digits.replace(/0+$/, '') || '0' };
  const count = digits.digits.length;
  const threshold = most < 0 ? 6 : most > count && count >= digits.exponent + 1 ? count : most;
  if (digits.exponent < -4 || digits.exponent >= threshold) {
    return scientific(digits, format === 'g' ? 'e' : 'E', most < 0 || most > count ? count - 1 : most - 1);
  }
  return plain(digits, Math.max(count - digits.exponent - 1, 0));
}
