/** Things to do, by their places in a list, of which some need others that stand before them. */
export interface Tasks<T> {
  readonly count: number;
  /** The places before it of those that must have ended well. */
  readonly needs: (index: number) => readonly number[];
  /**
   * @param lane from 0 up: no two that run at the same time have the same
   * @param signal of the end of a task that is no longer wanted; it is waited for all the same
   */
  readonly run: (index: number, lane: number, signal: AbortSignal) => Promise<T>;
}

/**
 * Does all of them, so many at one time: each as soon as those that it needs have ended, the first of the list first.
 * What comes of it is what came of it one after the other: the results in the list's order, or the failure of the first
 * in the list that fails. Where one fails, those behind it are ended or never begun, and those before it go on.
 */
export async function schedule<T>(tasks: Tasks<T>, atOnce: number): Promise<readonly T[]> {
  const run = new Schedule(tasks, atOnce);
  await run.all();
  return run.results();
}

class Schedule<T> {
  readonly #tasks: Tasks<T>;
  readonly #waiting: Set<number>;
  readonly #lanes: Set<number>;
  readonly #running = new Map<number, { readonly ended: Promise<void>; readonly stop: AbortController }>();
  readonly #done = new Map<number, T>();
  #failed: { readonly index: number; readonly cause: unknown } | undefined;

  constructor(tasks: Tasks<T>, atOnce: number) {
    this.#tasks = tasks;
    this.#waiting = new Set(Array.from({ length: tasks.count }, (_, index) => index));
    this.#lanes = new Set(Array.from({ length: Math.max(atOnce, 1) }, (_, lane) => lane));
  }

  async all(): Promise<void> {
    for (;;) {
      this.#begin();
      if (this.#running.size === 0) return;
      await Promise.race(Array.from(this.#running.values(), ({ ended }) => ended));
    }
  }

  results(): readonly T[] {
    if (this.#failed !== undefined) throw this.#failed.cause;
    if (this.#waiting.size > 0) throw new Error('a task needs one that stands behind it');
    return [...this.#done].sort(([a], [b]) => a - b).map(([, result]) => result);
  }

  /** What can begin now. */
  #begin(): void {
    for (const index of this.#waiting) {
      const [lane] = this.#lanes;
      if (lane === undefined || this.#isUnwanted(index)) return;
      if (!this.#tasks.needs(index).every((one) => this.#done.has(one))) continue;
      this.#waiting.delete(index);
      this.#lanes.delete(lane);
      const stop = new AbortController();
      this.#running.set(index, { ended: this.#run(index, lane, stop.signal), stop });
    }
  }

  async #run(index: number, lane: number, signal: AbortSignal): Promise<void> {
    try {
      this.#done.set(index, await this.#tasks.run(index, lane, signal));
    } catch (cause) {
      if (!this.#isUnwanted(index)) this.#fail(index, cause);
    }
    this.#running.delete(index);
    this.#lanes.add(lane);
  }

  #fail(index: number, cause: unknown): void {
    this.#failed = { index, cause };
    for (const [other, { stop }] of this.#running) if (other > index) stop.abort();
  }

  /** Whether one before it has failed. */
  #isUnwanted(index: number): boolean {
    return this.#failed !== undefined && index > this.#failed.index;
  }
}
