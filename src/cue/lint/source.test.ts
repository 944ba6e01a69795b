import { describe, expect, test } from 'vitest';
import { places } from './rule.test-data.ts';

/** Whether the text of a policy says that `b` has no field `id`: then a condition on it is remarked. */
const lacksId = (...policies: readonly string[]): boolean =>
  places('undeclared-condition', ...policies).length > 0;

describe('what a field is said to be', () => {
  test.each([
    ['anything', 'predicate: {b: (_), if b.id {}}', true],
    ['a struct', 'predicate: {b: {x: 1}, if b.id {}}', true],
    ['a struct that has it', 'predicate: {b: {id: _}, if b.id {}}', false],
    ['a struct that has it by a string', 'predicate: {b: {"id": _}, if b."id" {}}', false],
    ['a struct with another embedded', 'predicate: {b: {#C}, if b.id {}}\n#C: x: 1', true],
    ['a struct with one embedded that has it', 'predicate: {b: {#C}, if b.id {}}\n#C: id: 1', false],
    ['a struct with a comprehension', 'predicate: {b: {if true {id: 1}}, if b.id {}}', false],
    ['embedding a comprehension', 'predicate: {b: {#C}, if b.id {}}\n#C: {if true {id: 1}}', false],
    ['two structs', 'predicate: {b: {x: 1} & {y: 1}, if b.id {}}', true],
    ['two structs, one of which has it', 'predicate: {b: {x: 1} & {id: 1}, if b.id {}}', false],
    ['one struct or another', 'predicate: {b: {x: 1} | {y: 1}, if b.id {}}', false],
    ['one type or another', 'predicate: {b: string | int, if b.id {}}', true],
    ['a struct and what the text does not tell', 'predicate: {b: {x: 1} & [{}][0], if b.id {}}', false],
    ['what the text does not tell', 'predicate: {b: [{}][0], if b.id {}}', false],
    ['part of a list', 'predicate: {b: [{}][0:1], if b.id {}}', false],
    ['a sum', 'predicate: {b: 1 + 2, if b.id {}}', true],
    ['a bound', 'predicate: {b: >1, if b.id {}}', true],
    ['what a call gives', 'predicate: {b: and([{x: 1}]), if b.id {}}', false],
    ['closed', 'predicate: {b: close({x: 1}), if b.id {}}', true],
    ['closed, and has it', 'predicate: {b: close({id: 1}), if b.id {}}', false],
    ['a name that hides close', 'predicate: {close: _, b: close({x: 1}), if b.id {}}', false],
    ['a package’s validator', 'import "strings"\npredicate: {b: strings.MinRunes(3), if b.id {}}', true],
    ['a package’s type', 'import "time"\npredicate: {b: time.Time, if b.id {}}', true],
    ['a field of another', 'predicate: {b: c.d, c: d: x: 1, if b.id {}}', true],
    ['a field of what is unknown', 'predicate: {b: c.d, c: [{}][0], if b.id {}}', false],
    ['an index of another', 'predicate: {b: c["d"], c: d: x: 1, if b.id {}}', false],
    ['an element of a loop', 'predicate: {for x in [{}] {b: x, if b.id {}}}', false],
    ['a let clause', 'let c = {x: 1}\npredicate: {b: c, if b.id {}}', true],
  ])('%s: %s', (_, policy, expected) => {
    expect(lacksId(policy)).toBe(expected);
  });
});

describe('aliases', () => {
  test.each([
    ['of a value', 'predicate: {a: B={x: 1, y: {if B.id {}}}}', true],
    ['of a value that has it', 'predicate: {a: B={id: 1, y: {if B.id {}}}}', false],
    ['of a label', 'predicate: {B="b-c": {x: 1}, if B.id {}}', true],
    ['of a label of a value with an alias', 'predicate: {B="b-c": C={x: 1, y: C.x}, if B.id {}}', true],
    ['of a label that has it', 'predicate: {B="b-c": {id: 1}, if B.id {}}', false],
    ['of a pattern', 'predicate: B=[string]: {x: 1, y: {if B.id {}}}', false],
    ['of a pattern’s label', 'predicate: [B=string]: {x: 1, y: {if B.id {}}}', false],
  ])('%s: %s', (_, policy, expected) => {
    expect(lacksId(policy)).toBe(expected);
  });
});

describe('names at the top of several files', () => {
  const use = 'predicate: {b: a, if b.id {}}';
  test.each([
    ['of one package', `package p\n${use}`, 'package p\na: x: 1', true],
    ['of one package, in both files', `package p\na: x: 1\n${use}`, 'package p\na: y: 1', true],
    ['of one package, one of which has it', `package p\na: x: 1\n${use}`, 'package p\na: id: 1', false],
    ['of no package', `a: x: 1\n${use}`, 'a: id: 1', true],
    ['of the package _', `package _\na: x: 1\n${use}`, 'package _\na: id: 1', true],
  ])('%s: %s', (_, one, other, expected) => {
    expect(lacksId(one, other)).toBe(expected);
  });
});

describe('references are followed so far, and no further', () => {
  const chain = (length: number): string =>
    Array.from({ length }, (_, at) => `_c${at}: _c${at + 1}\n`).join('') + `_c${length}: x: 1\n`;
  test.each([
    ['a few', `${chain(2)}predicate: {b: _c0, if b.id {}}`, true],
    ['many', `${chain(20)}predicate: {b: _c0, if b.id {}}`, false],
    [
      'many embedded',
      `${chain(20).replaceAll(/: (_c\d+)\n/g, ': {$1}\n')}predicate: {b: _c0, if b.id {}}`,
      false,
    ],
    ['a ring', '_x: _y\n_y: _x\npredicate: {b: _x, if b.id {}}', false],
    ['a ring of fields', '_x: a: _y.a\n_y: a: _x.a\npredicate: {b: _x.a, if b.id {}}', false],
  ])('%s: %s', (_, policy, expected) => {
    expect(lacksId(policy)).toBe(expected);
  });
});
