import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { loadCorpus } from './corpus.ts';
import { loadImages } from './image-corpus.ts';
import { runImageTrial } from './image-trial.ts';
import { emptyTally, merge, report, type Tally } from './tally.ts';
import { runTrial } from './trial.ts';
import type { Message, Task } from './worker.ts';

/*
 * npm run fuzz -- [--seed N] [--count N]     mutants 0 to N - 1 of that seed, over two threads
 * npm run fuzz -- --seed N --index I         that one mutant again: its bytes on stdout, what came of it on stderr
 * npm run fuzz -- --images [...]             of images, and all that stands around them in a registry
 * npm run fuzz -- cue [...]                  CUE policies instead: see test/cue-oracle/fuzz/run.ts
 */
interface Plan {
  readonly seed: number;
  readonly count: number;
  readonly images: boolean;
}

if (process.argv[2] === 'cue') await import('../cue-oracle/fuzz/run.ts');
else await run();

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '200000' },
      index: { type: 'string' },
      images: { type: 'boolean', default: false },
    },
  });
  const { images } = values;
  const plan = { seed: Number(values.seed), count: Number(values.count), images };
  if (values.index !== undefined) await repeat(plan, Number(values.index));
  else await runAll(plan);
}

async function repeat({ seed, images }: Plan, index: number): Promise<void> {
  const { target, kind, mutant, outcome, fault } = images
    ? await runImageTrial(await loadImages(), seed, index)
    : runTrial(await loadCorpus(true), seed, index);
  process.stdout.write(mutant.bytes);
  console.error(`${target}\n${kind}: ${mutant.note}\n${outcome}${fault === undefined ? '' : `\n${fault}`}`);
  process.exitCode = fault === undefined ? 0 : 1;
}

async function runAll({ seed, count, images }: Plan): Promise<void> {
  const again = `npm run fuzz -- ${images ? '--images ' : ''}--seed ${seed}`;
  const started = Date.now();
  const tally = emptyTally();
  const seconds = (): number => (Date.now() - started) / 1000;
  const progress = setInterval(() => {
    console.log(
      `${seconds().toFixed(0)} s: ${tally.trials} of ${count} mutants, ${tally.faults.length} faults`,
    );
  }, 1000);
  const threads = 2;
  await Promise.all(
    Array.from({ length: threads }, (_, first) => work({ seed, first, step: threads, count, images }, tally)),
  );
  clearInterval(progress);
  console.log(report(tally));
  for (const { index, text } of tally.faults.sort((a, b) => a.index - b.index).slice(0, 50)) {
    console.log(`FAULT ${text}\n  again: ${again} --index ${index}`);
  }
  console.log(
    `${tally.trials} mutants in ${seconds().toFixed(1)} s, seed ${seed}: ${tally.faults.length} faults`,
  );
  process.exitCode = tally.faults.length === 0 && tally.trials === count ? 0 : 1;
}

/** Runs a worker to its end and adds up what it finds. */
async function work(task: Task, tally: Tally): Promise<void> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: task });
  await new Promise<void>((resolve, reject) => {
    worker.on('message', (message: Message) => {
      if ('tally' in message) merge(tally, message.tally);
      else if (task.first === 0) console.log(message.corpus);
    });
    worker.on('error', reject);
    worker.on('exit', () => {
      resolve();
    });
  });
}
