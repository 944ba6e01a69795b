import { beforeAll, describe, expect, test } from 'vitest';
import { compileCue, prepareCue } from '../cue.ts';

beforeAll(prepareCue);

/** What is missing, as `kind path`; a field that may be a variable of the policy in brackets. */
function missing(policy: string, document: string): string[] {
  const found = compileCue([{ name: 'policy.cue', text: policy }]).evaluate(document).missing;
  return found.map(({ kind, path, variable }) => {
    const text = `${kind} ${path.join('.')}`;
    return variable ? `(${text})` : text;
  });
}

describe('cosign passes each of these; we say what the document lacks', () => {
  test.each([
    ['a constraint', 'a: b: =~"^x"', '{}', ['field a']],
    ['below a field that is there', 'a: b: =~"^x"', '{"a":{}}', ['field a.b']],
    ['a concrete value', 'a: 1', '{}', ['field a']],
    ['a default', 'a: *1 | int', '{}', ['field a']],
    ['any value at all', 'a: _', '{}', ['field a']],
    ['a validator', 'import "list"\na: list.MinItems(1)', '{}', ['field a']],
    ['through a definition', '#D: {x: int}\na: #D', '{"a":{}}', ['field a.x']],
    ['an item of a list', 'a: [...{x: int}]', '{"a":[{"x":1},{}]}', ['field a.1.x']],
    ['through a pattern', 'a: [string]: {x: int}', '{"a":{"k":{}}}', ['field a.k.x']],
    ['what a condition adds', 'a: {b: int, if b > 1 {c: string}}', '{"a":{"b":2}}', ['field a.c']],
    ['a quoted name', '"a-b": int', '{}', ['field "a-b"']],
    ['null is not absence', 'a: null | int', '{}', ['field a']],
    ['a misspelt field', 'predicatetype: "x"', '{"predicateType":"y"}', ['field predicatetype']],
    [
      'all alternatives lack something: the one with the least',
      'a: {b: 1, c: 2} | {d: 3}',
      '{"a":{}}',
      ['field a.d'],
    ],
    ['what each alternative requires', 'a: {b!: 1} | {c!: 2}', '{"a":{"d":1}}', ['field a.b']],
    ['in items', 'a: [...({b!: 1} | {c!: 2})]', '{"a":[{"b":1},{}]}', ['field a.1.b']],
    [
      'what an alternative within one requires',
      'a: {b: {c!: 1} | {d!: 1}} | {e!: 1}',
      '{"a":{"b":{}}}',
      ['field a.b.c'],
    ],
    ['a hidden check', 'a: _\n_ok: true & (a.b == "x")', '{"a":{}}', ['undecided _ok']],
    [
      'a hidden check by a hidden step',
      'a: _\n_b: a.b\n_ok: true & (_b == "x")',
      '{"a":{}}',
      ['undecided _ok'],
    ],
    ['a hidden condition', 'a: _\n_ok: {if a.b == "y" {_|_}}', '{"a":{}}', ['undecided _ok']],
    [
      'a hidden check within a field',
      'a: {b?: string, _x: true & (b == "x")}',
      '{"a":{}}',
      ['undecided a._x'],
    ],
    ['a condition on what is absent', 'a: {b: _, if b.c == 1 {d: 1}}', '{"a":{"b":{}}}', ['undecided a']],
    [
      'a constraint that is never decided',
      'import "strings"\n#n: int\na: strings.MinRunes(#n)',
      '{"a":"x"}',
      ['undecided a'],
    ],
    ['matchN content with an absent field', 'a: matchN(1, [{b: 1}])', '{"a":{}}', ['field a.b']],
    ['matchN with a required field', 'a: matchN(1, [{b!: 1}])', '{"a":{}}', ['undecided a']],
    [
      'list.MatchN content with an absent field',
      'import "list"\na: list.MatchN(>0, {b: 1})',
      '{"a":[{"c":1}]}',
      ['field a.b'],
    ],
    [
      'json.Validate content with an absent field',
      'import "encoding/json"\na: json.Validate({b: 1})',
      '{"a":"{}"}',
      ['field a.b'],
    ],
    ['matchIf on an absent field', 'a: matchIf({b: 1}, {c!: 1}, {d!: 1})', '{"a":{"c":1}}', ['field a.b']],
    ['matchIf asking for an absent field', 'a: matchIf({b!: 1}, {c: 1}, {})', '{"a":{"b":1}}', ['field a.c']],
  ])('%s', (_, policy, document, expected) => {
    expect(missing(policy, document)).toEqual(expected);
  });
});

describe('nothing is missing', () => {
  test.each([
    ['where all is there', 'a: b: int', '{"a":{"b":1}}'],
    ['of optional fields', 'a?: int', '{}'],
    ['below an optional field', 'a?: b: int', '{}'],
    ['of definitions, hidden fields and lets', '#D: {x: int}\n_h: 1\nlet l = 2\n#E: l', '{}'],
    ['of patterns without a match', 'a: [string]: {x: int}', '{"a":{}}'],
    ['of items where there are none', 'a: [...{x: int}]', '{"a":[]}'],
    ['of a hidden check that holds', 'a: _\n_ok: true & (a.b == "x")', '{"a":{"b":"x"}}'],
    ['of a template', '_T: {n: int, m: n + 1}\na: _T', '{"a":{"n":1,"m":2}}'],
    ['that another alternative requires', 'a: {b!: 1} | {c!: 2}', '{"a":{"c":2}}'],
    ['of one alternative where another is whole', 'a: {b: 1} | {d: 3}', '{"a":{"d":3}}'],
    ['of a condition that does not hold', 'a: {b: int, if b > 1 {c: string}}', '{"a":{"b":1}}'],
    [
      'of a condition that asks first',
      'a: {b?: _, if b != _|_ {if b.c != _|_ {if b.c == 1 {d: 1}}}}',
      '{"a":{}}',
    ],
    ['of null', 'a: null | int', '{"a":null}'],
    ['matchN with another schema that holds', 'a: matchN(>=1, [{b: 1}, {c: 1}])', '{"a":{"b":1}}'],
  ])('%s', (_, policy, document) => {
    expect(missing(policy, document)).toEqual([]);
  });
});

describe('a field at the root that may be a variable of the policy', () => {
  const bound = (value: string): string => `import "time"\nbefore: ${value}\ntime_: <before`;
  test.each([
    ['a scalar to which the policy refers', 'x: "2030"\na: <x', ['(field x)']],
    ['a list of scalars', 'x: ["p", "q"]\na: or(x)', ['(field x)']],
    ['a call', bound('time.Parse(time.RFC3339, "2030-01-01T00:00:00Z")'), ['(field before)', 'field time_']],
    ['not: a scalar to which nothing refers', 'x: "2030"\na: string', ['field x']],
    ['not: a name used for another field', 'x: "1"\na: string\nb?: {x: 1, y: x}', ['field x']],
    ['not: a type', 'x: string\na: x', ['field x']],
    ['not: a struct', 'x: {v: "1"}\na: x.v', ['field x']],
  ])('%s', (_, policy, expected) => {
    expect(missing(policy, '{"a":"1"}')).toEqual(expected);
  });
});
