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
    ['^refs/tags/v[0-9]+\\.[0-9]+\\.[0-9]+$', 'refs/tags/v1.20.10', true],
    ['^refs/tags/v[0-9]+\\.[0-9]+\\.[0-9]+$', 'refs/tags/v1.20.x', false],
    ['^https://[^/]+/[\\w-]+/[^/]+/runs/\\d+$', 'https://github.com/kubeedge/kubeedge/runs/1', true],
    ['^[a-z]+[0-9]{1,3}-rc', 'v10-rc', true],
    ['/a+/.*', 'x/aa/', true],
    ['^.*/v1.*$', 'a/v1', true],
    ['^\\d+[^\\w]+1', '12--1', true],
  ])('%s on %j', (expression, text, expected) => {
    expect(simpleRegexp(expression)).toBeDefined();
    expect(compileRegexp(expression).test(text)).toBe(expected);
    expect(RE2JS.compile(expression).test(text)).toBe(expected);
  });
});

describe('what could differ or take long is left to RE2', () => {
  test.each([
    ['two repetitions of the same', '[a-z]+[a-z]+b'],
    ['repetitions of what overlaps', '[a-z]+b[\\w]*_'],
    ['repetitions that overlap beyond ASCII', '[^a]+[^b]+c'],
    ['a repetition before what may be absent', 'a+b?c*d'],
    ['a repetition at the end of a group', 'a+.(b+)c'],
    ['a choice that begins anywhere, with more to follow', '.*a[0-9]+b'],
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
  '1+',
  '[^b]+',
  '(1*)?',
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
      fc.array(pieces, { minLength: 1, maxLength: 7 }),
      fc.array(characters, { maxLength: 10 }),
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

test('the longest text does not take long', () => {
  const texts = ['1'.repeat(1024), `${'1'.repeat(500)}.${'1'.repeat(523)}`, 'a1'.repeat(512)];
  const expressions = ['[0-9]+\\.[0-9]+\\.[0-9]+x', '^.*1[0-9]+x', '1+[^1]+1+x', '(1+2|1+3|.4)'];
  for (const expression of expressions) {
    const simple = simpleRegexp(expression);
    expect(simple, expression).toBeDefined();
    for (const text of texts) expect(simple?.test(text)).toBe(false);
  }
});

test('a long text goes to RE2, with the same answer', () => {
  const { test: matches } = compileRegexp('^[a-z]+$');
  expect([matches('a'.repeat(5000)), matches(`${'a'.repeat(5000)}1`)]).toEqual([true, false]);
});
