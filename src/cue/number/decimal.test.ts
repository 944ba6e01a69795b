import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { add, divide, multiply, subtract } from './arithmetic.ts';
import { type Decimal, DecimalError, compare, isIntegral, negate } from './decimal.ts';
import { div, mod, quo, rem, toInteger } from './integer.ts';
import { readJsonNumber, readNumber } from './literal.ts';
import { toText } from './text.ts';

function number(text: string): Decimal {
  const read = readJsonNumber(text);
  if (read === undefined) throw new RangeError(text);
  return read.value;
}

describe('a literal', () => {
  test.each([
    ['0', true, '0'],
    ['42', true, '42'],
    ['1_000_000', true, '1000000'],
    ['170141183460469231731687303715884105727', true, '170141183460469231731687303715884105727'],
    ['0x1F', true, '31'],
    ['0Xff_ff', true, '65535'],
    ['0b1010', true, '10'],
    ['0o755', true, '493'],
    ['1K', true, '1000'],
    ['1Ki', true, '1024'],
    ['1.5K', true, '1500'],
    ['.5Mi', true, '524288'],
    ['2G', true, '2000000000'],
    ['1Pi', true, '1125899906842624'],
    ['12345678901234567890123456789012345678901K', true, '12345678901234567890123456789012350000000000'],
    ['1.0', false, '1.0'],
    ['1.50', false, '1.50'],
    ['1.', false, '1'],
    ['.5', false, '0.5'],
    ['08.5', false, '8.5'],
    ['1e3', false, '1E+3'],
    ['1.5e3', false, '1.5E+3'],
    ['15e-1', false, '1.5'],
    ['1E+2', false, '1E+2'],
    ['0.000001', false, '0.000001'],
    ['0.0000001', false, '1E-7'],
    ['0.000000000', false, '0.000000000'],
    ['0e5', false, '0E+5'],
    ['1e100000', false, '1E+100000'],
  ])('%s', (text, int, printed) => {
    const read = readNumber(text);
    expect([read?.int, read && toText(read.value)]).toEqual([int, printed]);
  });

  test.each(['1.3Ki', '0.1Ki', '.', '1e', '1e+', '0x', '0b', '0o', ''])('%j has no meaning', (text) => {
    expect(readNumber(text)).toBeUndefined();
  });

  test.each(['1e100001', '1e-100001', '1e99999999999', '10e100000', '-1e100001'])(
    '%s is out of range',
    (text) => {
      expect(() => readJsonNumber(text)).toThrow(DecimalError);
    },
  );

  test.each([
    ['-1', '-1'],
    ['-0', '0'],
    ['-0.0', '0.0'],
    ['-1e-7', '-1E-7'],
  ])('%s of JSON prints as %s', (text, printed) => {
    expect(toText(number(text))).toBe(printed);
  });
});

describe('arithmetic', () => {
  test.each([
    ['1', '+', '2', '3'],
    ['1.50', '+', '1.5', '3.00'],
    ['0.1', '+', '0.2', '0.3'],
    ['1', '-', '1.0', '0.0'],
    ['10000000000000000000000000000000000000000', '+', '1', '1.000000000000000000000000000000000E+40'],
    ['9999999999999999999999999999999999', '+', '1', '1.000000000000000000000000000000000E+34'],
    ['3', '*', '1.5', '4.5'],
    ['0', '*', '-1', '-0'],
    ['1e99999', '*', '10', '1.0E+100000'],
    ['6', '/', '2', '3.0'],
    ['1', '/', '3', '0.3333333333333333333333333333333333'],
    ['2', '/', '3', '0.6666666666666666666666666666666667'],
    ['1', '/', '8', '0.125'],
    ['0', '/', '5', '0'],
    ['0.0', '/', '5', '0.0'],
    ['1e40', '/', '1', '1E+40'],
    ['-7', '/', '2', '-3.5'],
    ['7', 'div', '2', '3'],
    ['-7', 'div', '2', '-4'],
    ['-7', 'mod', '2', '1'],
    ['-7', 'mod', '-2', '1'],
    ['-7', 'quo', '2', '-3'],
    ['-7', 'rem', '2', '-1'],
    ['-1', 'quo', '10', '-0'],
    ['-10', 'rem', '10', '-0'],
    ['-100000000000000000000', 'rem', '10', '0'],
    ['-10', 'div', '20', '-1'],
  ])('%s %s %s is %s', (x, op, y, printed) => {
    expect(toText(operations(op)(number(x), number(y)))).toBe(printed);
  });

  test.each([
    ['1', '/', '0', 'division by zero'],
    ['0', '/', '0', 'division by zero'],
    ['1', 'div', '0', 'division by zero'],
    ['1', 'mod', '0', 'division by zero'],
    ['1', 'quo', '0', 'division by zero'],
    ['1', 'rem', '0', 'division by zero'],
    ['1e100000', '*', '10', 'exponent out of range'],
    ['1e-100000', '*', '0.1', 'exponent out of range'],
    ['1e100000', '+', '1e-100000', 'exponent out of range'],
    ['1e100000', '/', '1e-100000', 'exponent out of range'],
  ])('%s %s %s: %s', (x, op, y, reason) => {
    expect(() => operations(op)(number(x), number(y))).toThrow(reason);
  });

  test('minus zero is zero', () => {
    expect(toText(negate(multiply(number('0'), number('-1'))))).toBe('0');
  });
});

function operations(op: string): (x: Decimal, y: Decimal) => Decimal {
  const byName = new Map([
    ['+', add],
    ['-', subtract],
    ['*', multiply],
    ['/', divide],
    ['div', div],
    ['mod', mod],
    ['quo', quo],
    ['rem', rem],
  ]);
  return byName.get(op) ?? (() => number('0'));
}

test.each([
  ['1', '1.0', 0],
  ['1', '10e-1', 0],
  ['1.1', '1.09', 1],
  ['-1.1', '-1.09', -1],
  ['-1', '1', -1],
  ['0', '-0.0', 0],
  ['1e100000', '1e-100000', 1],
  ['-1e100000', '1e-100000', -1],
  ['-1e100000', '-1e-100000', -1],
  ['9.9e99999', '1e100000', -1],
])('%s compared with %s: %i', (x, y, order) => {
  expect(compare(number(x), number(y))).toBe(order);
});

test.each([
  ['1.0', true, 1n],
  ['1.5', false, 2n],
  ['-1.5', false, -2n],
  ['0.4', false, 0n],
  ['0.04', false, 0n],
  ['0.5', false, 1n],
  ['1e3', true, 1000n],
  ['0e-5', true, 0n],
])('%s is integral: %s, as an integer %s', (text, integral, integer) => {
  expect([isIntegral(number(text)), toInteger(number(text))]).toEqual([integral, integer]);
});

const decimals = fc.record({
  coefficient: fc.bigInt(-(10n ** 30n), 10n ** 30n),
  exponent: fc.integer({ min: -30, max: 30 }),
});
const small = fc.record({
  coefficient: fc.bigInt(-(10n ** 8n), 10n ** 8n),
  exponent: fc.integer({ min: -5, max: 5 }),
});

test('what is printed reads back', () => {
  fc.assert(
    fc.property(decimals, (x) => {
      const read = number(toText(x));
      expect(compare(read, x)).toBe(0);
      if (x.exponent <= 0 || x.coefficient !== 0n) expect(toText(read)).toBe(toText(x));
    }),
  );
});

test('sums and products of few digits are exact, quotients undo them', () => {
  fc.assert(
    fc.property(small, small, (x, y) => {
      expect(compare(subtract(add(x, y), y), x)).toBe(0);
      expect(compare(add(x, y), add(y, x))).toBe(0);
      expect(compare(multiply(x, y), multiply(y, x))).toBe(0);
      if (y.coefficient !== 0n) expect(compare(divide(multiply(x, y), y), x)).toBe(0);
    }),
  );
});

test('a quotient and its remainder make the dividend; a Euclidean remainder is never negative', () => {
  const integers = fc.bigInt(-(10n ** 12n), 10n ** 12n).map((coefficient) => ({ coefficient, exponent: 0 }));
  fc.assert(
    fc.property(integers, integers, (x, y) => {
      fc.pre(y.coefficient !== 0n);
      expect(compare(add(multiply(quo(x, y), y), rem(x, y)), x)).toBe(0);
      expect(compare(add(multiply(div(x, y), y), mod(x, y)), x)).toBe(0);
      expect(mod(x, y).coefficient >= 0n).toBe(true);
    }),
  );
});
