import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inParts, loadCorpus, recordedVersion } from './corpus.ts';
import { Oracle, oracleProgram, oracleVersion } from './oracle.ts';

const features = [...Map.groupBy(loadCorpus(), ({ feature }) => feature)];

describe.skipIf(oracleProgram === '')(
  'the verdicts on record are the oracle’s (skipped where it is not built, see .ci/run)',
  () => {
    let oracle: Oracle;
    beforeAll(() => {
      oracle = new Oracle();
    });
    afterAll(() => oracle.end());

    test('of this version', () => {
      expect(oracleVersion()).toBe(recordedVersion());
    });

    test.each(inParts(features))('%s', async (_, cases) => {
      const answers = await oracle.ask(cases);
      const spoken = answers.map(({ verdict }) => (/PASS|FAIL/.test(verdict) ? verdict : 'NONE'));
      expect(cases.filter(({ verdict }, index) => verdict !== spoken[index])).toEqual([]);
    });
  },
);
