import type { CueCase } from '../case.ts';
import { Oracle, type OracleAnswer } from '../oracle.ts';
import type { OurAnswer } from '../ours.ts';
import { noAnswer, OurThread } from './ours-thread.ts';

/** A case, and what either evaluation says of it. */
export interface Answered {
  readonly asked: CueCase;
  readonly cosign: OracleAnswer;
  readonly ours: OurAnswer;
}

/** Cosign's evaluation and ours, side by side. */
export class Peers {
  readonly #oracle: Oracle;
  readonly #ours: OurThread;

  /** @param limit of cosign's evaluation for one case, and `patience` for ours */
  constructor(limit: string, patience: number) {
    this.#oracle = new Oracle(limit);
    this.#ours = new OurThread(patience);
  }

  async ask(cases: readonly CueCase[]): Promise<Answered[]> {
    const [spoken, own] = await Promise.all([this.#oracle.ask(cases), this.#ours.ask(cases)]);
    return cases.flatMap((asked, at) => {
      const [cosign, ours] = [spoken[at], own[at]];
      return cosign === undefined || ours === undefined ? [] : [{ asked, cosign, ours }];
    });
  }

  async end(): Promise<void> {
    await Promise.all([this.#oracle.end(), this.#ours.end()]);
  }
}

/** On a busy machine an answer can be late that comes when it is waited for. */
const isLate = ({ cosign, ours }: Answered): boolean =>
  cosign.verdict === 'TIMEOUT' || ours.reason === noAnswer.reason;

const TIMES = 5;

/**
 * Asked again, by processes that have answered nothing before, as cosign is for each image: what CUE keeps of one
 * evaluation can spoil the next. What changes from one process to another is no agreement.
 */
export async function askAlone(first: Answered, isWrong: (answer: Answered) => boolean): Promise<Answered> {
  let answer = first;
  for (let time = 0; time < (isLate(first) ? 1 : TIMES); time++) {
    const peers = new Peers('20s', 30_000);
    [answer = first] = await peers.ask([first.asked]);
    await peers.end();
    if (isWrong(answer)) break;
  }
  return answer;
}
