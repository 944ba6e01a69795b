import { EdgesealError } from '#core/errors/error';
import type { Clock } from './http.ts';

/** How one attempt ended: with an answer, or so that it is made again. */
export type Attempt<T> =
  | { readonly answer: T }
  | {
      /** Milliseconds that whoever was asked wants to be left alone; undefined: a pause of ours. */
      readonly after: number | undefined;
      /** Says why it is not made again, after so many milliseconds that were asked for or meant. */
      readonly giveUp: (after: number) => never;
    };

export interface RepetitionBounds {
  readonly clock: Clock;
  /** The longest pause that is made, milliseconds: asked for each. */
  readonly patience: () => number;
}

/** Attempts at one question, and repetitions in all. */
const ATTEMPTS = 3;
const REPETITIONS = 10;
/** Milliseconds before the first repetition; four times as much before the next. */
const PAUSE = 250;

/** Asks again, within one budget: what was cut off, and what says to. */
export class Repetitions {
  readonly #bounds: RepetitionBounds;
  #left = REPETITIONS;

  constructor(bounds: RepetitionBounds) {
    this.#bounds = bounds;
  }

  /** @throws what the last attempt throws */
  async run<T>(make: () => Promise<Attempt<T>>): Promise<T> {
    for (let count = 1; ; count++) {
      const pause = PAUSE * 4 ** (count - 1);
      const attempt = await make().catch((error: unknown): Attempt<T> => {
        if (!isCutOff(error)) throw error;
        const giveUp = (): never => {
          throw error;
        };
        return { after: undefined, giveUp };
      });
      if ('answer' in attempt) return attempt.answer;
      const after = attempt.after ?? pause;
      if (count === ATTEMPTS || this.#left === 0 || after >= this.#bounds.patience())
        return attempt.giveUp(after);
      this.#left--;
      await this.#bounds.clock.wait(after);
    }
  }
}

/** Whether a connection could not be had, or ended too soon. */
export function isCutOff(error: unknown): boolean {
  return error instanceof EdgesealError && error.code === 'NETWORK_UNAVAILABLE';
}
