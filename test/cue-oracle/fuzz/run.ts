import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { corpusFolder } from '../corpus.ts';
import { oracleProgram, oracleVersion } from '../oracle.ts';
import { fuzzCue, sourceNames, type Finding, type FuzzPlan, type FuzzTally } from './fuzz.ts';

/*
 * npm run fuzz -- cue [--seed N] [--count N] [--from grammar|policies|tangle|corpus|archives|all] [--most N]
 * Generated policies and documents, and changed cases of the corpus and of CUE's own archives, through cosign's
 * evaluation and ours. What differs is made small and becomes a line of test/cue-oracle/corpus/regressions.jsonl.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '100000' },
    from: { type: 'string', default: 'all' },
    most: { type: 'string', default: '20' },
  },
  allowPositionals: true,
});

if (oracleProgram === '') {
  console.error('npm run fuzz -- cue needs the oracle, test/cue-oracle built with Go: see .ci/run');
  process.exitCode = 1;
} else await run();

async function run(): Promise<void> {
  const { from } = values;
  if (!isSource(from)) throw new Error(`no source of cases: ${from}`);
  const plan = {
    seed: Number(values.seed),
    count: Number(values.count),
    from,
    most: Number(values.most),
  };
  const started = Date.now();
  const seconds = (): number => (Date.now() - started) / 1000;
  let said = 0;
  let known = 0;
  const tally = await fuzzCue(plan, ({ pairs, findings }) => {
    for (const finding of findings.slice(known)) {
      console.log(JSON.stringify(finding));
      remember(finding);
    }
    known = findings.length;
    if (seconds() - said < 2) return;
    said = seconds();
    const rate = (pairs / said).toFixed(0);
    console.log(
      `${said.toFixed(0)} s: ${pairs} of ${plan.count} pairs, ${rate}/s, ${findings.length} disagreements`,
    );
  });
  for (const [reason, count] of [...tally.reasons].sort(([, a], [, b]) => b - a))
    console.log(`${count} ${reason}`);
  console.log(summary(tally, plan.seed, seconds()));
  process.exitCode = tally.findings.length === 0 && tally.pairs === plan.count ? 0 : 1;
}

function isSource(from: string): from is FuzzPlan['from'] {
  return from === 'all' || sourceNames.some((name) => name === from);
}

/** From now on the differential suite asks about it. */
function remember({ name, policies, document, verdict }: Finding): void {
  const line = JSON.stringify({ name, policies, document, verdict });
  appendFileSync(join(corpusFolder, 'regressions.jsonl'), `${line}\n`);
}

function summary(tally: FuzzTally, seed: number, seconds: number): string {
  const { pairs, pass, fail, none, unsupported, findings } = tally;
  const share = (count: number): string => `${count} (${((100 * count) / pairs).toFixed(2)} %)`;
  return (
    `${pairs} pairs in ${seconds.toFixed(1)} s (${(pairs / seconds).toFixed(0)}/s), seed ${seed}, ${oracleVersion()}: ` +
    `${share(pass)} pass, ${share(fail)} fail, ${share(none)} without a verdict of cosign's, ` +
    `${share(unsupported)} unsupported, ${findings.length} disagreements`
  );
}
