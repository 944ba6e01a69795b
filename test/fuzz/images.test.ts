import { beforeAll, describe, expect, test } from 'vitest';
import { loadImages, type ImageTarget } from './image-corpus.ts';
import { isAccepted, runImageTrial } from './image-trial.ts';
import { emptyTally, record } from './tally.ts';

describe('mutants of images', () => {
  let targets: readonly ImageTarget[];
  beforeAll(async () => {
    targets = await loadImages();
  });

  test.each([true, false])('every image is accepted as it is (by its name: %s)', async (byName) => {
    for (const target of targets) {
      for (const byType of [true, false]) {
        const how = { byName, byType, byPlatform: target.parts.inIndex || byType };
        expect([target.name, how, await isAccepted(target, how)]).toEqual([target.name, how, true]);
      }
    }
  });

  test('no false accept, no untyped error, none slow', async () => {
    const tally = emptyTally();
    for (let index = 0; index < 1500; index++) record(tally, index, await runImageTrial(targets, 1, index));
    expect(tally.faults).toEqual([]);
  });

  test('a seed and an index name one mutant', async () => {
    for (let index = 0; index < 30; index++)
      expect(await runImageTrial(targets, 3, index)).toEqual(await runImageTrial(targets, 3, index));
  });
});
