import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseChallenges } from './challenge.ts';

const read = (header: string): unknown =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

describe('challenges', () => {
  test.each<[string, unknown]>([
    ['', []],
    ['Basic', [['basic', {}]]],
    ['Basic realm="x"', [['basic', { realm: 'x' }]]],
    ['BEARER Realm=x', [['bearer', { realm: 'x' }]]],
    [
      'Bearer realm="https://a.b/token",service="s",scope="repository:o/r:pull,push"',
      [['bearer', { realm: 'https://a.b/token', service: 's', scope: 'repository:o/r:pull,push' }]],
    ],
    [
      'Basic realm="x", Bearer realm="y", service=z',
      [
        ['basic', { realm: 'x' }],
        ['bearer', { realm: 'y', service: 'z' }],
      ],
    ],
    [
      'Negotiate, Basic realm="x"',
      [
        ['negotiate', {}],
        ['basic', { realm: 'x' }],
      ],
    ],
    [' , ,Basic  realm = "x" ,', [['basic', { realm: 'x' }]]],
    ['Basic realm="a\\"b\\\\c"', [['basic', { realm: 'a"b\\c' }]]],
    ['Bearer realm="x', [['bearer', {}]]],
    ['Bearer realm=', [['bearer', {}]]],
    ['realm="x"', []],
    ['="x"', []],
    ['Bearer realm="x",realm="y"', [['bearer', { realm: 'x' }]]],
    ['Bearer __proto__="x"', [['bearer', { ['__proto__']: 'x' }]]],
    [`Bearer realm="${'x'.repeat(9000)}"`, []],
  ])('%s', (header, expected) => {
    expect(read(header)).toEqual(expected);
  });
});

test('any header is read, at most as far as it keeps to the grammar', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('Bearer', 'realm', '=', '"', '\\', ',', ' ', 'x') }),
  );
  fc.assert(
    fc.property(text, (header) => {
      for (const { scheme } of parseChallenges(header)) expect(header.toLowerCase()).toContain(scheme);
    }),
  );
});

test('every quoted text comes back', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      const header = `Bearer realm="${value.replaceAll(/["\\]/g, '\\$&')}"`;
      expect(read(header)).toEqual([['bearer', { realm: value }]]);
    }),
  );
});
