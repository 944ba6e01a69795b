import { parentPort, workerData } from 'node:worker_threads';
import { describeCorpus, loadCorpus } from './corpus.ts';
import { loadImages } from './image-corpus.ts';
import { runImageTrial } from './image-trial.ts';
import { rememberSignatures } from './remember-signatures.ts';
import { emptyTally, record, type Tally } from './tally.ts';
import { runTrial, type Trial } from './trial.ts';

/** What one worker is to do: every `step`th trial from `first` to below `count`. */
export interface Task {
  readonly seed: number;
  readonly first: number;
  readonly step: number;
  readonly count: number;
  /** Mutants of images. */
  readonly images: boolean;
}

/** What a worker says: once what it works on, then what it found since it last spoke. */
export type Message = { readonly corpus: string } | { readonly tally: Tally };

const { seed, first, step, count, images }: Task = workerData;
rememberSignatures();
const trial = images ? await trialOfImages() : await trialOfFiles();
let tally = emptyTally();
let reported = Date.now();
for (let index = first; index < count; index += step) {
  record(tally, index, await trial(index));
  if (Date.now() - reported < 250) continue;
  send({ tally });
  tally = emptyTally();
  reported = Date.now();
}
send({ tally });

async function trialOfFiles(): Promise<(index: number) => Trial> {
  const corpus = await loadCorpus(true);
  send({ corpus: describeCorpus(corpus) });
  return (index) => runTrial(corpus, seed, index);
}

async function trialOfImages(): Promise<(index: number) => Promise<Trial>> {
  const targets = await loadImages();
  send({ corpus: `${targets.length} images` });
  return async (index) => runImageTrial(targets, seed, index);
}

function send(message: Message): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port has no origin
  parentPort?.postMessage(message);
}
