import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { locate } from './locate.ts';
import { member, kindOf, type JsonValue } from './value.ts';
import { parseJson } from './parse.ts';
import {
  arrayAt,
  arrayOf,
  at,
  noOtherKeys,
  objectAt,
  optionalBooleanOf,
  optionalObjectOf,
  optionalStringAt,
  stringAt,
} from './shape.ts';

describe('locate', () => {
  const text = '\n{ "a" : [ 1,\n  {"b\\n": "x,]}"}, [ ] ],\n "\\u0063": -1.5e3, "d": { "e": null } }';
  test.each<[path: (string | number)[], line: number, column: number]>([
    [[], 2, 1],
    [['a'], 2, 9],
    [['a', 0], 2, 11],
    [['a', 1], 3, 3],
    [['a', 1, 'b\n'], 3, 11],
    [['a', 2], 3, 20],
    [['a', 3], 2, 9],
    [['c'], 4, 12],
    [['d', 'e'], 4, 32],
    [['d', 'nothing', 'more'], 4, 25],
    [['nothing'], 2, 1],
    [[0], 2, 1],
    [['a', 'x'], 2, 9],
    [['c', 0], 4, 12],
  ])('%j', (path, line, column) => {
    expect(locate(text, path)).toEqual({ line, column });
  });

  test('finds each value of any document', () => {
    const visit = (text: string, value: JsonValue, path: (string | number)[]): void => {
      const { line, column } = locate(text, path);
      const rest = text
        .split('\n')
        .slice(line - 1)
        .join('\n')
        .slice(column - 1);
      const first = JSON.stringify(value)?.[0];
      expect(rest[0]).toBe(first);
      if (Array.isArray(value))
        value.forEach((item: JsonValue, index) => visit(text, item, [...path, index]));
      else if (typeof value === 'object' && value !== null)
        for (const [key, item] of Object.entries(value)) visit(text, item, [...path, key]);
    };
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value, undefined, 1);
        visit(text, JSON.parse(text), []);
      }),
    );
  });

  test.each(['', '{', '{"a":', '[[', '["x', '[1,'])('ends on the broken text %j', (text) => {
    expect(locate(text, ['a', 1, 'b'])).toMatchObject({ line: 1 });
    expect(locate(text, [1, 0])).toMatchObject({ line: 1 });
  });
});

describe('shapes', () => {
  const where = { code: 'BUNDLE_INVALID', path: 'x' } as const;
  const object = { text: 't', list: [1, 2], nothing: null, flag: true, object: {} };
  test.each<[string, () => unknown, unknown]>([
    ['a string', () => stringAt(object, 'text', where), 't'],
    ['an absent optional string', () => optionalStringAt(object, 'none', where), undefined],
    ['a null optional string', () => optionalStringAt(object, 'nothing', where), undefined],
    ['an absent list', () => arrayAt(object, 'none', where), []],
    ['a null list', () => arrayAt(object, 'nothing', where), []],
    ['a list at its limit', () => arrayOf([1, 2], where, 2), [1, 2]],
    ['a boolean', () => optionalBooleanOf(true, where), true],
    ['no boolean', () => optionalBooleanOf(null, where), undefined],
    ['an object', () => objectAt(object, 'object', where), {}],
    ['no object', () => optionalObjectOf(null, where), undefined],
    ['an inherited member', () => member(object, 'toString'), undefined],
  ])('%s', (_, read, value) => {
    expect(read()).toEqual(value);
  });
  test.each<[string, () => unknown, string, string | undefined]>([
    ['a number for a string', () => stringAt({ a: 1 }, 'a', where), 'x.a', 'number'],
    ['nothing for a string', () => stringAt({}, 'a', where), 'x.a', 'nothing'],
    ['null for a string', () => stringAt({ a: null }, 'a', where), 'x.a', 'null'],
    ['an inherited string', () => stringAt({}, 'constructor', where), 'x.constructor', 'nothing'],
    ['an array for an object', () => objectAt({ a: [] }, 'a', where), 'x.a', 'array'],
    ['an object for a list', () => arrayAt({ a: {} }, 'a', where), 'x.a', 'object'],
    ['a list too long', () => arrayOf([1, 2, 3], where, 2), 'x', '3 elements'],
    ['a text for a boolean', () => optionalBooleanOf('true', where), 'x', 'string'],
    ['another key', () => noOtherKeys({ a: 1, b: 2 }, new Set(['a']), where), 'x.b', '"b"'],
    [
      '__proto__',
      () => noOtherKeys(JSON.parse('{"__proto__":1}'), new Set(['a']), where),
      'x.__proto__',
      '"__proto__"',
    ],
    [
      'a key of control characters',
      () => noOtherKeys({ '\u001b[2J': 1 }, new Set(['a']), where),
      'x["\\u001b[2J"]',
      '"\\u001b[2J"',
    ],
  ])('%s', (_, read, path, found) => {
    expect(read).toThrow(
      expect.objectContaining({ code: 'BUNDLE_INVALID', reason: expect.objectContaining({ path, found }) }),
    );
  });
  test('paths', () => {
    expect(at(at({ code: 'BUNDLE_INVALID', path: '' }, 'a'), 0).path).toBe('a[0]');
    expect(at(where, 'a b').path).toBe('x["a b"]');
    expect(at(where, 'k'.repeat(1000) + ' ').path.length).toBeLessThan(120);
  });
  test.each([
    [undefined, 'nothing'],
    [null, 'null'],
    [[], 'array'],
    [{}, 'object'],
    [1n, 'number'],
    [1, 'number'],
    ['', 'string'],
    [true, 'boolean'],
  ])('kind of %s', (value, kind) => {
    expect(kindOf(value)).toBe(kind);
  });
  test('an unknown member of a parsed document is its own', () => {
    expect(() => noOtherKeys({ ...(parseJson('{"a":1}') as object) }, new Set(['a']), where)).not.toThrow();
  });
});
