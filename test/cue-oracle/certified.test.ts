import { beforeAll, describe, expect, test } from 'vitest';
import { compileCue, prepareCue, type CueVerdict } from '#core/cue/cue';
import { CueError } from '#core/cue/syntax/cue-error';
import { inParts, loadCorpus } from './corpus.ts';

beforeAll(prepareCue);

const corpus = loadCorpus();
const features = [...Map.groupBy(corpus, ({ feature }) => feature)];

const answer = (work: () => CueVerdict): unknown => {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof CueError) return thrown.code;
    throw thrown;
  }
};

describe('the short way to a pass says what the evaluator says, also of what is missing', () => {
  test.each(inParts(features))('%s', (_, cases) => {
    const byPolicy = Map.groupBy(cases, ({ policies }) => JSON.stringify(policies));
    for (const [, same] of byPolicy) {
      const files = (same[0]?.policies ?? []).map((text, index) => ({ name: `policy${index}.cue`, text }));
      let compiled;
      try {
        compiled = compileCue(files);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(CueError);
        continue;
      }
      const { evaluate, evaluateFully } = compiled;
      for (const { document } of same)
        expect([files, document, answer(() => evaluate(document))]).toEqual([
          files,
          document,
          answer(() => evaluateFully(document)),
        ]);
    }
  });
});
