import { expect, test } from 'vitest';

import { parseFile } from '../syntax/parse-file.ts';
import { FLOAT_KIND, INT_KIND, STRING_KIND } from '../value/kind.ts';
import { compileFiles } from './compile-files.ts';
import type { Environment } from './environment.ts';
import type { Declaration } from './expression.ts';

const environment: Environment = {
  predeclared: () => undefined,
  hasPackage: () => 'unknown',
  member: () => 'absent',
};

const declarations = (text: string): readonly Declaration[] =>
  compileFiles([parseFile({ name: 'a.cue', text })], environment).files[0]!.declarations;

/** The value of a field named a. */
const valueOf = (x: string): unknown => {
  const [field] = declarations(`a: ${x}, b: _`);
  return field?.tag === 'field' ? field.value : undefined;
};

const whole = (coefficient: bigint) => ({ value: { coefficient, exponent: 0 } });

test.each([
  ['"x"', { tag: 'string', value: 'x' }],
  ["'\\xff'", { tag: 'bytes', value: Uint8Array.of(255) }],
  ['1', { tag: 'number', kind: INT_KIND, ...whole(1n) }],
  ['1.5', { tag: 'number', kind: FLOAT_KIND, value: { coefficient: 15n, exponent: -1 } }],
  ['true', { tag: 'bool', value: true }],
  ['null', { tag: 'null' }],
  ['_', { tag: 'top' }],
  ['_|_', { tag: 'bottom', code: 2 }],
  ['(string)', { tag: 'type', kind: STRING_KIND }],
  ['>1', { tag: 'bound-expression', op: '>', x: { tag: 'number' } }],
  ['-b', { tag: 'unary', op: '-' }],
  ['1 & b', { tag: 'binary', op: '&' }],
  ['b[0]', { tag: 'index', index: { tag: 'number' } }],
  ['b[1:]', { tag: 'slice', low: { tag: 'number' }, high: undefined }],
  ['b."e\u0301"', { tag: 'selector', label: 's\u00e9' }],
  ['b(1)', { tag: 'call', args: [{ tag: 'number' }] }],
  [
    '"\\(b)x"',
    {
      tag: 'interpolation',
      bytes: false,
      parts: [{ value: '' }, { tag: 'field-reference' }, { value: 'x' }],
    },
  ],
  ['[1, ...]', { tag: 'list', elements: [{ tag: 'number' }, { tag: 'ellipsis', value: undefined }] }],
  ['[if b {c: 1}]', { tag: 'list', elements: [{ tag: 'comprehension', clauses: [{ tag: 'if' }] }] }],
])('%s', (text, expected) => {
  expect(valueOf(text)).toMatchObject(expected);
});

test.each([
  ['int8', [{ kind: INT_KIND }, { op: '>=', value: whole(-128n) }, { op: '<=', value: whole(127n) }]],
  ['uint', [{ kind: INT_KIND }, { op: '>=', value: whole(0n) }]],
  ['rune', [{ kind: INT_KIND }, { op: '>=', value: whole(0n) }, { op: '<=', value: whole(1114111n) }]],
  ['__uint64', [{ kind: INT_KIND }, { op: '>=' }, { op: '<=', value: whole(18446744073709551615n) }]],
  ['float32', [{ op: '>=' }, { op: '<=', value: { kind: FLOAT_KIND } }]],
])('the range %s', (text, values) => {
  expect(valueOf(text)).toMatchObject({ tag: 'conjunction', values });
});

test.each([
  ['1 | 2 | 3', [false, false, false], false],
  ['*1 | 2', [true, false], true],
  ['1 | *2 | 3', [false, true, false], true],
  ['*(1 | 2) | 3', [true, false], true],
  ['(1 | *2) | 3', [false, false], false],
])('the disjunction %s', (text, defaults, marked) => {
  const disjuncts = defaults.map((each) => ({ default: each }));
  expect(valueOf(text)).toMatchObject({ tag: 'disjunction-expression', disjuncts, marked });
});

test.each([
  ['a: 1', { tag: 'field', label: 'sa', presence: 'regular' }],
  ['"_a"?: 1', { tag: 'field', label: 's_a', presence: 'optional' }],
  ['"e\u0301": 1', { tag: 'field', label: 's\u00e9' }],
  ['#a!: 1', { tag: 'field', label: 'd#a', presence: 'required' }],
  ['_a: 1', { tag: 'field', label: 'h_a\0' }],
  ['_#a: 1', { tag: 'field', label: 'H_#a\0' }],
  ['true: 1', { tag: 'field', label: 'strue' }],
  ['("a")?: 1', { tag: 'dynamic-field', key: { tag: 'string' }, presence: 'optional' }],
  ['"\\(1)": 1', { tag: 'dynamic-field', key: { tag: 'interpolation' } }],
  ['[string]: 1', { tag: 'pattern-field', filter: { tag: 'type' } }],
  ['...', { tag: 'ellipsis', value: undefined }],
  ['{a: 1}', { tag: 'struct', file: false, embeds: false }],
  ['{{a: 1}}', { tag: 'struct', embeds: true }],
  ['{if true {a: 1}}', { tag: 'struct', embeds: true }],
  ['if true {a: 1}', { tag: 'comprehension', value: { tag: 'struct', comprehension: false } }],
])('the declaration %s', (text, expected) => {
  expect(declarations(text)[0]).toMatchObject(expected);
});
