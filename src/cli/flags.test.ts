import { test as property, fc } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { parseArguments } from './flags.ts';
import { nearest } from '#core/errors/nearest';

const table = {
  name: { kind: 'text', about: 'a name', value: 'NAME' },
  kind: { kind: 'text', about: 'a kind', oneOf: ['a', 'b'], short: 'k' },
  file: { kind: 'texts', about: 'files' },
  quick: { kind: 'switch', about: 'quickly' },
} as const;
const parse = (...argv: readonly string[]) => parseArguments(table, { slow: 'go quickly' }, argv);

describe('flags', () => {
  test.each([
    [['--name', 'x'], 'x'],
    [['--name=x'], 'x'],
    [['--name=--x'], '--x'],
    [['--name=a=b'], 'a=b'],
    [['--name', '-'], '-'],
    [['--name', '-x'], '-x'],
    [[], undefined],
    [['--', '--name=x'], undefined],
  ])('%j: name is %j', (argv, name) => {
    expect(parse(...argv).flags.text('name')).toBe(name);
  });
  test.each([
    [['--quick'], true],
    [['--quick=true'], true],
    [['--quick=1'], true],
    [['--quick=F'], false],
    [['--quick=false'], false],
    [[], undefined],
  ])('%j: quick is %j', (argv, quick) => {
    expect(parse(...argv).flags.on('quick')).toBe(quick);
  });
  test('a switch takes no word after it', () => {
    expect(parse('--quick', 'false').operands).toEqual(['false']);
  });
  test('repeated where it may be, in order', () => {
    expect(parse('--file', 'a', 'x', '--file=b').flags.texts('file')).toEqual(['a', 'b']);
  });
  test('operands are what is no flag, and all after --', () => {
    expect(parse('a', '-', '--quick', 'b', '--', '--quick', '-k').operands).toEqual([
      'a',
      '-',
      'b',
      '--quick',
      '-k',
    ]);
  });
  test.each([['--help'], ['-h'], ['--unknown', '--help']])('%j %j asks for help', (...argv) => {
    expect(parse(...argv).help).toBe(true);
  });
  test('help after -- is an operand', () => {
    expect(parse('--', '--help')).toMatchObject({ help: false, operands: ['--help'] });
  });
  test('short', () => {
    expect(parse('-k', 'a').flags.text('kind')).toBe('a');
    expect(parse('-k=b').flags.text('kind')).toBe('b');
  });
  test.each([
    ['FLAG_UNKNOWN', ['--nam', 'x']],
    ['FLAG_UNKNOWN', ['-x']],
    ['FLAG_UNKNOWN', ['-name', 'x']],
    ['FLAG_UNKNOWN', ['--=', 'x']],
    ['FLAG_UNKNOWN', ['--__proto__']],
    ['FLAG_UNSUPPORTED', ['--slow']],
    ['FLAG_CONFLICT', ['--name', 'x', '--name', 'x']],
    ['FLAG_CONFLICT', ['--quick', '--quick=false']],
    ['FLAG_VALUE_INVALID', ['--name']],
    ['FLAG_VALUE_INVALID', ['--name', '']],
    ['FLAG_VALUE_INVALID', ['--name=']],
    ['FLAG_VALUE_INVALID', ['--name', '--quick']],
    ['FLAG_VALUE_INVALID', ['--quick=perhaps']],
    ['FLAG_VALUE_INVALID', ['--kind', 'c']],
  ])('%s: %j', (code, argv) => {
    expect(() => parse(...argv)).toThrow(expect.objectContaining({ code }));
  });
  test('FLAG_REQUIRED', () => {
    const required = { root: { kind: 'text', about: 'the root', required: true } } as const;
    expect(() => parseArguments(required, {}, [])).toThrow(
      expect.objectContaining({ code: 'FLAG_REQUIRED' }),
    );
  });
  property.prop([fc.array(fc.string())])('any words: read or refused with a code', (argv) => {
    try {
      parse(...argv);
    } catch (error) {
      expect(error).toBeInstanceOf(EdgesealError);
    }
  });
});

test.each([
  ['nmae', 'name'],
  ['fil', 'file'],
  ['quikc', 'quick'],
  ['entirely-different', undefined],
  ['', undefined],
  ['x'.repeat(100_000), undefined],
])('nearest to %s is %s', (word, expected) => {
  expect(nearest(word, Object.keys(table))).toBe(expected);
});
