import type { CueCase } from './case.ts';
import { judge, type OurAnswer } from './ours.ts';

/** A case, what cosign says of it, and what we do. */
export interface Comparison<Case extends CueCase> {
  readonly asked: Case;
  readonly ours: OurAnswer;
}

/** Our answers; a policy that stands in neighbouring cases is compiled once for all of them. */
export function answerAll<Case extends CueCase>(cases: readonly Case[]): Comparison<Case>[] {
  let last: string | undefined;
  let evaluate = judge([]);
  return cases.map((asked) => {
    const text = JSON.stringify(asked.policies);
    if (text !== last) evaluate = judge(asked.policies);
    last = text;
    return { asked, ours: evaluate(asked.document) };
  });
}

/** Whether an answer of ours contradicts cosign's; what we do not support contradicts nothing. */
export const contradicts = (cosign: string, { verdict, fault }: OurAnswer): boolean =>
  fault || (cosign === 'NONE' ? verdict === 'PASS' : verdict !== 'UNSUPPORTED' && verdict !== cosign);
