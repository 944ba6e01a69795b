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
export const isLate = ({ cosign, ours }: Answered): boolean =>
  cosign.verdict === 'TIMEOUT' || ours.reason === noAnswer.reason;

export async function askPatiently(late: Answered): Promise<Answered> {
  const peers = new Peers('20s', 30_000);
  const [answer = late] = await peers.ask([late.asked]);
  await peers.end();
  return answer;
}
