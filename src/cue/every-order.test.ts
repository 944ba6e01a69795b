import { beforeAll, describe, expect, test } from 'vitest';
import { compileCue, prepareCue } from './cue.ts';
import { inEveryOrder } from './every-order.ts';
import { CUE_LIMITS } from './limits.ts';
import { CueError } from './syntax/cue-error.ts';

beforeAll(prepareCue);

const asked = { file: { name: 'policy.cue', text: '' }, limits: CUE_LIMITS, more: 0 };

function answer(text: string, document: string): string {
  try {
    return compileCue([{ name: 'policy.cue', text }]).evaluate(document).verdict;
  } catch (error) {
    return error instanceof CueError ? `${error.code}: ${error.message}` : String(error);
  }
}

const chance = 'CUE_UNSUPPORTED: CUE v0.16.1 leaves the verdict on this policy to chance';

// Cosign passes the first of them in four of five calls.
const adding =
  'o: {if o.c > 1 || o.b != _|_ {#F: #F, #B: _, if #F != _|_ {p: o}}, p: {c: _, a: float}}\n' +
  'o: ({...} | *{if o.a > 1 {c: <=2}} | !~"y")';
const choosing = 'o: {if b == 1 {f: 1, g: 2}, b: _}\no: ({b: 1} | {b: 2})';

describe('a condition beside alternatives', () => {
  test.each([
    ['that fails by chance', adding, '{"o":{}}', chance],
    ['that fails in every order', choosing, '{"o":{"b":2,"g":5}}', 'fail'],
    ['that passes in every order', choosing, '{"o":{"b":1,"g":2}}', 'pass'],
  ])('%s', (_, policy, document, expected) => {
    expect(answer(policy, document)).toBe(expected);
  });
});

describe('the orders that are tried', () => {
  test('only one where no order was asked for', () => {
    let count = 0;
    inEveryOrder(
      asked,
      () => count++,
      () => true,
    );
    expect(count).toBe(1);
  });

  test('many different ones, the first as things come', () => {
    const seen: string[] = [];
    inEveryOrder(
      asked,
      (_, order) => seen.push(order.order(['a', 'b', 'c']).join('')),
      () => true,
    );
    expect(seen[0]).toBe('abc');
    expect(new Set(seen)).toEqual(new Set(['abc', 'acb', 'bac', 'bca', 'cab', 'cba']));
  });

  test('the same ones each time', () => {
    const orders = () => {
      const seen: string[] = [];
      inEveryOrder(
        asked,
        (_, order) => seen.push(order.order(['a', 'b', 'c', 'd', 'e']).join('')),
        () => true,
      );
      return seen;
    };
    expect(orders()).toEqual(orders());
  });

  test.each([
    ['the last fails', 40],
    ['the second fails', 1],
  ])('no verdict where %s', (_, which) => {
    let count = 0;
    const attempt = () =>
      inEveryOrder(
        asked,
        (_budget, order) => {
          order.order([1, 2]);
          return count++;
        },
        (index) => index !== which,
      );
    expect(attempt).toThrow('leaves the verdict on this policy to chance');
  });

  test('together they may use four times as much as one', () => {
    const attempt = () =>
      inEveryOrder(
        asked,
        (budget, order) => {
          order.order([1, 2]);
          budget.step(CUE_LIMITS.steps / 4);
        },
        () => true,
      );
    expect(attempt).toThrow('the evaluation takes too many steps');
  });
});
