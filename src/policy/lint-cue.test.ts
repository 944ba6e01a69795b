import { expect, test } from 'vitest';
import { lintCue } from './lint-cue.ts';

const messages = (text: string): readonly string[] =>
  lintCue([{ name: 'p.cue', text }]).map(({ message, at }) => `${at.line}:${at.column} ${message}`);

test.each<[string, readonly string[]]>([
  ['_type: "x"', ['1:1 _type is a hidden field of CUE, and compared with nothing']],
  ['"_type": "x"', []],
  ['predicate: _type: "link"', []],
  ['predicate: a?: string', ['1:12 what is asked of predicate.a is not asked where it is absent']],
  ['predicate: {a?: _, b?: [...], c?: {...}}', []],
  ['predicate: builder: id: =~"^https://a/"', []],
  ['predicate: builder: id: =~"^https://a$"', []],
  ['predicate: builder: id: =~"(?i)^https://a.*"', []],
  [
    'predicate: builder: id: =~"https://a/"',
    ['1:25 the expression for predicate.builder.id may fit in the middle'],
  ],
  [
    'predicate: builder: id: =~"^https://a/b"',
    ['1:25 the expression for predicate.builder.id lets anything follow, as in NAME-of-another'],
  ],
  ['predicate: name: =~"a"', []],
  ['predicate: name: =~"^a.com$"', ['1:18 a dot in the expression for predicate.name fits any character']],
  ['predicate: name: =~"^a[.]com|b\\\\.com|[a.c]d$"', []],
  [
    'predicate: {if predicate.a {builder: id: =~"a/"}}\npredicate: _',
    ['1:42 the expression for predicate.builder.id may fit in the middle'],
  ],
  [
    '#B: {uri: =~"a/"} | {uri: (=~"b/" & string)}',
    [
      '1:11 the expression for ["#B"].uri may fit in the middle',
      '1:28 the expression for ["#B"].uri may fit in the middle',
    ],
  ],
  [
    'predicate: materials: [...{uri: =~"a/"}, ]',
    ['1:33 the expression for predicate.materials.uri may fit in the middle'],
  ],
  ['predicate: l: [{uri: =~"a/"}]', ['1:22 the expression for predicate.l.uri may fit in the middle']],
  ['predicate: uri: or([=~"a/"])', ['1:21 the expression for predicate.uri may fit in the middle']],
  ['let x = "a"\nimport_: x\n{b?: x}', ['3:2 what is asked of b is not asked where it is absent']],
  ['predicate: [string]: =~"a"', []],
])('%s', (text, expected) => {
  expect(messages(text)).toEqual(expected);
});
