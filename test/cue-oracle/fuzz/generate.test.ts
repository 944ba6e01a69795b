import { beforeAll, expect, test } from 'vitest';
import { loadCorpus } from '../corpus.ts';
import { compileCue, prepareCue } from '#core/cue/cue';
import { documentsEach, generateCases } from './generate.ts';
import { generatePolicy } from './policy.ts';
import { mutateCases } from './mutate.ts';
import { tangleCases } from './tangle.ts';
import { shrink } from './shrink.ts';
import { tokensOf } from './tokens.ts';

beforeAll(prepareCue);

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test('a seed and an index name the same cases each time', () => {
  const corpus = loadCorpus();
  for (const index of range(50)) {
    expect(generateCases(3, index)).toEqual(generateCases(3, index));
    expect(generatePolicy(3, index)).toEqual(generatePolicy(3, index));
    expect(tangleCases(3, index)).toEqual(tangleCases(3, index));
    expect(mutateCases(corpus, 3, index)).toEqual(mutateCases(corpus, 3, index));
  }
});

const grammar = [
  'if ',
  'for k, v in ',
  'for x in ',
  'let v_',
  '[string]: ',
  '?: ',
  '!: ',
  ' & ',
  '#P',
  '_o',
  '...',
  'close(',
  'matchN(',
  'matchIf(',
  'and([',
  'or([',
  'len(',
  '\\(',
  '=~',
  '_|_',
  'A_a=a: ',
  'V_o={',
  '[K=string]: ',
  ')?: ',
  'package p\n',
  'é: ',
  '日本',
  '0x',
  'Ki',
  '1e0',
  '#"',
  '"""\n',
];
const manner = [
  '"_type"',
  'predicate: ',
  '#D0',
  'close({',
  '[...{',
  'list.MatchN(',
  'time.Time',
  'time.Parse(',
  'strings.HasPrefix(',
  'matchN(',
  'matchIf(',
  'let _n',
  '=~"^',
  'if ',
];
const tangled = [
  '{if a ',
  'for k, v in ',
  'let x1 = ',
  '("a")',
  '(s): ',
  '[string]: ',
  '[for v in ',
  'close({',
  ' | *{',
  '#D & #E',
  '...}',
  '#F: ',
  '_g: ',
];
const packages =
  'encoding/base64 encoding/hex encoding/json list math math/bits net path regexp strconv strings struct time uuid';

test.each([
  ['grammar', generateCases, [...grammar, ...packages.split(' ').map((path) => `import "${path}"`)]],
  ['policies', generatePolicy, manner],
  ['tangle', tangleCases, tangled],
] as const)(
  '%s: policies differ, use every construct, and each has its documents',
  (_, generate, constructs) => {
    const cases = range(2000).map((index) => generate(1, index));
    expect(cases.every((documents) => documents.length === documentsEach)).toBe(true);
    expect(cases.filter(([first]) => (first?.policies.length ?? 0) > 1).length).toBeGreaterThan(200);
    const policies = new Set(cases.map(([first]) => first?.policies.join('') ?? ''));
    expect(policies.size).toBeGreaterThan(1800);
    const all = [...policies].join('\n');
    expect(constructs.filter((construct) => !all.includes(construct))).toEqual([]);
  },
);

test.each([
  ['grammar', generateCases, 300, 0.4],
  ['policies', generatePolicy, 300, 0.7],
  ['tangle', tangleCases, 100, 0.3],
] as const)('%s: enough policies have no error of their own', (_, generate, count, share) => {
  const compiled = range(count).filter((index) => {
    const files = (generate(1, index)[0]?.policies ?? []).map((text, at) => ({ name: `${at}.cue`, text }));
    try {
      return compileCue(files).own.length === 0;
    } catch {
      return false;
    }
  });
  expect(compiled.length).toBeGreaterThan(count * share);
});

test('documents come in forms of every kind', () => {
  const all = range(2000)
    .flatMap((index) => generateCases(1, index))
    .map(({ document }) => document);
  const isJson = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  expect(all.filter((text) => !isJson(text)).length).toBeGreaterThan(20);
  const forms = ['\\ud800', '\\u0000', '1e400', '12345678901234567890123', '-0', '\uFEFF', '"a":1,"a":'];
  expect(forms.filter((form) => !all.some((text) => text.includes(form)))).toEqual([]);
});

test.each([
  'a: b & {c: "x\\(d)", [string]: int} // e\n',
  'a: """\n\tx\n\t"""\nb: #"y"#, c: [1, ...]',
  '\u0000😀é',
])('tokens are the whole text: %j', (text) => {
  expect(tokensOf(text).join('')).toBe(text);
});

test('what is found is made small, and still shows the same', async () => {
  const start = {
    name: 'n',
    policies: ['x: 1\n', 'import "list"\na: {b: {c: int & >1, d: "x"}, e: [1, 2, 3]}\nf: list.MinItems(1)\n'],
    document: '{"a":{"b":{"c":1,"d":"y"},"e":[1,2,3]},"f":[1]}',
  };
  const { policies, document } = await shrink(start, async (cases) =>
    cases.map((asked) => asked.policies.join('').includes('>1') && asked.document.includes('"y"')),
  );
  expect(policies).toEqual(['>1']);
  expect(document).toBe('"y"');
});
