import { beforeAll, describe, expect, test } from 'vitest';
import { lineAndColumn } from '#core/json/parse';
import { prepareCue } from '../cue.ts';
import type { CueRule } from './finding.ts';
import { lintCue } from './lint.ts';

beforeAll(prepareCue);

const findings = (...policies: readonly string[]): ReturnType<typeof lintCue> =>
  lintCue(policies.map((text, index) => ({ name: `p${index}.cue`, text })));

/** The places of a rule's findings. */
const places = (rule: CueRule, ...policies: readonly string[]): readonly string[] =>
  findings(...policies)
    .filter((each) => each.rule === rule)
    .map(({ at }) => {
      const { line, column } = lineAndColumn(at.file.text, at.offset);
      return `${at.file.name}:${line}:${column}`;
    });

type Row = readonly [rule: CueRule, what: string, policy: string, place: string | undefined];

const rows: readonly Row[] = [
  ['absent-passes', 'a field', 'predicate: a: string', 'p0.cue:1:12'],
  ['absent-passes', 'a bound', 'predicate: a: int & >0', 'p0.cue:1:12'],
  ['absent-passes', 'of a definition', '#P: a: 1\npredicate: #P', 'p0.cue:1:5'],
  ['absent-passes', 'a list', 'subject: [...{name!: string}]', 'p0.cue:1:1'],
  ['absent-passes', 'of an element', 'subject!: [...{name: string}]', 'p0.cue:1:16'],
  ['absent-passes', 'a required one', 'predicate: a!: string', undefined],
  ['absent-passes', 'an optional one', 'predicate: a?: string', undefined],
  ['absent-passes', 'below an optional one', 'predicate: a?: b: string', undefined],
  ['absent-passes', 'a required one of a definition', '#P: a!: 1\npredicate: #P', undefined],

  ['open-regexp', 'no anchor', 'predicate: builder: id: =~"github\\\\.com/a/b"', 'p0.cue:1:27'],
  [
    'open-regexp',
    'no anchor at the end of a name',
    'predicate: builder: id: =~"^https://g/kubeedge"',
    'p0.cue:1:27',
  ],
  ['open-regexp', '.* after a name', 'predicate: builder: id: =~"^https://g/kubeedge.*"', 'p0.cue:1:27'],
  ['open-regexp', '.* at the beginning', 'predicate: builder: id: =~".*/kubeedge$"', 'p0.cue:1:27'],
  ['open-regexp', 'one alternative without', 'predicate: uri: =~"^https://a/$|https://b/$"', 'p0.cue:1:19'],
  ['open-regexp', 'one alternative open', 'predicate: uri: =~"^https://a/x|^https://b/y$"', 'p0.cue:1:19'],
  ['open-regexp', 'anchors of lines', 'predicate: uri: =~"(?m)^https://a/$"', 'p0.cue:1:19'],
  ['open-regexp', 'an anchor that may be left out', 'predicate: uri: =~"(^https://)?a/$"', 'p0.cue:1:19'],
  ['open-regexp', 'a whole URI under any name', 'predicate: where: =~"https://a/"', 'p0.cue:1:21'],
  ['open-regexp', 'an interpolation', 'predicate: {a: string, uri: =~"@\\(a)$"}', 'p0.cue:1:31'],
  ['open-regexp', 'a ref', 'predicate: ref: =~"^refs/heads/main"', 'p0.cue:1:19'],
  ['open-regexp', 'by a name', 'let r = "^https://g/kubeedge"\npredicate: builder: id: =~r', 'p0.cue:1:9'],
  ['open-regexp', 'anchors', 'predicate: builder: id: =~"^https://g/kubeedge$"', undefined],
  ['open-regexp', 'anchors around a group', 'predicate: uri: =~"^(https://a/|https://b/)$"', undefined],
  ['open-regexp', 'anchors in a group', 'predicate: uri: =~"(^https://a$|^https://b$)"', undefined],
  ['open-regexp', 'anchors of the text', 'predicate: uri: =~"\\\\Ahttps://a\\\\z"', undefined],
  ['open-regexp', 'flags before', 'predicate: uri: =~"(?i)^https://a$"', undefined],
  ['open-regexp', 'a prefix that ends in a separator', 'predicate: uri: =~"^https://g/kubeedge/"', undefined],
  ['open-regexp', 'and goes on', 'predicate: uri: =~"^https://g/kubeedge/.+"', undefined],
  ['open-regexp', 'tags of versions', 'predicate: uri: =~"^git\\\\+https://g/k@refs/tags/v"', undefined],
  ['open-regexp', 'what must not be', 'predicate: uri: !~"kubeedge"', undefined],
  ['open-regexp', 'no identity', 'predicate: license: =~"GPL"', undefined],
  ['open-regexp', 'a version', 'predicate: version: =~"^v1"', undefined],

  ['bare-dot', 'of a host', 'predicate: builder: id: =~"^https://github.com/a/"', 'p0.cue:1:27'],
  ['bare-dot', 'of a file', 'predicate: path: =~"^release.yml$"', 'p0.cue:1:20'],
  ['bare-dot', 'of a directory', 'predicate: path: =~"^a/.github/b$"', 'p0.cue:1:20'],
  ['bare-dot', 'of a file of two spellings', 'predicate: path: =~"^release.ya?ml$"', 'p0.cue:1:20'],
  ['bare-dot', 'escaped', 'predicate: builder: id: =~"^https://github\\\\.com/a/"', undefined],
  ['bare-dot', 'in a class', 'predicate: builder: id: =~"^https://github[.]com/a/"', undefined],
  ['bare-dot', 'repeated', 'predicate: builder: id: =~"^https://g.*com/"', undefined],
  ['bare-dot', 'no regular expression', 'predicate: builder: id: "https://github.com/a"', undefined],
  ['bare-dot', 'of no name', 'predicate: a: =~"^a.b$"', undefined],

  ['hidden-type', 'no quotes', '_type: "https://in-toto.io/Statement/v1"', 'p0.cue:1:1'],
  ['hidden-type', 'in a definition', '#S: {_type: "a"}\n#S', 'p0.cue:1:6'],
  ['hidden-type', 'quotes', '"_type": "https://in-toto.io/Statement/v1"', undefined],

  ['undeclared-condition', 'of a struct', 'predicate: {b: {c: 1}, if b.d == "x" {e: 1}}', 'p0.cue:1:27'],
  ['undeclared-condition', 'of anything', 'predicate: {b: _, if b.id == "x" {e: 1}}', 'p0.cue:1:22'],
  ['undeclared-condition', 'of a let', 'predicate: {b: _, let x = b, if x.id == "x" {e: 1}}', 'p0.cue:1:33'],
  ['undeclared-condition', 'declared', 'predicate: {b: id: string, if b.id == "x" {e: 1}}', undefined],
  [
    'undeclared-condition',
    'by a definition',
    '#B: id: string\npredicate: {b: #B, if b.id == "x" {e: 1}}',
    undefined,
  ],
  [
    'undeclared-condition',
    'asked whether it is there',
    'predicate: {b: _, if b.id != _|_ {e: 1}}',
    undefined,
  ],
  [
    'undeclared-condition',
    'of each element',
    'predicate: {l: [...], a: [for x in l if x.id == 1 {x}]}',
    undefined,
  ],
  [
    'undeclared-condition',
    'by one of several',
    'predicate: {b: {id: 1} | {x: 1}, if b.id == 1 {e: 1}}',
    undefined,
  ],

  ['never-holds', 'another constant', 'predicate: {x: "b", if x == "a" {e: 1}}', 'p0.cue:1:24'],
  ['never-holds', 'none of several', 'predicate: {x: "b" | "c", if x == "a" {e: 1}}', 'p0.cue:1:30'],
  ['never-holds', 'another type', 'predicate: {x: string, if x == 1 {e: 1}}', 'p0.cue:1:27'],
  ['never-holds', 'within and', 'predicate: {x: "b", y: int, if y > 1 && x == "a" {e: 1}}', 'p0.cue:1:41'],
  ['never-holds', 'by way of a path', 'predicate: {x: y: "b", if x.y == "a" {e: 1}}', 'p0.cue:1:27'],
  ['never-holds', 'other than the only one', 'predicate: {x: "b", if x != "b" {e: 1}}', 'p0.cue:1:24'],
  ['never-holds', 'one of several', 'predicate: {x: "a" | "b", if x == "a" {e: 1}}', undefined],
  ['never-holds', 'any', 'predicate: {x: string, if x == "a" {e: 1}}', undefined],
  ['never-holds', 'a default', 'predicate: {x: *"b" | string, if x == "a" {e: 1}}', undefined],
  ['never-holds', 'the same number', 'predicate: {x: 1, if x == 1.0 {e: 1}}', undefined],
  ['never-holds', 'one half of or', 'predicate: {x: "b", y: int, if y > 1 || x == "a" {e: 1}}', undefined],

  ['time-offset', 'a bound', 'predicate: t: <"2030-01-01T00:00:00+02:00"', 'p0.cue:1:16'],
  [
    'time-offset',
    'a condition',
    'predicate: {t: string, if t > "2030-01-01T00:00:00-01:00" {e: 1}}',
    'p0.cue:1:31',
  ],
  ['time-offset', 'Z', 'predicate: t: <"2030-01-01T00:00:00Z"', undefined],
  [
    'time-offset',
    'read as a time',
    'import "time"\npredicate: t: <time.Parse(time.RFC3339, "2030-01-01T00:00:00+02:00")',
    undefined,
  ],
  ['time-offset', 'equality', 'predicate: t: "2030-01-01T00:00:00+02:00"', undefined],

  ['time-as-text', 'a bound', 'predicate: t: <"2030-01-01T00:00:00Z"', 'p0.cue:1:15'],
  [
    'time-as-text',
    'by a name',
    'import "time"\nlet x = time.Parse(time.RFC3339, "2030-01-01T00:00:00Z")\npredicate: t: time.Time & <x',
    'p0.cue:3:27',
  ],
  ['time-as-text', 'that ends in Z', 'predicate: t: <"2030-01-01T00:00:00Z" & =~"Z$"', undefined],
  [
    'time-as-text',
    'that ends in Z by a name',
    '#T: =~"Z$"\npredicate: t: #T & <"2030-01-01T00:00:00Z"',
    undefined,
  ],
  ['time-as-text', 'no time', 'predicate: t: <"2030"', undefined],

  ['unused-definition', 'a definition', '#P: a: 1\npredicate: {}', 'p0.cue:1:1'],
  ['unused-definition', 'a hidden field', '_x: "a"\npredicate: {}', 'p0.cue:1:1'],
  ['unused-definition', 'referred to', '#P: a: 1\npredicate: #P', undefined],
  ['unused-definition', 'selected', 'predicate: _p.#P\n_p: #P: a: 1', undefined],
  ['unused-definition', 'embedded', '#P: predicate: a: 1\n#P', undefined],
  ['unused-definition', 'a check', 'predicate: a: string\n_ok: true & (predicate.a != "x")', undefined],

  ['not-in-statement', 'case', 'predicatetype: "a"', 'p0.cue:1:1'],
  ['not-in-statement', 'a letter', 'predicates: a: 1', 'p0.cue:1:1'],
  ['not-in-statement', 'any other', 'ok: true', 'p0.cue:1:1'],
  ['not-in-statement', 'in what is embedded', '#S: Subject: [...]\n#S', 'p0.cue:1:5'],
  ['not-in-statement', 'never asked', 'signer?: "x"', 'p0.cue:1:1'],
  [
    'not-in-statement',
    'those of a statement',
    '"_type": "a"\nsubject: [...]\npredicateType: "b"\npredicate: {}',
    undefined,
  ],
  ['not-in-statement', 'a variable', 'x: "v"\npredicate: a: x', undefined],
  ['not-in-statement', 'hidden', '_x: "v"\npredicate: a: _x', undefined],
  ['not-in-statement', 'below', 'predicate: Subject: 1', undefined],

  ['open-predicate-type', 'no type', 'predicate: a: 1', 'p0.cue:1:1'],
  ['open-predicate-type', 'any type', 'predicateType: string\npredicate: a: 1', 'p0.cue:2:1'],
  ['open-predicate-type', 'a type', 'predicateType: "t"\npredicate: a: 1', undefined],
  ['open-predicate-type', 'of two', 'predicateType!: "t" | "u"\npredicate: a: 1', undefined],
  ['open-predicate-type', 'any predicate', 'predicate: _', undefined],
];

describe.each([...Map.groupBy(rows, ([rule]) => rule)])('%s', (rule, table) => {
  test.each(table)('%s: %s: %s', (_, __, policy, place) => {
    expect(places(rule, policy)).toEqual(place === undefined ? [] : [place]);
  });
});

describe('several files', () => {
  test('of one package see each other’s definitions', () => {
    const files = ['package p\n#P: a!: 1', 'package p\npredicateType!: "t"\npredicate!: #P'];
    expect(findings(...files)).toEqual([]);
  });
  test('without a package do not', () => {
    expect(places('unused-definition', '#P: a: 1', '#P: b: 1\npredicate: #P')).toEqual(['p0.cue:1:1']);
  });
  test('a type in another file is a type', () => {
    expect(places('open-predicate-type', 'predicate: a: 1', 'predicateType: "t"')).toEqual([]);
  });
  test('findings come by file and place', () => {
    const rules = findings('_type: "a"\nok: true', 'predicate: uri: =~"a.com"').map(({ rule }) => rule);
    expect(rules).toEqual([
      'hidden-type',
      'not-in-statement',
      'open-predicate-type',
      'absent-passes',
      'open-regexp',
      'bare-dot',
    ]);
  });
});

test('a finding says what to write instead', () => {
  const [typed] = findings('predicatetype!: "a"');
  expect(typed?.hint).toBe('did you mean predicateType?');
  const [step] = findings('ok: true');
  expect(step?.hint).toContain('_ok:');
  const dots = findings('predicateType!: "t"\npredicate: id!: =~"^https://github.com/$"');
  expect(dots.map(({ hint }) => hint)).toEqual(['escape it: "github\\\\.com", or #"github\\.com"#']);
});

test('a policy that cannot be compiled has no findings', () => {
  expect(() => findings('predicate: {')).toThrow(expect.objectContaining({ code: 'CUE_SYNTAX' }));
  expect(() => findings('predicate: nothing')).toThrow(expect.objectContaining({ code: 'CUE_COMPILE' }));
});
