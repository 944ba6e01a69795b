import { beforeAll, describe, expect, test } from 'vitest';
import { BuiltinError } from './builtin.ts';
import { compileRegexp, loadRegexp } from './regexp-engine.ts';

const refusal = (run: () => unknown): string => {
  try {
    return `no refusal: ${String(run())}`;
  } catch (thrown) {
    return thrown instanceof BuiltinError ? thrown.reason : String(thrown);
  }
};

describe('before the engine is loaded', () => {
  test('a simple expression is had', () => {
    expect(compileRegexp('^ab+$').test('abb')).toBe(true);
    expect(compileRegexp('^ab+$').test('ba')).toBe(false);
  });
  test('what needs the engine is refused', () => {
    expect(refusal(() => compileRegexp('(a|b)*c'))).toBe('unsupported');
  });
});

describe('where Unicode matters', () => {
  beforeAll(loadRegexp);
  test.each([
    [String.raw`\p{L}`, 'é', 'no refusal: true'],
    [String.raw`\p{L}`, '1', 'no refusal: false'],
    [String.raw`\p{L}`, '\u{1c89}', 'unsupported'],
    ['(?i)é', 'É', 'no refusal: true'],
    ['(?i)é', '\u{1c89}', 'unsupported'],
    ['é', '\u{1c89}', 'no refusal: false'],
  ])('%s in %s: %s', (expression, text, said) => {
    const regexp = compileRegexp(expression);
    expect(refusal(() => regexp.test(text))).toBe(said);
    expect(refusal(() => regexp.find(text, 0) !== undefined)).toBe(said);
  });
});
