import { beforeAll, describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import type { Reason } from '#core/errors/reason';
import { loadCueChecks, type CueChecks } from './cue-check.ts';
import type { CueSource } from './document.ts';

const TYPE = 'https://example.com/review/v1';
let compile: (files: readonly CueSource[]) => CueChecks;
beforeAll(async () => {
  compile = await loadCueChecks();
});

const statement = (predicate: string): { payload: Buffer } => ({
  payload: Buffer.from(
    `{"_type":"https://in-toto.io/Statement/v1","predicateType":"${TYPE}","predicate":${predicate}}`,
  ),
});
const codes = (reasons: readonly Reason[]): readonly string[] =>
  reasons.map(({ code, path }) => (path === undefined ? code : `${code} ${path}`));
const compiled = (text: string): CueChecks => compile([{ name: 'p.cue', text }]);

describe('the statement as it was signed', () => {
  test.each<[string, string, string, readonly string[]]>([
    ['a value', 'predicate: a: "x"', '{"a":"x"}', []],
    ['another value', 'predicate: a: "x"', '{"a":"y"}', ['CUE_MISMATCH predicate.a']],
    ['nothing', 'predicate: a: "x"', '{}', ['CUE_FIELD_MISSING predicate.a']],
    ['an optional field', 'predicate: a?: "x"', '{}', []],
    ['a required field, told once', 'predicate: a!: "x"', '{}', ['CUE_FIELD_MISSING predicate.a']],
    [
      'an element',
      'predicate: l: [...{n: int}]',
      '{"l":[{"n":1},{}]}',
      ['CUE_FIELD_MISSING predicate.l[1].n'],
    ],
    ['an odd name', 'predicate: "a-b": 1', '{}', ['CUE_FIELD_MISSING predicate.a-b']],
    ['a name with a point', 'predicate: "a.b": 1', '{}', ['CUE_FIELD_MISSING predicate["a.b"]']],
    ['a name of digits', 'predicate: "0": 1', '{}', ['CUE_FIELD_MISSING predicate["0"]']],
    ['1.0 is no integer', 'predicate: n: int', '{"n":1.0}', ['CUE_MISMATCH predicate.n']],
    [
      'every digit counts',
      'predicate: n: 12345678901234567891',
      '{"n":12345678901234567890}',
      ['CUE_MISMATCH predicate.n'],
    ],
    ['what stays open', 'predicate: {a: _, b: a.n}', '{"a":{},"b":1}', ['CUE_UNDECIDED predicate.b']],
    ['a variable of the policy', 'v: "x"\npredicate: a: v', '{"a":"x"}', []],
    ['no variable, for nothing refers to it', 'v: "x"', '{}', ['CUE_FIELD_MISSING v']],
    [
      'no variable, for a statement has it',
      'subject: "x"\npredicate: a: subject',
      '{"a":"x"}',
      ['CUE_FIELD_MISSING subject'],
    ],
  ])('%s', (_, policy, predicate, expected) => {
    expect(codes(compiled(policy).safe(statement(predicate)))).toEqual(expected);
  });

  test('each place of the policy that has a part in it', () => {
    const text = 'predicate: {\n\ta: =~"^x"\n\ta: =~"^y"\n}\n';
    expect(compiled(text).safe(statement('{"a":"z"}'))).toMatchObject([
      { expected: '=~"^x"', found: '"z"', at: { file: 'p.cue', line: 2, column: 5 } },
      { expected: '=~"^y"', found: '"z"', at: { file: 'p.cue', line: 3, column: 5 } },
    ]);
    const closed = compiled('#P: {a: int}\npredicate: #P').safe(statement('{"a":1,"b":2}'));
    expect(closed).toMatchObject([{ path: 'predicate.b', at: { line: expect.any(Number) } }]);
  });

  test('columns count as editors count them', () => {
    const [reason] = compiled('predicate: "ü😀": 1').safe(statement('{"ü😀":2}'));
    expect(reason?.at).toEqual({ file: 'p.cue', line: 1, column: 19 });
  });

  test('of a choice, why each alternative fails, the nearest first', () => {
    const policy = 'predicate: {k: "a", deep: x: 1} | {k: "b"} | {k: "c"}';
    const [reason] = compiled(policy).safe(statement('{"k":"a","deep":{"x":2}}'));
    expect(reason?.alternatives?.map(({ path, found }) => [path, found])).toEqual([
      ['predicate.deep.x', '2'],
      ['predicate.k', '"a"'],
      ['predicate.k', '"a"'],
    ]);
  });

  test('many failures are told in part', () => {
    const many = Array.from({ length: 30 }, (_, i) => `"f${i}":"x"`).join(',');
    const reasons = compiled('predicate: [string]: int').safe(statement(`{${many}}`));
    expect(reasons).toHaveLength(10);
    expect(reasons[0]?.hint).toBe('20 more of the kind are left out');
  });

  test('what a document says is cut', () => {
    const [reason] = compiled('predicate: a: "x"').safe(statement(`{"a":"${'y'.repeat(5000)}"}`));
    expect(reason?.message.length).toBeLessThan(400);
    expect(reason?.found?.length).toBeLessThan(400);
  });
});

describe('as cosign judges', () => {
  test.each<[string, string, string, readonly string[]]>([
    ['a value', 'predicate: a: "x"', '{"a":"x"}', []],
    ['another value', 'predicate: a: "x"', '{"a":"y"}', ['CUE_MISMATCH predicate.a']],
    ['nothing', 'predicate: a: "x"', '{}', []],
    ['a required field', 'predicate: a!: "x"', '{}', ['CUE_FIELD_MISSING predicate.a']],
    ['1.0 is 1', 'predicate: n: int', '{"n":1.0}', []],
    ['what stays open', 'predicate: {a: _, b: a.n}', '{"a":{},"b":1}', []],
  ])('%s', (_, policy, predicate, expected) => {
    expect(codes(compiled(policy).cosign(TYPE)(statement(predicate)))).toEqual(expected);
  });

  test.each([
    ['a statement that cosign does not convert', TYPE, '{"a":1}, "more":1'],
    ['a statement of another type', 'spdxjson', '{}'],
  ])('%s', (_, type, predicate) => {
    expect(() => compiled('').cosign(type)(statement(predicate))).toThrow(
      expect.objectContaining({ code: 'COSIGN_PAYLOAD_INVALID' }),
    );
  });
});

describe('a policy that cannot be used', () => {
  test.each([
    ['no CUE', 'a: {', 'POLICY_CUE_INVALID'],
    ['a reference to nothing', 'a: b', 'POLICY_CUE_INVALID'],
    ['an attribute that CUE acts on', '@if(x)', 'POLICY_CUE_UNSUPPORTED'],
    ['a package of tools', 'import "tool/cli"\na: cli.Print', 'POLICY_CUE_UNSUPPORTED'],
    ['a contradiction', 'predicate: a: 1 & 2', 'POLICY_CUE_INVALID'],
    ['a condition at the root', 'predicate: a: int\nif predicate.a > 0 {}', 'POLICY_CUE_INVALID'],
    ['without end', 'import "list"\na: list.Range(0, 10000000, 1)', 'POLICY_CUE_LIMIT'],
  ])('%s', (_, text, code) => {
    expect(() => compiled(text)).toThrow(expect.objectContaining({ code }));
    try {
      compiled(text);
    } catch (error) {
      expect(error).toBeInstanceOf(EdgesealError);
      expect(error).toMatchObject({ reason: { at: { file: 'p.cue' } } });
    }
  });

  test('a document that nests too deep is not the policy’s fault', () => {
    const deep = statement(`${'['.repeat(400)}${']'.repeat(400)}`);
    expect(() => compiled('predicate: _').safe(deep)).toThrow(
      expect.objectContaining({ code: 'POLICY_CUE_LIMIT' }),
    );
  });
});
