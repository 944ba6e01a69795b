/** The extent of a number; what it means is read by number-literal.ts. */

import { digitValue } from './characters.ts';
import type { Scanner } from './scanner.ts';

/** Digits with `_` between them. */
function mantissa(scanner: Scanner, base: number): void {
  let last = 0;
  for (;;) {
    const code = scanner.code(scanner.offset);
    if (digitValue(code) >= base) break;
    if (code === 0x5f && last === 0x5f) scanner.refuse('illegal "_" in a number', scanner.offset);
    last = code;
    scanner.offset += 1;
  }
  if (last === 0x5f) scanner.refuse('illegal "_" in a number', scanner.offset - 1);
}

function withBase(scanner: Scanner, base: number): 'int' {
  scanner.offset += 1;
  const start = scanner.offset;
  mantissa(scanner, base);
  if (scanner.offset === start) scanner.refuse('a number has no digits', scanner.start);
  return 'int';
}

/** @param fraction the decimal point is read already */
export function scanNumber(scanner: Scanner, fraction: boolean): 'int' | 'float' {
  if (fraction) {
    mantissa(scanner, 10);
    return exponent(scanner, 'float');
  }
  if (scanner.code(scanner.offset) !== 0x30) {
    mantissa(scanner, 10);
    return afterDigits(scanner);
  }
  scanner.offset += 1;
  const code = scanner.code(scanner.offset);
  if (code === 0x78 || code === 0x58) return withBase(scanner, 16);
  if (code === 0x62) return withBase(scanner, 2);
  if (code === 0x6f) return withBase(scanner, 8);
  const leadingZero = code >= 0x30 && code <= 0x39;
  if (leadingZero) mantissa(scanner, 10);
  const next = scanner.code(scanner.offset);
  if (next === 0x2e || next === 0x65 || next === 0x45) return afterDigits(scanner);
  if (leadingZero) scanner.refuse('an integer begins with 0', scanner.start);
  return 'int';
}

function afterDigits(scanner: Scanner): 'int' | 'float' {
  if (scanner.code(scanner.offset) !== 0x2e) return exponent(scanner, 'int');
  // of `1...` the dots are an ellipsis
  if (scanner.code(scanner.offset + 1) === 0x2e) return 'int';
  scanner.offset += 1;
  mantissa(scanner, 10);
  return exponent(scanner, 'float');
}

/** `e5` or a multiplier, `K` to `P` and `Ki` to `Pi`, which makes an integer of a fraction. */
function exponent(scanner: Scanner, kind: 'int' | 'float'): 'int' | 'float' {
  const code = scanner.code(scanner.offset);
  if (code !== -1 && 'KMGTP'.includes(String.fromCharCode(code))) {
    scanner.offset += 1;
    if (scanner.code(scanner.offset) === 0x69) scanner.offset += 1;
    return 'int';
  }
  if (code !== 0x65 && code !== 0x45) return kind;
  scanner.offset += 1;
  const sign = scanner.code(scanner.offset);
  if (sign === 0x2b || sign === 0x2d) scanner.offset += 1;
  mantissa(scanner, 10);
  return 'float';
}
