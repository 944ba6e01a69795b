import { Budget } from './evaluate/budget.ts';
import { Chance } from './evaluate/chance.ts';
import type { CueLimits } from './limits.ts';
import type { SourceFile } from './syntax/ast.ts';
import { CueError } from './syntax/cue-error.ts';

/** How many further orders are tried where the order may matter, and what all of them together may use. */
const OTHER_ORDERS = 40;
const OTHER_STEPS = 4;

type Asked = {
  readonly file: SourceFile;
  readonly limits: CueLimits;
  /** Steps that the document allows for. */
  readonly more: number;
};

/**
 * What an evaluation comes to, whatever chance decides in CUE; where it decides between pass and fail, cosign's answer
 * changes from one call to the next, and there is none here.
 *
 * @throws CUE_UNSUPPORTED and what the evaluation throws
 */
export function inEveryOrder<T>(
  { file, limits, more }: Asked,
  evaluate: (budget: Budget, chance: Chance) => T,
  passes: (result: T) => boolean,
): T {
  const first = new Chance(0);
  const result = evaluate(new Budget(limits, file, more), first);
  if (!first.asked) return result;
  const budget = new Budget(limits, file, more + (OTHER_STEPS - 1) * limits.steps);
  for (let trial = 1; trial <= OTHER_ORDERS; trial++) {
    if (passes(evaluate(budget, new Chance(trial))) === passes(result)) continue;
    throw new CueError('CUE_UNSUPPORTED', 'CUE v0.16.1 leaves the verdict on this policy to chance', file, 0);
  }
  return result;
}
