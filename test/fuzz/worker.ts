import { parentPort, workerData } from 'node:worker_threads';
import { describeCorpus, loadCorpus } from './corpus.ts';
import { rememberSignatures } from './remember-signatures.ts';
import { emptyTally, record, type Tally } from './tally.ts';
import { runTrial } from './trial.ts';

/** What one worker is to do: every `step`th trial from `first` to below `count`. */
export interface Task {
  readonly seed: number;
  readonly first: number;
  readonly step: number;
  readonly count: number;
}

/** What a worker says: once what it works on, then what it found since it last spoke. */
export type Message = { readonly corpus: string } | { readonly tally: Tally };

const { seed, first, step, count }: Task = workerData;
rememberSignatures();
const corpus = await loadCorpus(true);
send({ corpus: describeCorpus(corpus) });
let tally = emptyTally();
let reported = Date.now();
for (let index = first; index < count; index += step) {
  record(tally, index, runTrial(corpus, seed, index));
  if (Date.now() - reported < 250) continue;
  send({ tally });
  tally = emptyTally();
  reported = Date.now();
}
send({ tally });

function send(message: Message): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port has no origin
  parentPort?.postMessage(message);
}
