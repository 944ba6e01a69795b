import { describe, expect, test } from 'vitest';

import type { CueErrorCode } from '../syntax/cue-error.ts';
import { CueError } from '../syntax/cue-error.ts';
import { parseFile } from '../syntax/parse-file.ts';
import { FUNC_KIND } from '../value/kind.ts';
import type { FunctionValue } from '../value/value.ts';
import { compileFiles } from './compile-files.ts';
import type { Environment } from './environment.ts';

const PACKAGES = new Map([
  ['strings', 'supported'],
  ['list', 'supported'],
  ['tool/exec', 'known'],
] as const);

const anyFunction = (name: string): FunctionValue => ({
  tag: 'function',
  name,
  parameters: [],
  result: FUNC_KIND,
  nonConcrete: false,
  body: { kind: 'package', function: { name, parameters: [], result: FUNC_KIND, call: () => true } },
});

const environment: Environment = {
  predeclared: (name) => (name === 'matchIf' ? undefined : anyFunction(name)),
  hasPackage: (path) => new Map<string, 'supported' | 'known'>(PACKAGES).get(path) ?? 'unknown',
  member: (_, name) => (name === 'Title' ? 'unsupported' : name.startsWith('No') ? 'absent' : 'supported'),
};

const outcome = (texts: readonly string[], names: readonly string[] = []): string => {
  try {
    const files = texts.map((text, i) => parseFile({ name: names[i] ?? `${i}.cue`, text }));
    compileFiles(files, environment);
    return 'accepted';
  } catch (error) {
    if (error instanceof CueError) return `${error.code} ${error.offset}`;
    throw error;
  }
};

const at = (code: CueErrorCode, offset: number): string => `${code} ${offset}`;
const refusedAt = (offset: number): string => at('CUE_COMPILE', offset);
const unsupportedAt = (offset: number): string => at('CUE_UNSUPPORTED', offset);

describe('references', () => {
  test.each([
    ['a: b, b: 1', 'accepted'],
    ['a: b', refusedAt(3)],
    ['a: b.c, b: _', 'accepted'],
    ['"b": 1, a: b', refusedAt(11)],
    ['a: {b: 1}, c: b', refusedAt(14)],
    ['a: {b: c}, c: 1', 'accepted'],
    ['{b: 1}, a: b', refusedAt(11)],
    ['a: int8 & float64 & __string', 'accepted'],
    ['a: byte', refusedAt(3)],
    ['a: self', refusedAt(3)],
    ['a: __self', refusedAt(3)],
    ['a: len("x"), b: __len("x")', 'accepted'],
    ['a: matchIf(1, 2, 3)', unsupportedAt(3)],
    ['a: __closeAll({})', unsupportedAt(3)],
    ['a: __no_sharing', unsupportedAt(3)],
    ['for x in y {(x): 1}, y: []', 'accepted'],
    ['for x in x {a: x}', refusedAt(9)],
    ['a: [for x in [1] let y = x {y}]', 'accepted'],
    ['a: [for x in [1] {y}]', refusedAt(18)],
    ['a: [let y = 1 {y}]', at('CUE_SYNTAX', 8)],
  ])('%s: %s', (text, expected) => {
    expect(outcome([text])).toBe(expected);
  });
});

describe('let clauses and aliases', () => {
  test.each([
    ['let x = 1, a: x', 'accepted'],
    ['let x = 1', refusedAt(0)],
    ['let x = 1, let x = 2, a: x', refusedAt(11)],
    ['let x = x, a: x', refusedAt(8)],
    ['x: 1, let x = 2, a: x', refusedAt(6)],
    ['x: 1, a: {let x = 2, b: x}', refusedAt(10)],
    ['let x = 1, a: {x: 2}, b: x', refusedAt(15)],
    ['let x = 1, a: {let x = 2, b: x}, b: x', 'accepted'],
    ['let x = y, let y = x, a: x', refusedAt(8)],
    ['let x = {b: y.b}, let y = {b: x.b}, a: x', refusedAt(12)],
    ['let _ = 1', refusedAt(4)],
    ['X=a: 1, b: X', 'accepted'],
    ['X=a: 1', refusedAt(2)],
    ['X=a: 1, X=b: 2, c: X', refusedAt(10)],
    ['X=X: 1', refusedAt(2)],
    ['a: X={b: X.c, c: 1}', 'accepted'],
    ['a: X=1', refusedAt(3)],
    ['a: X=1, b: X', refusedAt(3)],
    ['X=[string]: {a: X}', 'accepted'],
    ['X=[string]: 1', refusedAt(2)],
    ['X=[string]: Y={a: X, b: Y}', refusedAt(18)],
    ['[X=string]: Y={a: X, b: Y}', 'accepted'],
    ['[X=string]: 1', 'accepted'],
    ['X=(a): 1, a: "x", b: X', 'accepted'],
    ['X=(X): 1', refusedAt(3)],
    ['X="a-b": 1, b: X', 'accepted'],
    ['X="\\u0061": 1, b: X', 'accepted'],
    ['X="a\\/b": 1, b: X', refusedAt(16)],
    ['X=#"a"#: 1, b: X', refusedAt(15)],
    ['X="": 1, b: X', refusedAt(12)],
  ])('%s: %s', (text, expected) => {
    expect(outcome([text])).toBe(expected);
  });
});

describe('patterns and the fields that they would match', () => {
  test.each([
    ['[b]: 1, b: string', refusedAt(0)],
    ['a: {[b]: 1}, b: string', 'accepted'],
    ['a: {[b]: 1, b: string}', refusedAt(4)],
    ['a: {{[b]: 1}, b: string}', refusedAt(5)],
    ['a: {[c.b]: 1, b: string}, c: b: string', refusedAt(4)],
    ['[X=X]: 1', refusedAt(0)],
    ['for k, v in {a: 1} {[k]: v}', refusedAt(20)],
    ['for _, v in {a: 1} {[_]: v}', refusedAt(20)],
    ['let k = {[b]: 1}, a: k, b: string', 'accepted'],
  ])('%s: %s', (text, expected) => {
    expect(outcome([text])).toBe(expected);
  });
});

describe('operators', () => {
  test.each([
    ['a: 1 | *2', 'accepted'],
    ['a: *(1 | 2) | 3', 'accepted'],
    ['a: *1', refusedAt(3)],
    ['a: (*1) | 2', refusedAt(4)],
    ['a: int + 1', refusedAt(3)],
    ['a: 1 == string', refusedAt(8)],
    ['a: _ + 1', refusedAt(3)],
    ['a: (>1) + 1', refusedAt(3)],
    ['a: uint8 < 1', refusedAt(3)],
    ['a: (1 | 2) + 1, b: _|_ + 1, c: int & 1', 'accepted'],
    ['a: ==1, b: !bool', 'accepted'],
    ['_: 1', at('CUE_SYNTAX', 0)],
    ['"_": 1', 'accepted'],
  ])('%s: %s', (text, expected) => {
    expect(outcome([text])).toBe(expected);
  });
});

describe('imports', () => {
  test.each([
    ['import "strings", a: strings.ToUpper("x")', 'accepted'],
    ['import s "strings", a: s.ToUpper("x")', 'accepted'],
    ['import s "strings", a: strings.ToUpper("x")', refusedAt(7)],
    ['import "strings"', refusedAt(7)],
    ['package strings, import "strings"', 'accepted'],
    ['import "strings", a: strings.ToUpper("x"), strings: 1', refusedAt(7)],
    ['import "strings", a: strings.ToUpper("x"), "strings": 1', 'accepted'],
    ['import "strings", a: {strings: 1, b: strings}', refusedAt(7)],
    ['import "strings", a: {let strings = 1, b: strings}', refusedAt(22)],
    ['import "strings", import "strings", a: strings.ToUpper("x")', refusedAt(25)],
    ['import s "strings", import s "list", a: s.ToUpper("x")', refusedAt(27)],
    ['import "nothing", a: nothing', refusedAt(7)],
    ['import "example.com/x", a: x', unsupportedAt(7)],
    ['import "tool/exec", a: exec.Run', unsupportedAt(7)],
    ['import _ "strings", a: _', unsupportedAt(7)],
    ['import "strings", a: strings.Title("x")', unsupportedAt(29)],
    ['import "strings", a: (strings)."Title"', unsupportedAt(31)],
    ['import "strings", a: strings.Nothing', 'accepted'],
    ['import "strings", a: strings', unsupportedAt(21)],
  ])('%s: %s', (text, expected) => {
    expect(outcome([text])).toBe(expected);
  });
});

describe('several files', () => {
  test.each([
    [['package p\nx: 1', 'package p\na: x'], 'accepted'],
    [['x: 1', 'a: x'], refusedAt(3)],
    [['package p\nx: 1', 'a: x'], 'accepted'],
    [['x: 1', 'package p\na: x'], refusedAt(13)],
    [['package p\nx: 1', 'package q\ny: 1'], refusedAt(8)],
    [['package _\nx: 1', 'package p\ny: 1'], 'accepted'],
    [['package p\n"x": 1', 'package p\na: x'], refusedAt(13)],
    [['package p\nX=x: 1, b: X', 'package p\na: x'], refusedAt(13)],
    [['package p\nlet x = 1, b: x', 'package p\na: x'], refusedAt(13)],
    [['package p\n_x: 1, #y: 1', 'package p\na: [_x, #y]'], 'accepted'],
    [['package p\nimport "strings"\nx: strings.ToUpper("")', 'package p\na: strings'], refusedAt(13)],
    [['package p\nlen: 1', 'package p\na: len'], 'accepted'],
    [['package p\nx: 1', 'package p\nlet x = 2, a: x'], 'accepted'],
    [[''], 'accepted'],
    [['// nothing'], 'accepted'],
  ])('%j: %s', (texts, expected) => {
    expect(outcome(texts)).toBe(expected);
  });

  test.each([
    ['a_tool.cue', unsupportedAt(0)],
    ['a_test.cue', unsupportedAt(0)],
    ['a.cue', 'accepted'],
  ])('a file named %s: %s', (name, expected) => {
    expect(outcome(['a: 1'], [name])).toBe(expected);
  });
});

describe('attributes', () => {
  test.each([
    ['a: 1 @go(A) @tag(b), @note(x)', 'accepted'],
    ['a: 1 @embed(file=x)', unsupportedAt(5)],
    ['a: {@extern(x), b: 1}', unsupportedAt(4)],
    ['a: 1 @tag(b,type=int)', unsupportedAt(5)],
    ['a: [{b: 1 @tag(b)}]', unsupportedAt(10)],
    ['a?: 1 @tag(b)', unsupportedAt(6)],
  ])('%s: %s', (text, expected) => {
    expect(outcome([text])).toBe(expected);
  });
});

test.each([
  ['fields', 'a: '.repeat(900) + '1', /^CUE_LIMIT/],
  ['fields', 'a: '.repeat(200) + '1', /^accepted$/],
  ['lists', `a: ${'['.repeat(900)}${']'.repeat(900)}`, /^CUE_LIMIT/],
  ['comprehensions', `a: {${'if true {'.repeat(490)}${'}'.repeat(490)}}`, /^CUE_LIMIT/],
  [
    'let clauses in a row',
    Array.from({ length: 2000 }, (_, i) => `let a${i} = a${i + 1}, `).join('') + 'let a2000 = 1, a: a0',
    /^CUE_LIMIT/,
  ],
  ['let clauses within let clauses', `${'let a = {'.repeat(40)}b: 1${'}, x: a'.repeat(40)}`, /^CUE_LIMIT/],
])('a policy of many %s ends in time', (_, text, expected) => {
  expect(outcome([text])).toMatch(expected);
});
