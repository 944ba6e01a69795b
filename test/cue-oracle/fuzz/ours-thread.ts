import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { CueCase } from '../case.ts';
import type { OurAnswer } from '../ours.ts';

/** Stands for the answer that never came. */
export const noAnswer: OurAnswer = {
  verdict: 'UNSUPPORTED',
  reason: 'does not end, or not in memory',
  fault: true,
};

/** Our engine in a thread of its own, which is ended and replaced when a case does not end in time. */
export class OurThread {
  readonly #patience: number;
  #answered = new Int32Array(new SharedArrayBuffer(4));
  #worker: Worker;

  /** @param patience for one case, in milliseconds */
  constructor(patience: number) {
    this.#patience = patience;
    this.#worker = this.#start();
  }

  #start(): Worker {
    this.#answered = new Int32Array(new SharedArrayBuffer(4));
    const options = { workerData: this.#answered.buffer, resourceLimits: { maxOldGenerationSizeMb: 1500 } };
    return new Worker(new URL('./ours-worker.ts', import.meta.url), options);
  }

  async ask(cases: readonly CueCase[]): Promise<OurAnswer[]> {
    if (cases.length === 0) return [];
    const worker = this.#worker;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin
    worker.postMessage(cases);
    const outcome = await this.#wait(worker);
    if (outcome !== undefined) return outcome;
    const at = this.#answered[0] ?? 0;
    await worker.terminate();
    this.#worker = this.#start();
    const before = await this.ask(cases.slice(0, at));
    return [...before, noAnswer, ...(await this.ask(cases.slice(at + 1)))];
  }

  /** The answers, or undefined where the worker ended or stood still. */
  async #wait(worker: Worker): Promise<OurAnswer[] | undefined> {
    const over = new AbortController();
    const message = once(worker, 'message', { signal: over.signal }).then(
      ([answers]: OurAnswer[][]) => answers,
    );
    const exit = once(worker, 'exit', { signal: over.signal }).then(() => undefined);
    const still = this.#standstill(over.signal);
    const outcome = await Promise.race(
      [message, exit, still].map((waiting) => waiting.catch(() => undefined)),
    );
    over.abort();
    return outcome;
  }

  async #standstill(signal: AbortSignal): Promise<undefined> {
    let seen = -1;
    while (!signal.aborted && seen !== this.#answered[0]) {
      seen = this.#answered[0] ?? 0;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.#patience);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    return undefined;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
