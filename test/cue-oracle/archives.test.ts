import { existsSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { prepareCue } from '#core/cue/cue';
import { compareArchives, findArchives, singleArchives, type ArchiveAnswer } from './archives.ts';
import { oracleProgram } from './oracle.ts';

const folder = findArchives();
const present = existsSync(folder) && oracleProgram !== '';

let answers: readonly ArchiveAnswer[] = [];

beforeAll(async () => {
  await prepareCue();
  if (present) answers = await compareArchives(singleArchives(folder));
}, 60_000);

test.skipIf(!present)(
  'CUE’s own archives of one file (skipped where the oracle or Go’s cache of the module is absent)',
  () => {
    const judged = answers.filter(({ outcome }) => outcome !== 'no verdict');
    expect(judged.length).toBeGreaterThan(300);
    expect(judged.filter(({ outcome }) => outcome === 'different')).toEqual([]);
    const same = judged.filter(({ outcome }) => outcome === 'same');
    expect(same.length / judged.length).toBeGreaterThanOrEqual(0.95);
  },
);
