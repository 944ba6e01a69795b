import { builtinPackage } from '#core/cue/builtin/packages';
import type { BuiltinFunction } from '#core/cue/builtin/builtin';
import {
  BOOL_KIND,
  BOTTOM_KIND,
  BYTES_KIND,
  INT_KIND,
  LIST_KIND,
  NULL_KIND,
  NUMBER_KIND,
  STRING_KIND,
  STRUCT_KIND,
} from '#core/cue/value/kind';
import { sampleOf, type Kind } from './alphabet.ts';
import { writeLiteral } from './literals.ts';
import type { Writing, Written } from './scope.ts';

const paths = (
  'encoding/base64 encoding/hex encoding/json html list math math/bits net path regexp strconv strings struct time ' +
  'uuid crypto/md5 crypto/sha1 crypto/sha256 crypto/sha512 crypto/hmac'
).split(' ');

const packages = paths.flatMap((path) => builtinPackage(path) ?? []);

/** Texts that mean something to a package. */
const texts: Readonly<Record<string, readonly string[]>> = {
  time: [
    '2024-01-02T03:04:05Z',
    '2024-01-02T03:04:05.5+02:00',
    '2024-02-30T00:00:00Z',
    '2006-01-02',
    '1h30m',
    '2006-01-02T15:04:05Z07:00',
  ],
  net: [
    '127.0.0.1',
    '::1',
    '10.0.0.0/8',
    'fe80::1%eth0',
    'a.example',
    'https://a.example/b?c=d#e',
    '01.2.3.4',
    'é.example',
  ],
  regexp: ['^x', 'x|y', '(a)(b)?', '[', '\\d+', '(?i)X', '(?P<n>x)', '\\p{L}', 'xy'],
  strconv: ['1', '-1', '0x10', '1e3', '1_000', 'true', '"x"', '9223372036854775808', 'NaN'],
  json: ['{"a":1}', '[1,2]', '1.0', '{"a":1,"a":2}', 'x', '"\\ud800"', ''],
  hex: ['00ff', 'xy', '0', 'FF'],
  base64: ['eA==', 'eA', '!', ''],
  uuid: ['123e4567-e89b-12d3-a456-426614174000', '123E4567E89B12D3A456426614174000', 'x', ''],
  path: ['a/b/../c', '/a', 'C:\\x', 'unix', 'windows', '*.go', '', '..'],
  html: ['<a>', '&amp;', '&#39;', 'x&y'],
};

const common = ['x', 'xy', 'a', '', 'é', '日本', 'e\u0301', '\u{1F600}', 'X Y', 'xyx', 'ß'];

/** A value that a function of a standard package makes. */
export function writeCall(writing: Writing, kind: Kind): Written | undefined {
  const { random } = writing;
  const { path, f } = random.pick(functions);
  if (!makes(f, kind)) return undefined;
  const values = f.parameters.map((parameter) => argument(writing, path, parameter));
  return { text: called(writing, path, f, values), sample: sampleOf(random, kind) };
}

/** A function of a standard package as a constraint. */
export function writeValidator(writing: Writing, kind: Kind): Written | undefined {
  const { random } = writing;
  const { path, f } = random.pick(functions);
  const [first = 0, ...others] = f.parameters;
  if ((f.result !== BOOL_KIND && f.result !== BOTTOM_KIND) || (first & kinds[kind]) === 0) return undefined;
  const values = others.map((parameter) => argument(writing, path, parameter));
  const sample = kind === 'text' ? textOf(writing, path) : sampleOf(random, kind);
  return { text: called(writing, path, f, values), sample };
}

const functions = packages.flatMap((p) =>
  p.functions.filter((f) => f.unsupported !== true).map((f) => ({ path: p.path, f })),
);

const kinds: Readonly<Record<Kind, number>> = {
  int: NUMBER_KIND,
  text: STRING_KIND,
  bool: BOOL_KIND,
  list: LIST_KIND,
  struct: STRUCT_KIND,
};

const makes = (f: BuiltinFunction, kind: Kind): boolean => (f.result & kinds[kind]) !== 0;

const bare = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

function called(writing: Writing, path: string, f: BuiltinFunction, values: readonly string[]): string {
  writing.packages.add(path);
  const name = `${bare(path)}.${f.name}`;
  return values.length === 0 && f.parameters.length > 0 && writing.random.chance(2)
    ? name
    : `${name}(${values.join(', ')})`;
}

function textOf({ random }: Writing, path: string): string {
  return random.pick([...(texts[bare(path)] ?? []), ...common]);
}

function argument(writing: Writing, path: string, parameter: number): string {
  const { random } = writing;
  if (parameter === 0 || random.chance(40)) return random.pick(['_', 'null', '{}', '1.5', 'string', '[...]']);
  const fitting = (['int', 'text', 'bool', 'list', 'struct'] as const).filter(
    (kind) => (parameter & kinds[kind]) !== 0,
  );
  if (fitting.length === 0)
    return (parameter & BYTES_KIND) !== 0 ? "'xy'" : (parameter & NULL_KIND) !== 0 ? 'null' : '_';
  const kind = random.pick(fitting);
  const name = random.chance(4) ? writing.reference(kind) : undefined;
  if (name !== undefined) return name;
  if (kind === 'text') {
    const written = writeLiteral(random, textOf(writing, path));
    return (parameter & BYTES_KIND) !== 0 && random.chance(4) ? "'xy'" : written;
  }
  if (kind === 'int' && (parameter & INT_KIND) !== 0)
    return random.pick(['0', '1', '2', '3', '-1', '10', '64']);
  if (kind === 'int') return random.pick(['0', '1.5', '-2', '3', '1e3', '0.1']);
  return writeLiteral(random, sampleOf(random, kind));
}
