import type { NodeState, PendingDisjunction } from './node-state.ts';
import { scheduleTask } from './scheduler.ts';
import { DISJUNCTIONS } from './tasks.ts';
import { ROOT_ORIGIN } from './vertex.ts';

export function scheduleDisjunction(n: NodeState, d: PendingDisjunction): void {
  if (n.disjunctions.length === 0) scheduleTask(n, DISJUNCTIONS, undefined, undefined, ROOT_ORIGIN);
  n.disjunctions.push(d);
  n.hasDisjunction = true;
}
