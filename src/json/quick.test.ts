import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from './parse.ts';
import { quickJson } from './quick.ts';

describe('what the quick way leaves to the strict parser', () => {
  test.each([
    ['a key twice', '{"a":1,"a":1}'],
    ['a key twice, once escaped', '{"a":1,"\\u0061":1}'],
    ['a key twice, deep', '[{"x":{"b":null,"c":[],"b":{}}}]'],
    ['__proto__ twice', '{"__proto__":1,"__proto__":2}'],
    ['an integer beyond a double', '[9007199254740993]'],
    ['a number that becomes such an integer', '[1e20]'],
    ['a number that overflows', '[1e999]'],
    ['a lone surrogate by escape', '["\\ud800"]'],
    ['a lone surrogate', '["\ud800"]'],
    ['129 levels', `${'['.repeat(129)}${']'.repeat(129)}`],
    ['trailing text', '{} {}'],
    ['no JSON', '{a:1}'],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(quickJson(text)).toBeUndefined();
  });

  test.each([
    '{}',
    '{"a:":":","b\\"":"\\":","c\\\\":{"d" :1}}',
    '{"__proto__":{"a":1}}',
    ' {"a" \n:\t[1.5,-0,true,null,"x"]}\n',
    '[9007199254740991,"\\u00e9"]',
    `${'['.repeat(128)}${']'.repeat(128)}`,
  ])('but not %s', (text) => {
    expect(quickJson(text)).toEqual(JSON.parse(text));
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });
});

test('any document reads alike, with any spacing', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (text, indent) => {
      fc.pre(!/\d{16}|e\+/i.test(text));
      const value: unknown = JSON.parse(text);
      expect(parseJson(JSON.stringify(value, null, indent))).toEqual(value);
    }),
  );
});

test('a repeated member is refused wherever it stands', () => {
  const key = fc.string({ minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      fc.array(key, { maxLength: 5 }),
      key,
      fc.jsonValue(),
      fc.nat({ max: 3 }),
      (keys, twice, value, depth) => {
        const members = [twice, ...keys, twice].map(
          (name) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
        );
        const text = `${'[{"o":'.repeat(depth)}{${members.join(',')}}${'}]'.repeat(depth)}`;
        expect(() => parseJson(text)).toThrow(expect.objectContaining({ code: 'JSON_DUPLICATE_KEY' }));
      },
    ),
  );
});
