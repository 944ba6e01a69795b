import { parentPort, workerData } from 'node:worker_threads';
import { loadCorpus } from './corpus.ts';
import { emptyTally, record } from './tally.ts';
import { runTrial } from './trial.ts';

/** What one worker is to do: every `step`th trial from `first` to below `count`. */
export interface Task {
  readonly seed: number;
  readonly first: number;
  readonly step: number;
  readonly count: number;
}

const { seed, first, step, count }: Task = workerData;
const corpus = await loadCorpus(true);
let tally = emptyTally();
let reported = Date.now();
for (let index = first; index < count; index += step) {
  record(tally, index, runTrial(corpus, seed, index));
  if (Date.now() - reported < 250) continue;
  parentPort?.postMessage(tally);
  tally = emptyTally();
  reported = Date.now();
}
parentPort?.postMessage(tally);
