import { beforeAll, expect, test } from 'vitest';
import { compileCue, prepareCue } from './cue.ts';
import { CUE_LIMITS } from './limits.ts';
import { CueError } from './syntax/cue-error.ts';

beforeAll(prepareCue);

/** A quarter of what policies may use: these tests show that an end comes, not when. */
const limits = { ...CUE_LIMITS, steps: 1_000_000 };

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

function answer(text: string, document = '{}'): string {
  try {
    return compileCue([{ name: 'policy.cue', text }], limits).evaluate(document).verdict;
  } catch (error) {
    return error instanceof CueError ? error.code : `not of CUE's own kinds: ${String(error)}`;
  }
}

test.each([
  [
    'references to references',
    `${lines(30, (i) => `_a${i + 1}: [_a${i}, _a${i}]`)}\n_a0: [1]\nx: _a30 & _a29`,
  ],
  [
    'alternatives of alternatives',
    lines(24, (i) => `d: {a${i}: 1} | {b${i}: 2}\nd: {a${i}: 1} | {c${i}: 3}`),
  ],
  [
    'loops within loops',
    'l: [for i in [1, 2, 3, 4, 5, 6, 7, 8] for j in m for k in m for n in m for o in m for p in m {i}]\nm: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]',
  ],
  ['a text that doubles', lines(40, (i) => (i === 0 ? 's0: "ab"' : `s${i}: s${i - 1} + s${i - 1}`))],
  [
    'an interpolation that doubles',
    lines(40, (i) => (i === 0 ? 's0: "ab"' : `s${i}: "\\(s${i - 1})\\(s${i - 1})"`)),
  ],
  ['a text repeated', 'import "strings"\nx: strings.Repeat("abc", 1000000000)'],
  ['octets repeated', "x: 'abc' * 1000000000"],
  ['a list repeated', 'import "list"\nx: list.Repeat([1], 100000000)'],
  ['a range', 'import "list"\nx: list.Range(0, 1000000000, 1)'],
  ['brackets in a policy', `a: ${'['.repeat(20_000)}${']'.repeat(20_000)}`],
])('%s: ended by a limit', (_, text) => {
  expect(answer(text)).toBe('CUE_LIMIT');
});

test('brackets in a document: ended by a limit', () => {
  expect(answer('a: _', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).toBe('CUE_LIMIT');
});

test.each([
  ['a struct that contains itself', '#L: {n: #L}\na: #L', 'fail'],
  ['a struct that may contain itself', '#L: {n?: #L}\na: #L', 'pass'],
  ['a regular expression that backtracks elsewhere', 'a: =~"^(a+)+$"', 'pass'],
])('%s: no limit is needed', (_, text, verdict) => {
  expect(answer(text, `{"b":"${'a'.repeat(10_000)}!"}`)).toBe(verdict);
});

test.each(['{"a":1e99999999999}', '{"a":-1e99999999999}', '{"a":1e-99999999999}'])(
  'a number of a document: ended by a limit: %s',
  (document) => {
    expect(answer('a: _', document)).toBe('CUE_LIMIT');
  },
);

test('a document of many fields is searched by label', () => {
  const document = JSON.stringify({
    m: Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`k${i}`, i])),
  });
  expect(answer('m: {[=~"^k"]: int, k2999!: 2999}', document)).toBe('pass');
  expect(answer('m: {[=~"^k"]: int, k2999!: 3000}', document)).toBe('fail');
});

test('a compiled policy answers the same again, whatever it was asked between', () => {
  const { evaluate } = compileCue([
    {
      name: 'policy.cue',
      text: 'l: [...int] | [...string]\no: {if x == 1 {y: 2}, x: 1 | 2}\n_m: [...]\n_m: [] | _\nz?: _m[1]',
    },
  ]);
  const documents = [
    '{}',
    '{"l":[1]}',
    '{"l":["a"]}',
    '{"l":[1,"a"]}',
    '{"o":{"x":1,"y":2}}',
    '{"o":{"x":1,"y":3}}',
    '{"z":1}',
    'x',
  ];
  const first = documents.map((document) => evaluate(document));
  const again = documents.toReversed().map((document) => evaluate(document));
  const told = (given: typeof first): unknown =>
    given.map(({ verdict, errors }) => [verdict, errors.map(({ code, path }) => [code, path])]);
  expect(told(again.toReversed())).toEqual(told(first));
});
