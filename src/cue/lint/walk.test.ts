import { expect, test } from 'vitest';
import { places } from './rule.test-data.ts';

test.each([
  ['a field', 'predicate: _type: 1', 12],
  ['a value with an alias', 'predicate: a: X={_type: 1, b: X.c, c: 1}', 18],
  ['an embedding', '{_type: 1}', 2],
  ['a let clause', 'let x = {_type: 1}, predicate: x', 10],
  ['elements', 'predicate: [{_type: 1}, ...]', 14],
  ['further elements', 'predicate: [1, ...{_type: 1}]', 20],
  ['a comprehension', 'if true {_type: 1}', 10],
  ['its source', 'predicate: {for x in [{_type: 1}] {a: x.b}}', 24],
  ['its condition', 'predicate: {if {_type: true}.a {b: 1}}', 17],
  ['its let clause', 'predicate: {for x in [1] let y = {_type: x} {a: y}}', 35],
  ['a comprehension of elements', 'predicate: [for x in [1] {_type: x}]', 27],
  ['operands', 'predicate: 1 & {_type: 1}', 17],
  ['an operand', 'predicate: *{_type: 1} | 1', 14],
  ['parentheses', 'predicate: ({_type: 1})', 14],
  ['what is selected from', 'predicate: {_type: 1}.a', 13],
  ['what is indexed', 'predicate: {_type: 1}["a"]', 13],
  ['an index', 'predicate: [1][{_type: 1}.a]', 17],
  ['what is cut', 'predicate: [{_type: 1}][0:1]', 14],
  ['where it is cut', 'predicate: [1][:{_type: 1}.a]', 18],
  ['arguments', 'predicate: len({_type: 1})', 17],
  ['interpolations', 'predicate: "\\({_type: 1}.a)"', 16],
])('what stands in %s is seen: %s', (_, policy, column) => {
  expect(places('hidden-type', policy)).toEqual([`p0.cue:1:${column}`]);
});

test('attributes, imports and ... say nothing to see', () => {
  const policy = 'import "strings"\n@a(_type)\npredicate: a!: strings.MinRunes(1) @b(_type)\n...';
  expect(places('hidden-type', policy)).toEqual([]);
});
