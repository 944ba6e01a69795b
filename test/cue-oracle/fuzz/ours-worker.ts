import { parentPort, workerData } from 'node:worker_threads';
import type { CueCase } from '../case.ts';
import { answersTo } from '../compare.ts';
import type { OurAnswer } from '../ours.ts';

/* Answers batches of cases. How many it has answered stands in shared memory: who waits can tell which does not end. */
const answered = new Int32Array(workerData);

parentPort?.on('message', (cases: readonly CueCase[]) => {
  const answers: OurAnswer[] = [];
  answered[0] = 0;
  for (const { ours } of answersTo(cases, true)) answered[0] = answers.push(ours);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port has no origin
  parentPort?.postMessage(answers);
});
