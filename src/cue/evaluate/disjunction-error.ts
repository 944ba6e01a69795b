import type { Bottom, Issue } from '../value/value.ts';
import { bottomOf } from './bottom.ts';
import { conjunctPositions } from './conjunct.ts';
import type { NodeState } from './node-state.ts';

const MOST_BRANCHES = 16;

/** One error for all disjuncts that failed, with the reason of each; an author's own error before all others. */
export function combineErrors(n: NodeState, code: number): Bottom {
  const errors = n.userErrors.length > 0 ? n.userErrors : n.disjunctErrors;
  const branches: Issue[] = errors.flatMap((b) => b.issues.slice(0, 1)).slice(0, MOST_BRANCHES);
  const count = errors.length;
  return bottomOf(code, n.node, () => `${count} errors in empty disjunction`, {
    at: conjunctPositions(n.node),
    branches,
  });
}
