/** Durations, in nanoseconds of 64 bits. */

import { BuiltinError } from './builtin.ts';

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);
const LIMIT = 2n ** 63n;
const TERM = /([0-9]*)(?:\.([0-9]*))?([^0-9.]+)/y;

const invalid = (): BuiltinError => new BuiltinError('invalid duration');

/** `1h2m3.5s`. @throws BuiltinError */
export function parseDuration(text: string): bigint {
  const isNegative = text.startsWith('-');
  const terms = isNegative || text.startsWith('+') ? text.slice(1) : text;
  if (terms === '0') return 0n;
  if (terms === '') throw invalid();
  let total = 0n;
  TERM.lastIndex = 0;
  for (let at = 0; at < terms.length; at = TERM.lastIndex) {
    const match = TERM.exec(terms);
    if (match === null) throw invalid();
    total += termOf(match[1] ?? '', match[2] ?? '', match[3] ?? '');
    if (total > LIMIT) throw invalid();
  }
  if (!isNegative && total === LIMIT) throw invalid();
  return isNegative ? -total : total;
}

function termOf(digits: string, fraction: string, unitName: string): bigint {
  const unit = UNITS.get(unitName);
  if (unit === undefined || digits + fraction === '') throw invalid();
  const whole = BigInt(digits) * unit;
  if (BigInt(digits) > LIMIT / unit) throw invalid();
  const { value, scale } = leadingFraction(fraction);
  if (value === 0n) return whole;
  const term = whole + BigInt(Math.trunc(Number(value) * (Number(unit) / scale)));
  if (term > LIMIT) throw invalid();
  return term;
}

/** The digits of a fraction as far as they fit 63 bits. */
function leadingFraction(digits: string): { value: bigint; scale: number } {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    const next = value * 10n + BigInt(digit);
    if (value > (LIMIT - 1n) / 10n || next > LIMIT) break;
    value = next;
    scale *= 10;
  }
  return { value, scale };
}

/** `1h2m3.5s`, `1.5ms`, `0s`. */
export function formatDuration(nanoseconds: bigint): string {
  const sign = nanoseconds < 0n ? '-' : '';
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (size === 0n) return '0s';
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 3)}\u00b5s`;
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 6)}ms`;
  const minutes = size / 60_000_000_000n;
  const seconds = `${decimal(size % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return sign + seconds;
  const hours = minutes / 60n;
  return `${sign}${hours === 0n ? '' : `${hours}h`}${minutes % 60n}m${seconds}`;
}

const decimal = (value: bigint, places: number): string => {
  const digits = String(value).padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return digits.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`);
};
