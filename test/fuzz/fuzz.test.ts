import { beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../sigstore/json.ts';
import { makeEvidence } from '../sigstore/make-evidence.ts';
import { loadCorpus, type Corpus } from './corpus.ts';
import { get, paths, role, set, text } from './json-tree.ts';
import { meaningOf } from './meaning.ts';
import { mutations } from './mutations.ts';
import { sharedVectorsPresent } from './sources-shared.ts';
import { emptyTally, record, type Tally } from './tally.ts';
import { runTrial } from './trial.ts';

/** Mutants from one index to below another: in parts, so that no test takes long. */
function run(corpus: Corpus, seed: number, from: number, to: number): Tally {
  const tally = emptyTally();
  for (let index = from; index < to; index++) record(tally, index, runTrial(corpus, seed, index));
  return tally;
}

describe('mutants of own fixtures', () => {
  let corpus: Corpus;
  beforeAll(async () => {
    corpus = await loadCorpus(false);
  });

  test('every fixture is a target', () => {
    expect(corpus.leftOut).toEqual([]);
  });

  const kinds = new Set<string>();
  test.each([0, 500, 1000])('no false accept, no false refusal, no untyped error: from %i on', (from) => {
    const tally = run(corpus, 1, from, from + 500);
    expect(tally.faults).toEqual([]);
    for (const kind of tally.kinds.keys()) kinds.add(kind);
  });

  test('every kind of mutation was met', () => {
    expect([...kinds].sort()).toEqual(mutations.map(([name]) => name).sort());
  });

  test('a seed and an index name one mutant', () => {
    for (let index = 0; index < 50; index++) {
      expect(runTrial(corpus, 3, index)).toEqual(runTrial(corpus, 3, index));
    }
  });
});

describe.skipIf(!sharedVectorsPresent)('mutants of real evidence (skipped where ../shared is absent)', () => {
  let corpus: Corpus;
  beforeAll(async () => {
    corpus = await loadCorpus(true);
  });

  test.each([0, 200, 400, 600])('from %i on', (from) => {
    expect(run(corpus, 2, from, from + 200).faults).toEqual([]);
  });
});

describe('the comparison sees a change of every member', () => {
  const uncovered = new Set(['mediaType', 'dsseEnvelope.signatures.keyid']);
  const forms: [string, Json][] = [
    ['Rekor v1 and a timestamp', JSON.parse(makeEvidence({ timestamps: [{}] }).bytes.toString())],
    ['Rekor v2', JSON.parse(makeEvidence({ log: 'rekor-v2' }).bytes.toString())],
    ['message', JSON.parse(makeEvidence({ content: 'message', format: 'bundle-0.2' }).bytes.toString())],
  ];
  test.each(forms)('%s', (_, item) => {
    const genuine = JSON.stringify(meaningOf(item));
    for (const path of paths(item)) {
      if (typeof get(item, ...path) === 'object' || uncovered.has(role(path))) continue;
      const changed = structuredClone(item);
      const value = text(item, ...path) ?? '';
      set(changed, path, /^\d+$/.test(value) ? `${value}1` : `AAAA${value}`);
      expect({ path: role(path), same: JSON.stringify(meaningOf(changed)) === genuine }).toEqual({
        path: role(path),
        same: false,
      });
    }
  });
});
