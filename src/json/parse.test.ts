import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { limits } from '#core/limits';
import { canonicalize } from './canonical.ts';
import { parseJson, parseJsonBytes } from './parse.ts';

function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof EdgesealError) return error.code;
    throw error;
  }
}

/** Texts that RFC 8259 makes JSON, and their values. */
const yes: readonly (readonly [text: string, value: unknown])[] = [
  ['[]', []],
  ['{}', {}],
  ['[[]   ]', [[]]],
  ['[""]', ['']],
  [' [1] ', [1]],
  ['\t\r\n 2 \n', 2],
  ['"x"', 'x'],
  ['false', false],
  ['true', true],
  ['null', null],
  ['[null, 1, "1", {}]', [null, 1, '1', {}]],
  ['-0', -0],
  ['[-0]', [-0]],
  ['[0e+1]', [0]],
  ['[0e1]', [0]],
  ['[1E22]', [1e22]],
  ['[1E-2]', [0.01]],
  ['[1E+2]', [100]],
  ['[123e65]', [123e65]],
  ['[123.456e78]', [123.456e78]],
  ['[-1]', [-1]],
  ['[-123]', [-123]],
  ['[1e-400]', [0]],
  ['[0.5]', [0.5]],
  ['9007199254740991', 9007199254740991],
  ['9007199254740993', 9007199254740993n],
  ['-9007199254740993', -9007199254740993n],
  ['100000000000000000000', 100000000000000000000n],
  ['1e20', 1e20],
  ['{"a":1,"b":2}', { a: 1, b: 2 }],
  ['{"":0}', { '': 0 }],
  ['{"a":{"a":1}}', { a: { a: 1 } }],
  ['{"foo\\u0000bar":42}', { 'foo\u0000bar': 42 }],
  ['["\\"\\\\\\/\\b\\f\\n\\r\\t"]', ['"\\/\b\f\n\r\t']],
  ['["\\u0060\\u012a\\u12AB"]', ['\u0060\u012a\u12ab']],
  ['["\\ud801\\udc37"]', ['\u{10437}']],
  ['["\\ud83d\\ude39\\ud83d\\udc8d"]', ['\u{1f639}\u{1f48d}']],
  ['["\\\\u0000"]', ['\\u0000']],
  ['["\\\\a"]', ['\\a']],
  ['["\\\\\\""]', ['\\"']],
  ['["\u007f"]', ['\u007f']],
  ['["\u2028\u2029"]', ['\u2028\u2029']],
  ['["\u20ac\u{1d11e}"]', ['\u20ac\u{1d11e}']],
  ['["\\uFFFE\\uFDD0"]', ['\ufffe\ufdd0']],
  ['["a/*b*/c"]', ['a/*b*/c']],
  ['{"constructor":1,"hasOwnProperty":2}', { constructor: 1, hasOwnProperty: 2 }],
];

/** Texts that are no JSON; the code that they get. */
const no: readonly (readonly [text: string, code: string])[] = [
  ...[
    '',
    ' ',
    '[1 true]',
    '["": 1]',
    '[""],',
    '[,1]',
    '[1,,2]',
    '["x",,]',
    '["x"]]',
    '["",]',
    '["x"',
    '[x',
    '[3[4]]',
    '[1:2]',
    '[,]',
    '[-]',
    '[   , ""]',
    '["a",\n4\n,1,',
    '[1,]',
    '[*]',
    '[1,\n1\n,1',
    '[{}',
    '[fals]',
    '[nul]',
    '[tru]',
    '[True]',
    '[++1234]',
    '[+1]',
    '[-01]',
    '[-1.0.]',
    '[-2.]',
    '[.-1]',
    '[.2e-3]',
    '[0.1.2]',
    '[0.3e]',
    '[0.3e+]',
    '[0e]',
    '[0e+-1]',
    '[1.0e]',
    '[2.e3]',
    '[1eE2]',
    '[Inf]',
    '[NaN]',
    '[Infinity]',
    '[-Infinity]',
    '[-NaN]',
    '[\uff11]',
    '[1+2]',
    '[0x1]',
    '[0x42]',
    '[012]',
    '[- 1]',
    '[-x]',
    '[1a]',
    '[1e1a]',
    '[2.1]x',
    '{"a":"b"}/**/',
    '{"a":"b"}//',
    '{"a":"b"}#',
    '{"a" b}',
    '{:"b"}',
    '{"a" "b"}',
    '{"a":',
    '{"a"',
    '{1:1}',
    '{9999E9999:1}',
    '{null:null,null:null}',
    '{"id":0,,,,,}',
    "{'a':0}",
    '{"id":0,}',
    '{"a":"b",,"c":"d"}',
    '{a: "b"}',
    '{"a":/*comment*/"b"}',
    '{"a":"a" 123}',
    '{"a": true} "x"',
    '[',
    '{',
    ']',
    '}',
    '"',
    '"x',
    '[""x"]',
    "['single']",
    '["\\x00"]',
    '["\\"]',
    '["\\\\\\"]',
    '["\\u00A"]',
    '["\\u"]',
    '["\\uqqqq"]',
    '["\\u+123"]',
    '["\\a"]',
    '["\\\u{1f300}"]',
    '["a\u0000a"]',
    '["a\nb"]',
    '["\t"]',
    '["\u001f"]',
    '["\\ud800"]',
    '["\\udc00"]',
    '["\\ud800x"]',
    '["\\ud800\\ud800"]',
    '["\\udc00\\ud800"]',
    '["\\ud800\\n"]',
    '["x\ud800"]',
    '{"\\ud800":1}',
    '\ufeff[]',
    '[\u000b]',
    '[\u000c]',
    '[\u00a0]',
    '[\u2060]',
    'nullx',
    'undefined',
    '[1e400]',
    '[-1e400]',
    `[${'9'.repeat(400)}]`,
    '<.>',
    '\u00e5',
    '123\u0000',
  ].map((text) => [text, 'JSON_SYNTAX'] as const),
  ['{"a":1,"a":1}', 'JSON_DUPLICATE_KEY'],
  ['{"a":1,"b":{},"a":2}', 'JSON_DUPLICATE_KEY'],
  ['{"a":1,"\\u0061":2}', 'JSON_DUPLICATE_KEY'],
  ['{"__proto__":1,"__proto__":2}', 'JSON_DUPLICATE_KEY'],
  ['{"":1,"":2}', 'JSON_DUPLICATE_KEY'],
  ['[{"x":{"k":0,"k":0}}]', 'JSON_DUPLICATE_KEY'],
  ['{"\u00e9":1,"\\u00e9":1}', 'JSON_DUPLICATE_KEY'],
];

describe('RFC 8259', () => {
  test.each(yes)('is JSON: %j', (text, value) => {
    expect(parseJson(text)).toEqual(value);
    expect(parseJsonBytes(Buffer.from(text))).toEqual(value);
  });
  test.each(no)('is not: %j', (text, code) => {
    expect(outcome(() => parseJson(text))).toBe(code);
  });
  test('canonically equivalent keys differ', () => {
    expect(parseJson('{"\u00e9":1,"e\u0301":2}')).toEqual({ '\u00e9': 1, 'e\u0301': 2 });
  });

  test.each([
    ['[\x22\xff\x22]', 'UTF8_INVALID'],
    ['\xef\xbb\xbf[]', 'UTF8_INVALID'],
    ['[\x22\xed\xa0\x80\x22]', 'UTF8_INVALID'],
    ['\xff\xfe[\x00]\x00', 'UTF8_INVALID'],
    ['[\x22\xc0\xaf\x22]', 'UTF8_INVALID'],
  ])('bytes %j', (latin1, code) => {
    expect(outcome(() => parseJsonBytes(Buffer.from(latin1, 'latin1')))).toBe(code);
  });

  test('any value written by ECMAScript is read', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(JSON.stringify(parseJson(text), bigIntText)).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });
  test('any text is refused with a code or read as ECMAScript reads it', () => {
    const alphabet = fc.constantFrom(
      ...'{}[]":,\\u0d8a1-+.eE tn/',
      'true',
      'null',
      '\\ud800',
      '"a":',
      '\u2028',
    );
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 16 }), (text) => {
        const read = outcome(() => ({ value: parseJson(text) }));
        if (typeof read === 'string') return;
        const { value } = read as { value: unknown };
        expect(JSON.stringify(value, bigIntText)).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 2000 },
    );
  });
});

function bigIntText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

describe('depth', () => {
  const nested = (levels: number, open: string, inner: string, close: string): string =>
    open.repeat(levels) + inner + close.repeat(levels);
  test.each([
    [nested(limits.jsonDepth, '[', '', ']'), true],
    [nested(limits.jsonDepth + 1, '[', '', ']'), false],
    [nested(limits.jsonDepth, '{"a":', '1', '}'), true],
    [nested(limits.jsonDepth + 1, '{"a":', '1', '}'), false],
    [nested(200_000, '[', '', ']'), false],
    ['['.repeat(200_000), false],
    [nested(limits.jsonDepth / 2, '[{"":', '0', '}]'), true],
  ])('%#', (text, allowed) => {
    const read = outcome(() => parseJson(text));
    if (allowed) expect(typeof read).toBe('object');
    else expect(read).toBe('JSON_TOO_DEEP');
  });
});

describe('objects are plain', () => {
  test('__proto__ is a key like others', () => {
    const object = parseJson('{"__proto__":{"polluted":true},"a":1}');
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    expect(Object.keys(Object(object))).toEqual(['__proto__', 'a']);
    expect('polluted' in Object(object)).toBe(false);
    expect(canonicalize(object)).toBe('{"__proto__":{"polluted":true},"a":1}');
  });
});

describe('where', () => {
  test.each([
    ['[1,\n 2,\n  x]', { line: 3, column: 3 }, 'JSON_SYNTAX'],
    ['{"a":1,\r\n "a":2}', { line: 2, column: 2 }, 'JSON_DUPLICATE_KEY'],
    ['"abc', { line: 1, column: 5 }, 'JSON_SYNTAX'],
    ['["\\q"]', { line: 1, column: 3 }, 'JSON_SYNTAX'],
    ['["\u{1f600}",x]', { line: 1, column: 7 }, 'JSON_SYNTAX'],
  ])('%j', (text, position, code) => {
    expect(() => parseJson(text, 'policy.json')).toThrow(
      expect.objectContaining({
        code,
        reason: expect.objectContaining({ at: { file: 'policy.json', ...position } }),
      }),
    );
  });
  test('a refusal shows no more than a line of a key', () => {
    const key = 'k'.repeat(100_000);
    expect(() => parseJson(`{"${key}":1,"${key}":1}`)).toThrow(
      expect.objectContaining({
        reason: expect.objectContaining({ found: expect.stringMatching(/^.{1,120}$/) }),
      }),
    );
  });
});

test('time grows with the text, not with its square', () => {
  const started = performance.now();
  outcome(() => parseJson(`"${'\\n'.repeat(500_000)}"`));
  outcome(() => parseJson(`[${'1,'.repeat(500_000)}`));
  outcome(() => parseJson('9'.repeat(1_000_000)));
  outcome(() => parseJson('"'.repeat(500_000)));
  expect(performance.now() - started).toBeLessThan(10_000);
});
