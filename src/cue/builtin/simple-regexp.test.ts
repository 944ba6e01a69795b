import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { RE2JS } from 're2js';
import { compileRegexp, loadRegexp } from './regexp-engine.ts';
import { simpleRegexp } from './simple-regexp.ts';

beforeAll(loadRegexp);

describe('what policies write is simple', () => {
  test.each([
    ['^https://github.com/kubeedge/', 'https://github.com/kubeedge/kubeedge', true],
    ['^https://github\\.com/kubeedge/', 'https://githubXcom/kubeedge/', false],
    ['^[0-9a-f]{64}$', 'a'.repeat(64), true],
    ['^[0-9a-f]{64}$', 'a'.repeat(65), false],
    ['^refs/tags/v[0-9]+$', 'refs/tags/v12', true],
    ['^v\\d{1}\\.\\d{2}$', 'v1.20', true],
    ['^(main|release-1)$', 'release-1', true],
    ['^(main|release-1)$', 'release-12', false],
    ['^a(b)?$', 'a', true],
    ['[\\w.-]+', '§', false],
    ['.', '\n', false],
    ['^.$', '\u2028', true],
    ['^.$', '😀', true],
    ['^[^a]$', '\n', true],
  ])('%s on %j', (expression, text, expected) => {
    expect(simpleRegexp(expression)).toBeDefined();
    expect(compileRegexp(expression).test(text)).toBe(expected);
    expect(RE2JS.compile(expression).test(text)).toBe(expected);
  });
});

describe('what could differ or take long is left to RE2', () => {
  test.each([
    ['two repetitions', '[a-z]+[a-z]+'],
    ['a repeated group', '(a+)+'],
    ['a repeated group of alternatives', '(a|b)*'],
    ['many alternatives in a row', '(a|b)(a|b)(a|b)(a|b)(a|b)'],
    ['many optional parts', 'a?b?c?d?e?'],
    ['look-around', '(?=a)'],
    ['flags', '(?i)a'],
    ['named groups', '(?P<n>a)'],
    ['lazy repetition', 'a+?'],
    ['a repetition of a repetition', 'a{2}{3}'],
    ['too many times', 'a{1001}'],
    ['bounds in disorder', 'a{3,2}'],
    ['white space, which differs', '\\s'],
    ['Unicode classes', '\\p{L}'],
    ['word boundaries', '\\b'],
    ['named classes', '[[:alpha:]]'],
    ['an empty class', '[]'],
    ['a range in disorder', '[b-a]'],
    ['a range of a class', '[\\w-a]'],
    ['an empty branch', '(a|)'],
    ['nothing', ''],
    ['an open group', '(a'],
    ['a closed group', 'a)'],
    ['a brace', 'a{'],
    ['a trailing backslash', 'a\\'],
    ['a character beyond ASCII', 'é'],
  ])('%s: %s', (_, expression) => {
    expect(simpleRegexp(expression)).toBeUndefined();
  });
});

const characters = fc.constantFrom(...('ab1.-_ \n/é😀'.match(/./gsu) as string[]));
const PIECES = [
  'a',
  'b',
  '1',
  '\\.',
  '.',
  '[a-b]',
  '[^a]',
  '[\\w.-]',
  '\\d',
  '\\w',
  '^',
  '$',
  '(a|b)',
  '(ab)?',
  'a?',
  'b+',
  '[ab]*',
  'a{2}',
  'b{0,3}',
  '-',
  '/',
  '_',
  '(^a|b$)',
];
const pieces = fc.constantFrom(...PIECES);

test('whatever is simple, RE2 takes too and says the same', () => {
  fc.assert(
    fc.property(
      fc.array(pieces, { minLength: 1, maxLength: 6 }),
      fc.array(characters, { maxLength: 8 }),
      (expression, text) => {
        const source = expression.join('');
        if (simpleRegexp(source) === undefined) return;
        const subject = text.join('');
        expect([source, compileRegexp(source).test(subject)]).toEqual([
          source,
          RE2JS.compile(source).test(subject),
        ]);
      },
    ),
    { numRuns: 3000 },
  );
});

test('any text at all as an expression: simple only if RE2 takes it', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'ab01()[]{}|^$.*+?\\-,dwsp:'), maxLength: 10 }),
      (source) => {
        if (simpleRegexp(source) !== undefined) expect(() => RE2JS.compile(source)).not.toThrow();
      },
    ),
    { numRuns: 20_000 },
  );
});

test('a long text goes to RE2, with the same answer', () => {
  const { test: matches } = compileRegexp('^[a-z]+$');
  expect([matches('a'.repeat(5000)), matches(`${'a'.repeat(5000)}1`)]).toEqual([true, false]);
});
