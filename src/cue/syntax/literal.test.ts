import { describe, expect, test } from 'vitest';
import type { Expression } from './ast.ts';
import { CueError } from './cue-error.ts';
import { parseFile } from './parse-file.ts';

function value(text: string): Expression {
  const { declarations } = parseFile({ name: 'p.cue', text: `a: ${text}` });
  const [field] = declarations;
  if (field?.kind !== 'field' || field.value.kind === 'alias') throw new RangeError(text);
  return field.value;
}

function refused(text: string): string {
  try {
    value(text);
  } catch (error) {
    if (error instanceof CueError) return error.code;
    throw error;
  }
  return 'accepted';
}

const octets = (text: string) => new TextEncoder().encode(text);

describe('strings', () => {
  test.each([
    [String.raw`""`, ''],
    [String.raw`"a"`, 'a'],
    [String.raw`"\a\b\f\n\r\t\v\\\/\""`, '\x07\b\f\n\r\t\v\\/"'],
    [String.raw`"\u00e9\U0001F600"`, 'é\u{1f600}'],
    [String.raw`"\ud83d\ude00"`, '\u{1f600}'],
    [String.raw`"'"`, "'"],
    [String.raw`#"a\n\#n"#`, 'a\\n\n'],
    [String.raw`##"a"#\#n\##n"##`, 'a"#\\#n\n'],
    [String.raw`#""a""#`, '"a"'],
    [String.raw`#""#`, ''],
    ['"é\u{1f600}"', 'é\u{1f600}'],
    ['"""\n"""', ''],
    ['"""\n\t"""', ''],
    ['"""\n\ta\n\t"""', 'a'],
    ['"""\n\ta\n\t\tb\n\n\tc\n\t"""', 'a\n\tb\n\nc'],
    ['"""\r\n  a\r\n  b\r\n  """', 'a\nb'],
    ['"""\n  a\rb\n  """', 'ab'],
    ['"""\n  "a" ""\n  """', '"a" ""'],
    ['#"""\n  """ \\n \\#n\n  """#', '""" \\n \n'],
    ['"""\n  a\n\n  """', 'a\n'],
  ])('%j', (text, expected) => {
    expect(value(text)).toMatchObject({ kind: 'string', value: expected });
  });

  test.each([
    '"a',
    '"a\n"',
    '"a\rb"',
    String.raw`"\q"`,
    String.raw`"\'"`,
    String.raw`"\x41"`,
    String.raw`"\101"`,
    String.raw`"\ud83d"`,
    String.raw`"\ude00"`,
    String.raw`"\ud83dx"`,
    String.raw`"\ud83d\u0041"`,
    String.raw`"\u12"`,
    String.raw`"\u_123"`,
    String.raw`"\UFFFFFFFF"`,
    String.raw`"\U00110000"`,
    '"""a"""',
    '"""\na"""',
    '"""\n  a\n b\n  """',
    '"""\n a\n  """',
    '"""\n  a\\\n  b\n  """',
    '"""\n  a',
    '#"a"',
    '##"a"#',
    '"\0"',
    '"\ufeff"',
    '`a`',
  ])('%j is refused', (text) => {
    expect(refused(text)).toBe('CUE_SYNTAX');
  });
});

describe('bytes', () => {
  test.each([
    ["''", octets('')],
    ["'aé'", octets('aé')],
    [String.raw`'\xff\101\u00e9'`, Uint8Array.of(0xff, 0x41, 0xc3, 0xa9)],
    [String.raw`'\'"'`, octets('\'"')],
    [String.raw`#'\x41\#x41'#`, octets('\\x41A')],
    ["'''\n  a\n  b\n  '''", octets('a\nb')],
  ])('%j', (text, expected) => {
    expect(value(text)).toMatchObject({ kind: 'bytes', value: expected });
  });

  test.each([
    String.raw`'\"'`,
    String.raw`'\400'`,
    String.raw`'\18'`,
    String.raw`'\x4'`,
    String.raw`'\ud800'`,
  ])('%s is refused', (text) => {
    expect(refused(text)).toBe('CUE_SYNTAX');
  });
});

describe('interpolations', () => {
  test.each([
    [String.raw`"\(x)"`, ['', '']],
    [String.raw`"a\(x)b\(y)c"`, ['a', 'b', 'c']],
    [String.raw`#"a\(x)\#(x)"#`, ['a\\(x)', '']],
    [String.raw`"\("in \(x) side")"`, ['', '']],
    [String.raw`"\({a: (x)}.a)"`, ['', '']],
    ['"""\n  a \\(x)\n  b \\(y)\n  """', ['a ', '\nb ', '']],
  ])('%j', (text, strings) => {
    expect(value(text)).toMatchObject({ kind: 'interpolation', bytes: false, strings });
  });

  test('of bytes', () => {
    expect(value(String.raw`'\xff\(x)'`)).toMatchObject({
      bytes: true,
      strings: [Uint8Array.of(0xff), octets('')],
    });
  });

  test.each([
    String.raw`"\()"`,
    String.raw`"\(x"`,
    String.raw`"\(x y)"`,
    '"\\(x\n)"',
    String.raw`"\(x)\q"`,
    String.raw`"\(x)\x41"`,
    '"""\n  a \\(x) """',
    '"""\n  a\n \\(x)\n  """',
  ])('%j is refused', (text) => {
    expect(refused(text)).toBe('CUE_SYNTAX');
  });
});

describe('numbers', () => {
  test.each([
    ['1', true],
    ['1K', true],
    ['0x1f', true],
    ['1.5Ki', true],
    ['1.0', false],
    ['1e3', false],
    ['1.', false],
    ['.5', false],
    ['01.5', false],
    ['1._5', false],
  ])('%s is an integer: %s', (text, int) => {
    expect(value(text)).toMatchObject({ kind: 'number', int });
  });

  test.each([
    '01',
    '1_',
    '1__0',
    '0x',
    '0b2',
    '0o8',
    '0_1',
    '0K',
    '1KK',
    '1.3Ki',
    '1e',
    '1e+',
    '1e3K',
    '0B1',
    '1..2',
    '\u0661',
  ])('%s is refused', (text) => {
    expect(refused(text)).toBe('CUE_SYNTAX');
  });

  test('an exponent beyond 100000 is past the limit', () => {
    expect(refused('1e100001')).toBe('CUE_LIMIT');
  });
});
