import { beforeAll, describe, expect, test } from 'vitest';
import { loadImages, ways, type ImageTarget } from './image-corpus.ts';
import { isAccepted, judgeNearMiss, runImageTrial } from './image-trial.ts';
import type { Attached } from './image-world.ts';
import { emptyTally, record } from './tally.ts';

describe('mutants of images', () => {
  let targets: readonly ImageTarget[];
  beforeAll(async () => {
    targets = await loadImages();
  });

  const of = (attached: Attached): readonly ImageTarget[] =>
    targets.filter(({ parts }) => parts.attached === attached);

  test.each(ways)('every image is accepted as it is: %s', async (attached) => {
    for (const target of of(attached)) {
      for (const byName of [true, false]) {
        const how = { byName, byType: byName, byPlatform: target.parts.inIndex || !byName };
        expect([target.name, how, await isAccepted(target, how)]).toEqual([target.name, how, true]);
      }
    }
  });

  test.each(ways)(
    'every near miss is refused as it is, or says no more than the genuine attestation: %s',
    async (attached) => {
      for (const target of of(attached).filter(({ parts }) => !parts.inIndex)) {
        for (const [wrong, make] of target.wrongs) {
          const { code, fault } = await judgeNearMiss(target, make());
          expect([target.name, wrong, code, fault]).toEqual([target.name, wrong, code, undefined]);
        }
      }
    },
  );

  // In parts, none of which takes long.
  test.each([0, 300, 600, 900, 1200])(
    'no false accept, no untyped error, none slow: from %i on',
    async (first) => {
      const tally = emptyTally();
      for (let index = first; index < first + 300; index++)
        record(tally, index, await runImageTrial(targets, 1, index));
      expect(tally.faults).toEqual([]);
    },
  );

  test('a seed and an index name one mutant', async () => {
    for (let index = 0; index < 30; index++)
      expect(await runImageTrial(targets, 3, index)).toEqual(await runImageTrial(targets, 3, index));
  });
});
