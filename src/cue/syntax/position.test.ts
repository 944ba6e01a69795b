import { expect, test } from 'vitest';
import { position } from './position.ts';

test.each([
  ['', 0, 1, 1],
  ['a: 1', 3, 1, 4],
  ['a: 1\nb', 5, 2, 1],
  ['a: 1\nb', 4, 1, 5],
  ['\n\n  x', 4, 3, 3],
  ['\r\nx', 2, 2, 1],
  ['é: x', 3, 1, 5],
  ['"\u{1f600}": x', 6, 1, 9],
  ['€x', 1, 1, 4],
  ['a', 99, 1, 2],
])('%j at %i is line %i, column %i', (text, offset, line, column) => {
  expect(position({ name: 'p.cue', text }, offset)).toEqual({ line, column });
});
