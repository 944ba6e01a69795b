import { existsSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { prepareCue } from '#core/cue/cue';
import { compareArchives, findArchives, singleArchives } from './archives.ts';
import { oracleProgram } from './oracle.ts';

const folder = findArchives();
const present = existsSync(folder) && oracleProgram !== '';

beforeAll(prepareCue);

test.skipIf(!present)(
  'CUE’s own archives of one file (skipped where the oracle or Go’s cache of the module is absent)',
  async () => {
    const answers = await compareArchives(singleArchives(folder));
    const judged = answers.filter(({ outcome }) => outcome !== 'no verdict');
    expect(judged.length).toBeGreaterThan(300);
    expect(judged.filter(({ outcome }) => outcome === 'different')).toEqual([]);
    const same = judged.filter(({ outcome }) => outcome === 'same');
    expect(same.length / judged.length).toBeGreaterThanOrEqual(0.95);
  },
);
