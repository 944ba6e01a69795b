import { expect, test } from 'vitest';
import { readLayout, RFC3339 } from './time-layout.ts';

test('a layout is read alike however many others were read, and however long it is', () => {
  const first = readLayout(RFC3339);
  for (let i = 0; i < 200; i++) {
    const prefix = 'x'.repeat(i);
    expect(readLayout(`${prefix}2006`)).toEqual({ parts: [{ prefix, token: '2006' }], suffix: '' });
  }
  expect(readLayout(RFC3339)).toEqual(first);
  expect(first.parts.map(({ token }) => token)).toEqual(['2006', '01', '02', '15', '04', '05', 'Z07:00']);
});
