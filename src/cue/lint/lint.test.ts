import { describe, expect, test } from 'vitest';
import { findings, places, testRules, type Row } from './rule.test-data.ts';

const rows: readonly Row[] = [
  ['absent-passes', 'a field', 'predicate: a: string', 'p0.cue:1:12'],
  ['absent-passes', 'a bound', 'predicate: a: int & >0', 'p0.cue:1:12'],
  ['absent-passes', 'of a definition', '#P: a: 1\npredicate: #P', 'p0.cue:1:5'],
  ['absent-passes', 'a list', 'subject: [...{name!: string}]', 'p0.cue:1:1'],
  ['absent-passes', 'of an element', 'subject!: [...{name: string}]', 'p0.cue:1:16'],
  ['absent-passes', 'a required one', 'predicate: a!: string', undefined],
  ['absent-passes', 'an optional one', 'predicate: a?: string', undefined],
  [
    'absent-passes',
    'of an element among others',
    'subject!: [and([{a: 1}]), for x in [1] {b: x}, {c!: 1}, ...{d: 1}]',
    'p0.cue:1:61',
  ],
  ['absent-passes', 'of what is closed', 'predicate: close({a: 1})', 'p0.cue:1:19'],
  ['absent-passes', 'below an optional one', 'predicate: a?: b: string', undefined],
  ['absent-passes', 'a required one of a definition', '#P: a!: 1\npredicate: #P', undefined],

  ['hidden-type', 'no quotes', '_type: "https://in-toto.io/Statement/v1"', 'p0.cue:1:1'],
  ['hidden-type', 'in a definition', '#S: {_type: "a"}\n#S', 'p0.cue:1:6'],
  ['hidden-type', 'quotes', '"_type": "https://in-toto.io/Statement/v1"', undefined],

  ['unused-definition', 'a definition', '#P: a: 1\npredicate: {}', 'p0.cue:1:1'],
  ['unused-definition', 'a hidden field', '_x: "a"\npredicate: {}', 'p0.cue:1:1'],
  ['unused-definition', 'referred to', '#P: a: 1\npredicate: #P', undefined],
  ['unused-definition', 'selected', 'predicate: _p.#P\n_p: #P: a: 1', undefined],
  ['unused-definition', 'embedded', '#P: predicate: a: 1\n#P', undefined],
  ['unused-definition', 'a check', 'predicate: a: string\n_ok: true & (predicate.a != "x")', undefined],

  ['not-in-statement', 'case', 'predicatetype: "a"', 'p0.cue:1:1'],
  ['not-in-statement', 'a letter', 'predicates: a: 1', 'p0.cue:1:1'],
  ['not-in-statement', 'any other', 'ok: true', 'p0.cue:1:1'],
  ['not-in-statement', 'in what is embedded', '#S: Subject: [...]\n#S', 'p0.cue:1:5'],
  ['not-in-statement', 'never asked', 'signer?: "x"', 'p0.cue:1:1'],
  [
    'not-in-statement',
    'those of a statement',
    '"_type": "a"\nsubject: [...]\npredicateType: "b"\npredicate: {}',
    undefined,
  ],
  ['not-in-statement', 'a variable', 'x: "v"\npredicate: a: x', undefined],
  ['not-in-statement', 'in what the text does not tell', '[{ok: true}][0]', undefined],
  ['not-in-statement', 'hidden', '_x: "v"\npredicate: a: _x', undefined],
  ['not-in-statement', 'below', 'predicate: Subject: 1', undefined],

  ['open-predicate-type', 'no type', 'predicate: a: 1', 'p0.cue:1:1'],
  ['open-predicate-type', 'any type', 'predicateType: string\npredicate: a: 1', 'p0.cue:2:1'],
  ['open-predicate-type', 'a type', 'predicateType: "t"\npredicate: a: 1', undefined],
  ['open-predicate-type', 'of two', 'predicateType!: "t" | "u"\npredicate: a: 1', undefined],
  ['open-predicate-type', 'any predicate', 'predicate: _', undefined],
];

testRules(rows);

describe('several files', () => {
  test('of one package see each other’s definitions', () => {
    const files = ['package p\n#P: a!: 1', 'package p\npredicateType!: "t"\npredicate!: #P'];
    expect(findings(...files)).toEqual([]);
  });
  test('without a package do not', () => {
    expect(places('unused-definition', '#P: a: 1', '#P: b: 1\npredicate: #P')).toEqual(['p0.cue:1:1']);
  });
  test('a type in another file is a type', () => {
    expect(places('open-predicate-type', 'predicate: a: 1', 'predicateType: "t"')).toEqual([]);
  });
  test('findings come by file and place', () => {
    const rules = findings('_type: "a"\nok: true', 'predicate: uri: =~"a.com"').map(({ rule }) => rule);
    expect(rules).toEqual([
      'hidden-type',
      'not-in-statement',
      'open-predicate-type',
      'absent-passes',
      'open-regexp',
      'bare-dot',
    ]);
  });
});

test.each([
  ['predicatetype!: "a"', 'not-in-statement', 'did you mean predicateType?'],
  ['"_Type": "a"', 'not-in-statement', 'did you mean "_type"?'],
  ['ok: true', 'not-in-statement', '_ok:'],
  ['"my step": true', 'not-in-statement', '_name:'],
  [
    'predicate: id!: =~"^https://github.com/$"',
    'bare-dot',
    'escape it: "github\\\\.com", or #"github\\.com"#',
  ],
  ['predicate: id!: =~"a://b|c://d"', 'open-regexp', 'put the alternatives into a group'],
])('a finding says what to write instead: %s', (policy, rule, hint) => {
  const [found] = findings(policy).filter((each) => each.rule === rule);
  expect(found?.hint).toContain(hint);
});

test.each([
  ['signer?: "x"', 'never asked'],
  ['predicate: a!: _\nsigner: predicate.a', 'the safe mode misses it in every document'],
  ['signer: "x"', 'cosign asks nothing of any document by it'],
])('what a field that no statement has does: %s', (policy, effect) => {
  const [found] = findings(policy).filter(({ rule }) => rule === 'not-in-statement');
  expect(found?.message).toContain(effect);
});

test.each([
  ['predicate: {a: 1, b: 2}', 'lacks predicate.a, predicate.b;'],
  [
    'predicate: {a: 1, b: 2, c: 3, d: 4, e: 5, f: 6}',
    'lacks predicate.a, predicate.b, predicate.c, predicate.d and 2 more;',
  ],
])('the fields that may be absent are named, the first of many: %s', (policy, names) => {
  const [found] = findings(policy).filter(({ rule }) => rule === 'absent-passes');
  expect(found?.message).toContain(names);
});

test('a policy that cannot be compiled has no findings', () => {
  expect(() => findings('predicate: {')).toThrow(expect.objectContaining({ code: 'CUE_SYNTAX' }));
  expect(() => findings('predicate: nothing')).toThrow(expect.objectContaining({ code: 'CUE_COMPILE' }));
});
