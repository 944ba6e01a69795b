import { expect, test } from 'vitest';
import { oracleProgram } from '../oracle.ts';
import { fuzzCue } from './fuzz.ts';

test.skipIf(oracleProgram === '').each(['grammar', 'corpus'] as const)(
  'our engine says what cosign says of cases made from the %s (skipped where the oracle is not built, see .ci/run)',
  async (from) => {
    const tally = await fuzzCue({ seed: 1, count: 1000, from, most: 3 }, () => undefined);
    expect(tally.findings).toEqual([]);
    expect(tally.pass).toBeGreaterThan(50);
    expect(tally.fail).toBeGreaterThan(50);
  },
);
