import { expect, test } from 'vitest';

import { parseFile } from '../syntax/parse-file.ts';
import { labelName } from '../value/label.ts';
import { compileFiles } from './compile-files.ts';
import type { Environment } from './environment.ts';
import type { CompiledInstance, FieldReference, LetReference, ValueReference } from './expression.ts';

const environment: Environment = {
  predeclared: () => undefined,
  hasPackage: () => 'supported',
  member: () => 'supported',
};

const compile = (...texts: string[]): CompiledInstance =>
  compileFiles(
    texts.map((text, i) => parseFile({ name: `${i}.cue`, text })),
    environment,
  );

type Labelled = FieldReference | LetReference | ValueReference;

/** Every reference as it is come by: how many environments up, and what it is called there. */
const references = (compiled: object): string[] => {
  const found: string[] = [];
  const visit = (x: object): void => {
    const node = x as { tag: string; up: number; multi?: boolean; path: string };
    switch (node.tag) {
      case 'field-reference':
      case 'let-reference':
      case 'value-reference':
        found.push(`${node.tag.split('-')[0]} ${node.up} ${labelName((x as Labelled).label)}`);
        break;
      case 'label-reference':
      case 'dynamic-reference':
        found.push(`${node.tag.split('-')[0]} ${node.up}`);
        break;
      case 'import-reference':
        found.push(`import ${node.path}`);
        break;
      case 'let-field':
        if (node.multi) found.push('multi');
        break;
      default:
    }
    for (const [key, child] of Object.entries(x)) {
      if (key !== 'at' && typeof child === 'object' && child !== null) visit(child);
    }
  };
  visit(compiled);
  return found;
};

test.each([
  ['a: b, b: 1', ['field 0 b']],
  ['a: c: b, b: 1', ['field 1 b']],
  ['a: {c: {d: b}}, b: 1', ['field 2 b']],
  ['a: [b, [b]], b: 1', ['field 1 b', 'field 2 b']],
  ['a: {b: 2, c: b}, b: 1', ['field 0 b']],
  ['a: {{c: b}}, b: 1', ['field 2 b']],
  ['X=a: {b: X}', ['field 1 a']],
  ['X="a-b": {b: X}', ['field 1 a-b']],
  ['X=(a): {b: X}, a: "x"', ['field 0 a', 'dynamic 1', 'field 0 a']],
  ['a: X={b: X}', ['value 1 X']],
  ['a: X={b: Y={c: X, d: Y}}', ['value 2 X', 'value 1 Y']],
  ['[X=string]: {a: X}', ['label 1']],
  ['[X=string]: Y={a: X, b: Y}', ['label 1', 'value 1 Y']],
  ['X=[string]: {a: X}', ['dynamic 1', 'label 0']],
  ['let x = a, b: {c: x}, a: 1', ['field 0 a', 'let 1 x']],
  ['for k, v in a {(k): v}, a: {}', ['field 0 a', 'field 1 k', 'field 1 v']],
  [
    'for k, v in a if v > k let w = v {b: w}, a: {}',
    ['field 0 a', 'field 0 v', 'field 0 k', 'field 0 v', 'field 1 w'],
  ],
  ['a: [for v in b {c: v}], b: []', ['field 1 b', 'field 1 v']],
  ['for v in [] {let w = v, a: w}', ['multi', 'field 1 v', 'let 0 w']],
  ['a: [for v in [] {let w = v, a: w}]', ['field 1 v', 'let 0 w']],
  ['for v in [] {let w = 1, a: w, b: v}', ['let 0 w', 'field 1 v']],
  ['for v in [] let u = v {let w = u, a: w}', ['field 0 v', 'multi', 'field 1 u', 'let 0 w']],
  ['if a {b: a}, a: true', ['field 0 a', 'field 1 a']],
  ['a: "\\(b) \\(b)", b: ""', ['field 0 b', 'field 0 b']],
  ['a: [...b], b: 1', ['field 1 b']],
  ['import "strings", a: strings.ToUpper', ['import strings']],
])('%s: %j', (text, expected) => {
  expect(references(compile(text).files)).toEqual(expected);
});

test('a name of another file of the package stands in the same struct', () => {
  const { files, packageName } = compile('package p\nx: _h, _h: 1', 'package p\na: b: [x, _h]');
  expect(packageName).toBe('p');
  expect(references(files)).toEqual(['field 0 _h', 'field 2 x', 'field 2 _h']);
});

test('each let clause has a label of its own', () => {
  const { files } = compile('a: {let x = 1, b: x}, c: {let x = 1, b: x}');
  const text = JSON.stringify(files, (_, x: unknown) => (typeof x === 'bigint' ? String(x) : x));
  const labels = text.match(/"lx\\u0000\d+"/g) ?? [];
  expect(new Set(labels).size).toBe(2);
  expect(labels).toHaveLength(4);
});
