import { beforeAll, expect, test } from 'vitest';
import { compileCue, prepareCue } from './cue.ts';
import type { CueFailure } from './failure.ts';

beforeAll(prepareCue);

const POLICY = `
import "list"

#Builder: {id: string, version?: int}

predicate: {
	builder:  #Builder
	type:     "a" | "b"
	count:    >=2 & <10
	name:     =~"^k"
	items:    list.MinItems(1)
	who!:     string
	deep: {kind: "x", n: int} | {kind: "y", m: {k: "1"} | {k: "2"}}
	never?:   error("no longer allowed")
}
`;
const WHOLE =
  '"builder":{"id":"i"},"type":"a","count":2,"name":"k","items":[1],"who":"w","deep":{"kind":"x","n":1}';

/** line:column of each position. */
const places = ({ positions }: CueFailure): string =>
  positions
    .map(({ file, offset }) => {
      const before = file.text.slice(0, offset).split('\n');
      return `${before.length}:${(before.at(-1) ?? '').length + 1}`;
    })
    .join(' ');

const told = (failure: CueFailure): unknown[] => [
  failure.code,
  failure.path.join('.'),
  failure.expected,
  failure.found,
  places(failure),
  ...(failure.branches ?? []).map(told),
];

function explain(document: string): unknown[] {
  const { verdict, errors } = compileCue([{ name: 'policy.cue', text: POLICY }]).evaluate(document);
  expect(verdict).toBe('fail');
  return errors.map(told);
}

test.each([
  ['type conflict', '"count":"2"', ['evaluation', 'predicate.count', '>=2', '"2"', '9:12']],
  ['upper bound', '"count":12', ['evaluation', 'predicate.count', '<10', '12', '9:18']],
  ['lower bound', '"count":1', ['evaluation', 'predicate.count', '>=2', '1', '9:12']],
  ['regular expression', '"name":"x"', ['evaluation', 'predicate.name', '=~"^k"', '"x"', '10:12']],
  ['validator', '"items":[]', ['evaluation', 'predicate.items', 'list.MinItems(1)', '[]', '11:12']],
  ['required field', '', ['required', 'predicate.who', undefined, undefined, '12:2']],
  ['error of the policy', '"never":1', ['user', 'predicate.never', undefined, undefined, '14:12']],
  [
    'closed definition: the field of that definition and the definition',
    '"builder":{"id":"i","x":1}',
    ['evaluation', 'predicate.builder.x', undefined, undefined, '7:2 4:11'],
  ],
  [
    'disjunction, each branch with its own reason',
    '"type":"c"',
    [
      'evaluation',
      'predicate.type',
      undefined,
      undefined,
      '8:2',
      ['evaluation', 'predicate.type', '"a"', '"c"', '8:12'],
      ['evaluation', 'predicate.type', '"b"', '"c"', '8:18'],
    ],
  ],
  [
    'disjunctions within: the branch that fits best comes first',
    '"deep":{"kind":"y","m":{"k":"3"}}',
    [
      'evaluation',
      'predicate.deep',
      undefined,
      undefined,
      '13:2',
      [
        'evaluation',
        'predicate.deep.m',
        undefined,
        undefined,
        '13:42',
        ['evaluation', 'predicate.deep.m.k', '"1"', '"3"', '13:49'],
        ['evaluation', 'predicate.deep.m.k', '"2"', '"3"', '13:60'],
      ],
      ['evaluation', 'predicate.deep.kind', '"x"', '"y"', '13:15'],
    ],
  ],
])('%s', (_, member, expected) => {
  const members = JSON.parse(`{${WHOLE}}`);
  const changed = member === '' ? {} : JSON.parse(`{${member}}`);
  if (member === '') delete members.who;
  const errors = explain(JSON.stringify({ predicate: { ...members, ...changed } }));
  expect(errors).toContainEqual(expected);
});

test('a document that is no JSON', () => {
  expect(explain('{')).toEqual([['document', '', undefined, undefined, '']]);
});

test('every conflict of a document is told', () => {
  const predicate = { ...JSON.parse(`{${WHOLE}}`), name: 'x', type: 'c', count: 1 };
  expect(explain(JSON.stringify({ predicate }))).toHaveLength(3);
});
