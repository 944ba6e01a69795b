import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { answersTo, contradicts } from './compare.ts';
import { loadCorpus, type KnownCase } from './corpus.ts';
import { judge } from './ours.ts';
import { unsupportedCases } from './unsupported.ts';

const corpus = loadCorpus();
const features = [...Map.groupBy(corpus, ({ feature }) => feature)];

test('the corpus is large, and every feature has cases of both verdicts', () => {
  expect(corpus.length).toBeGreaterThan(40_000);
  const oneSided = features.filter(([, cases]) => new Set(cases.map(({ verdict }) => verdict)).size < 2);
  expect(oneSided.map(([feature]) => feature)).toEqual([]);
});

describe('our verdict is the one that cosign gave', () => {
  test.each(features)('%s', (feature, cases) => {
    const answers = [...answersTo(cases)];
    const wrong = answers.filter(({ asked, ours }) => contradicts(asked.verdict, ours));
    expect(wrong.slice(0, 20).map(({ asked, ours }) => ({ ...asked, ours }))).toEqual([]);
    const refused = answers.filter(({ ours }) => ours.verdict === 'UNSUPPORTED');
    expect(refused).toHaveLength(unsupportedCases[feature] ?? 0);
  });
});

test('only features of the corpus are listed as unsupported', () => {
  const known = new Set(features.map(([feature]) => feature));
  expect(Object.keys(unsupportedCases).filter((feature) => !known.has(feature))).toEqual([]);
});

describe('where cosign itself does not end, we do, and do not pass', () => {
  test.each([
    ['a: matchN(1, [a])', '{"a":1}'],
    ['import "list"\na: list.Range(0, 1000000000, 1)', '{}'],
  ])('%s', (policy, document) => {
    expect(judge([policy])(document)).toMatchObject({ verdict: 'UNSUPPORTED', fault: false });
  });
});

const starter = join(import.meta.dirname, '../../../shared/vectors/cue/starter.jsonl');

test.skipIf(!existsSync(starter))('the starting cases (skipped where ../shared is absent)', () => {
  const cases: KnownCase[] = readFileSync(starter, 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const { name, policies, document, cosign } = JSON.parse(line);
      return { feature: 'starter', name, policies, document, verdict: cosign };
    });
  const answers = [...answersTo(cases)];
  expect(answers.filter(({ asked, ours }) => asked.verdict !== ours.verdict)).toEqual([]);
});
