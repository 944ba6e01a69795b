import type { CueCase } from './case.ts';
import { judge, type OurAnswer } from './ours.ts';

/** A case, and what we say of it. */
export interface Comparison<Case extends CueCase> {
  readonly asked: Case;
  readonly ours: OurAnswer;
}

/** Our answers, one by one; a policy that stands in neighbouring cases is compiled once for all of them. */
export function* answersTo<Case extends CueCase>(
  cases: readonly Case[],
  twice = false,
): Generator<Comparison<Case>> {
  let last: string | undefined;
  let evaluate = judge([]);
  for (const asked of cases) {
    const text = JSON.stringify(asked.policies);
    if (text !== last) evaluate = judge(asked.policies, twice);
    last = text;
    yield { asked, ours: evaluate(asked.document) };
  }
}

/** Whether an answer of ours contradicts cosign's; what we do not support contradicts nothing. */
export const contradicts = (cosign: string, { verdict, fault }: OurAnswer): boolean =>
  fault || (cosign === 'NONE' ? verdict === 'PASS' : verdict !== 'UNSUPPORTED' && verdict !== cosign);
