import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_DEPTH } from '#core/cue/syntax/parser';
import { outcome, read } from './outcome.ts';
import { shown } from './shown.ts';

describe('refused as CUE refuses it', () => {
  test.each([
    'a: ',
    'a: 1 b: 2',
    'a: 1; b: 2',
    'a: {b: 1',
    'a: b: 1}',
    'a b',
    '1: 2',
    '1 + a: 2',
    'a.b: 1',
    '_: 1',
    'a: X=b: X=_: 1',
    '__a: 1',
    '__a=b: 1',
    'let __a = 1',
    'let a: 1',
    'let a',
    'for __a in b {}',
    'X=1',
    'X={a: 1}',
    'a: [X=1]',
    'a: [1=2]',
    '[1=2]: 3',
    '([X=string]): 1',
    '[X=string]',
    '[]: 1',
    '[a, b]: 1',
    '[a, ...]: 1',
    '[...]: 1',
    '[for x in y {x}]: 1',
    '"a"?: "b"?\n',
    'a?',
    'a: b?',
    'a: b.c?',
    'a: b[0]?',
    'a~X: 1',
    'a: b...',
    'a: {...string}',
    'a: [..., 1]',
    'a: [1\n2]',
    'a: [1 2]',
    'a: (1\n)',
    'a: b[1\n]',
    'a: b[]',
    'a: b[1:2:3]',
    'a: b.""',
    'a: b."\\(c)"',
    'a: b.#"c"#',
    'a: b."""\n"""',
    'a: b.1',
    'a: f(,)',
    'a: <-b',
    'a: b ^ c',
    'a: b % c',
    'a: b +',
    'a: b\n+ c: 1',
    'a: =b',
    'a: _|b',
    'a: ..',
    'a: 1..2',
    'func',
    'for a b {}',
    'for a in b',
    'for 1 in b {}',
    'if {}',
    'if a b: 1',
    'if ! // c\n: 1',
    'let a = 1 {}',
    'try {a: 1}',
    'try: 1',
    'if a {} else {}',
    'for a in b {} otherwise {}',
    '@a',
    '@a (b) c',
    '@a(',
    '@a(])',
    '@a("\\(b)")',
    '@a("b)',
    '@a // b\n(c)',
    '@a(b) @c(d)',
    'a: 1\u00a0',
    'a: 1\f',
    'a: "\ufeff"',
    '// \0',
    'a: \u0661',
    '##a: 1',
    '#1: 1',
    'a#b: 1',
    'a: \u1c89',
  ])('%j', (text) => {
    expect(outcome(text)).toBe('CUE_SYNTAX');
  });
});

describe('accepted by CUE, not by this engine', () => {
  test.each([
    '@experiment(try)\na: 1',
    '@if(tag)\npackage p',
    '@ignore()\npackage p',
    '@extern(embed)\npackage p',
    'package p\n@extern(embed)',
    'a: 1\n@extern(embed)',
    'X=1: X',
    "'\\xff': 1",
    'a: let b = 1, 2',
  ])('%j', (text) => {
    expect(outcome(text)).toBe('CUE_UNSUPPORTED');
  });

  test.each(['package p\n@if(tag)', 'a: 1 @if(tag)', 'a: 1\n@embed(file=x)', '@if (tag)\npackage p'])(
    'but the attribute of %j says nothing',
    (text) => {
      expect(outcome(text)).toBe('accepted');
    },
  );
});

describe('the depth', () => {
  const within = MAX_DEPTH - 10;
  test.each<[string, (n: number) => string]>([
    ['parentheses', (n) => `a: ${'('.repeat(n)}1${')'.repeat(n)}`],
    ['unary operators', (n) => `a: ${'-'.repeat(n)}1`],
    ['a chain of operators', (n) => `a: ${'b & '.repeat(n)}b`],
    ['a chain of selectors', (n) => `a: b${'.c'.repeat(n)}`],
    ['a chain of calls', (n) => `a: b${'()'.repeat(n)}`],
    ['shorthand fields', (n) => `${'a: '.repeat(n)}1`],
    ['lists', (n) => `a: ${'['.repeat(n)}${']'.repeat(n)}`],
    ['structs', (n) => `a: ${'{a: '.repeat(n / 4)}1${'}'.repeat(n / 4)}`],
    ['comprehensions', (n) => `a: ${'{if b '.repeat(n / 4)}{}${'}'.repeat(n / 4)}`],
    ['interpolations', (n) => `a: ${'"\\('.repeat(n)}b${')"'.repeat(n)}`],
  ])('of %s is bounded', (_, nested) => {
    expect(outcome(nested(within))).toBe('accepted');
    expect(outcome(nested(100_000))).toBe('CUE_LIMIT');
  });
});

const words = String.raw`a _ #A _#b __c true for in if let x div 1 1.5 0x 1K .5 " ' #" "# \( \n \ ( ) [ ] { } , : ? ! = ==`;
const marks = String.raw`. ... & | * - < ~ @a( // _|_ """ '''`;
const spaces = ['"""\n', "'''\n", '\n', '\r\n', ' ', '\t', 'é', '\u{1f600}', '\ud800', '\0'];
const pieces = [...`${words} ${marks}`.split(' '), ...spaces];

test('any text is read or refused, and alike each time', () => {
  const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(texts, fc.string({ unit: 'binary' })), (text) => {
      expect(outcome(text)).toBe(outcome(text));
    }),
    { numRuns: 2000 },
  );
});

test('white space and comments between tokens mean nothing', () => {
  const tokens = ['a', '?', ':', '[', '1', ',', '"b"', '&', '(', 'c', ')', ',', ']', ',', 'd', ':', '{', '}'];
  const expected = shown(read(tokens.join('')).declarations);
  const gap = fc.constantFrom('', ' ', '\t', '\r', ' \t ');
  const line = fc.constantFrom('', '\n', ' // c\n', '\n\n\t');
  fc.assert(
    fc.property(fc.array(gap, { minLength: tokens.length, maxLength: tokens.length }), line, (gaps, end) => {
      const text = tokens.map((token, i) => token + gaps[i] + (token === ',' ? end : '')).join('');
      expect(shown(read(text).declarations)).toBe(expected);
    }),
  );
});
