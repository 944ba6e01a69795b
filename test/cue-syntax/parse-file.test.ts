import { describe, expect, test } from 'vitest';
import { CueError } from '#core/cue/syntax/cue-error';
import { outcome, read } from './outcome.ts';
import { shown } from './shown.ts';

describe('the tree of', () => {
  test.each([
    ['', ''],
    ['// comment', ''],
    ['\ufeffa: 1', 'a: 1'],
    ['a: b: c: 1', 'a: {b: {c: 1}}'],
    ['a?: 1, b!: 2', 'a?: 1, b!: 2'],
    ['"a b"?: 1', '"a b"?: 1'],
    ["'a': 1", '"a": 1'],
    ['"e\\u0301": 1', '"é": 1'],
    ['(x): 1, "\\(x)": 2', '(x): 1, ("\\(x)"): 2'],
    ['[string]: 1, [X=string]: X, Y=[string]: Y', '[string]: 1, [X=string]: X, Y=[string]: Y'],
    ['X=a: X, Y="b": Y, Z=(c): Z', 'X=a: X, Y="b": Y, Z=(c): Z'],
    ['[string]?: 1', '[string]: 1'],
    ['a: X={b: X}', 'a: X={b: X}'],
    ['a: X="b"', 'a: X="b"'],
    ['a: {b, c: 1, ...}', 'a: {b, c: 1, ...}'],
    ['let x = 1\nlet y = x', 'let x = 1, let y = x'],
    ['#A: _b, _#C: $d', '#A: _b, _#C: $d'],
    ['a: _|_, b: _, c: #', 'a: _|_, b: _, c: #'],
    ['true: 1, null: 2, for: 3, if: 4, let: 5, in: 6', 'true: 1, null: 2, for: 3, if: 4, let: 5, in: 6'],
    ['a: for: if: let: 1', 'a: {for: {if: {let: 1}}}'],
    ['else: 1, otherwise: 2, fallback: 3, func: 4', 'else: 1, otherwise: 2, fallback: 3, func: 4'],
    ['for?: 1, if!: 2, div: 3', 'for?: 1, if!: 2, div: 3'],
    ['"a"?\n', '"a"'],
    ['a: 1 + 2 * 3 - 4', 'a: ((1 + (2 * 3)) - 4)'],
    ['a: b | *c & d', 'a: (b | (*c & d))'],
    ['a: b || c && d == e', 'a: (b || (c && (d == e)))'],
    ['a: 7 div 2 mod 3, div: div div div', 'a: ((7 div 2) mod 3), div: (div div div)'],
    ['a: 1 quo 2 rem 3', 'a: ((1 quo 2) rem 3)'],
    ['a: >=1 & <5 & !=3', 'a: ((>=1 & <5) & !=3)'],
    ['a: =~"x" | !~"y" | ==1', 'a: ((=~"x" | !~"y") | ==1)'],
    ['a: !b.c, d: -e[0]', 'a: !b.c, d: -e[0]'],
    ['a: b.c."d".if, e: f.#G._h', 'a: b.c."d".if, e: f.#G._h'],
    ['a: b[1:2], c: d[:], e: f[1:], g: h[:2]', 'a: b[1:2], c: d[:], e: f[1:], g: h[:2]'],
    ['a: f(), b: g(1, 2,), c: h(\n1,\n2,\n)', 'a: f(), b: g(1, 2), c: h(1, 2)'],
    ['a: f(1\n2)', 'a: f(1, 2)'],
    ['a: f(1\n, 2)', 'a: f(1, 2)'],
    ['a: [], b: [1, 2,], c: [...], d: [1, ...int,]', 'a: [], b: [1, 2], c: [...], d: [1, ...int]'],
    ['a: [\n1,\n2\n]', 'a: [1, 2]'],
    ['a: [for x in b {x}, 1, if c {d}]', 'a: [for x in b {x}, 1, if c {d}]'],
    ['a: [for x in b {x}\nif c {d}]', 'a: [for x in b {x}, if c {d}]'],
    ['for k, v in a if v > 1 let w = v {(k): w}', 'for k, v in a if (v > 1) let w = v {(k): w}'],
    ['for v in a, if v {b: v}', 'for v in a if v {b: v}'],
    ['if a {b: 1}, c: 2', 'if a {b: 1}, c: 2'],
    ['a: 1 @b(c) @d(e=")")', 'a: 1'],
    ['{@a(), b: 1}\n@c({[()]})', '{@a(), b: 1}, @c({[()]})'],
    ['{a: 1}\n#B\n"c" | "d"', '{a: 1}, #B, ("c" | "d")'],
    ['a\n: 1\n, b: 2', 'a: 1, b: 2'],
    ['a: 1 // x\nb: 2 // y', 'a: 1, b: 2'],
    ['a: 1\r\nb: {\r\n}\r\n', 'a: 1, b: {}'],
    ['a: 1, import: 2, package: 3', 'a: 1, import: 2, package: 3'],
    ['a: (((1)))', 'a: 1'],
    ['a: {if b {c}}.d', 'a: {if b {c}}.d'],
    ['\u00e9\u{1d400}: 1', '\u00e9\u{1d400}: 1'],
  ])('%j', (text, tree) => {
    expect(shown(read(text).declarations)).toBe(tree);
  });
});

describe('the preamble', () => {
  test('a package clause, imports', () => {
    const file = read(
      '@a()\n// c\npackage p\n@b()\nimport "time"\nimport l "list"\nimport (\n\t"strings"\n\tx "e.com/y:z"\n)\na: 1',
    );
    expect(file.package?.name).toBe('p');
    expect(file.imports.map(({ name, path }) => [name?.name, path])).toEqual([
      [undefined, 'time'],
      ['l', 'list'],
      [undefined, 'strings'],
      ['x', 'e.com/y:z'],
    ]);
    expect(shown(file.declarations)).toBe('@a(), @b(), a: 1');
    expect(file.attributes.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test.each([
    ['package p', 'accepted'],
    ['package _', 'accepted'],
    ['package _p;', 'CUE_SYNTAX'],
    ['package #p', 'CUE_SYNTAX'],
    ['package _#p', 'CUE_SYNTAX'],
    ['package "p"', 'CUE_SYNTAX'],
    ['package p q', 'CUE_SYNTAX'],
    ['package: 1', 'CUE_SYNTAX'],
    ['package p\npackage q', 'CUE_SYNTAX'],
    ['import ()', 'accepted'],
    ['import ("a", "b")', 'accepted'],
    ['import ("a" "b")', 'CUE_SYNTAX'],
    ['import #"a"#', 'accepted'],
    ['import ""', 'CUE_SYNTAX'],
    ['import "a b"', 'CUE_SYNTAX'],
    ['import "a:b"', 'accepted'],
    ['import ":b"', 'CUE_SYNTAX'],
    ['import "a*b"', 'CUE_SYNTAX'],
    ['import "\\(a)"', 'CUE_SYNTAX'],
    ['import . "a"', 'CUE_SYNTAX'],
    ['import #d "a"', 'CUE_SYNTAX'],
    ['import __a "a"', 'CUE_SYNTAX'],
    ['import: 1', 'CUE_SYNTAX'],
    ['a: 1\nimport "a"', 'CUE_SYNTAX'],
    ['import "a"\npackage p', 'CUE_SYNTAX'],
  ])('%j: %s', (text, expected) => {
    expect(outcome(text)).toBe(expected);
  });
});

test('an error knows where it stands', () => {
  const caught = (() => {
    try {
      return read('a: 1\nb: ?');
    } catch (error) {
      return error;
    }
  })();
  expect(caught).toBeInstanceOf(CueError);
  expect(caught).toMatchObject({ code: 'CUE_SYNTAX', offset: 8, file: { name: 'p.cue' } });
});
