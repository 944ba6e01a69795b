import { parseArgs } from 'node:util';
import { oracleProgram, oracleVersion } from '../oracle.ts';
import { fuzzCue, type FuzzTally } from './fuzz.ts';

/*
 * npm run fuzz -- cue [--seed N] [--count N] [--from grammar|corpus|both] [--most N]
 * Generated policies and documents, and changed cases of the corpus, through cosign's evaluation and ours. What
 * differs is made small and printed as a line for test/cue-oracle/corpus/regressions.jsonl.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '100000' },
    from: { type: 'string', default: 'both' },
    most: { type: 'string', default: '20' },
  },
  allowPositionals: true,
});

if (oracleProgram === '') {
  console.error('npm run fuzz -- cue needs the oracle, test/cue-oracle built with Go: see .ci/run');
  process.exitCode = 1;
} else await run();

async function run(): Promise<void> {
  const from = values.from === 'grammar' || values.from === 'corpus' ? values.from : 'both';
  const plan = {
    seed: Number(values.seed),
    count: Number(values.count),
    from,
    most: Number(values.most),
  } as const;
  const started = Date.now();
  const seconds = (): number => (Date.now() - started) / 1000;
  let said = 0;
  const tally = await fuzzCue(plan, ({ pairs, findings }) => {
    if (seconds() - said < 2) return;
    said = seconds();
    console.log(`${said.toFixed(0)} s: ${pairs} of ${plan.count} pairs, ${findings.length} disagreements`);
  });
  for (const finding of tally.findings) console.log(JSON.stringify(finding));
  for (const [reason, count] of [...tally.reasons].sort(([, a], [, b]) => b - a))
    console.log(`${count} ${reason}`);
  console.log(summary(tally, plan.seed, seconds()));
  process.exitCode = tally.findings.length === 0 && tally.pairs === plan.count ? 0 : 1;
}

function summary(tally: FuzzTally, seed: number, seconds: number): string {
  const { pairs, pass, fail, none, unsupported, findings } = tally;
  return (
    `${pairs} pairs in ${seconds.toFixed(1)} s, seed ${seed}, ${oracleVersion()}: ${pass} pass, ${fail} fail, ` +
    `${none} without a verdict of cosign's, ${unsupported} unsupported, ${findings.length} disagreements`
  );
}
