import { expect, test } from 'vitest';
import { loadCorpus } from '../corpus.ts';
import { documentsEach, generateCases } from './generate.ts';
import { mutateCases } from './mutate.ts';
import { shrink } from './shrink.ts';
import { tokensOf } from './tokens.ts';

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test('a seed and an index name the same cases each time', () => {
  const corpus = loadCorpus();
  for (const index of range(50)) {
    expect(generateCases(3, index)).toEqual(generateCases(3, index));
    expect(mutateCases(corpus, 3, index)).toEqual(mutateCases(corpus, 3, index));
  }
});

test('policies differ, use every construct, and each has its documents', () => {
  const cases = range(1000).map((index) => generateCases(1, index));
  expect(cases.every((documents) => documents.length === documentsEach)).toBe(true);
  const policies = new Set(cases.map(([first]) => first?.policies.join('') ?? ''));
  expect(policies.size).toBeGreaterThan(900);
  const all = [...policies].join('\n');
  const constructs =
    `if , for k, v in , for x in , let v_, [string]: , ?: , !: , & , #P, _o, ..., close(, matchN(,
    matchIf(, and([, or([, len(, \\(, import "list", =~, _|_`.split(/,\s+(?!v in)/);
  expect(constructs.filter((construct) => !all.includes(construct))).toEqual([]);
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
