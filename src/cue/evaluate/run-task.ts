import { COST } from '../limits.ts';
import type { Mode } from './condition.ts';
import { ATTEMPT, NEVER_KNOWN } from './condition.ts';
import { addBottom, combine } from './bottom.ts';
import type { Task } from './task.ts';
import { CANCELLED, FAILED, RUNNING, SUCCEEDED, WAITING } from './task.ts';

/** Thrown to leave a task that waits for something; never seen outside of the scheduler. */
export const Suspension = { suspended: true } as const;

/** Runs a task unless it ran; a task that suspends itself is left for later. */
export function runTask(t: Task, mode: Mode): void {
  if (t.defunct) {
    t.status = CANCELLED;
    return;
  }
  if (t.status === SUCCEEDED || t.status === FAILED) return;

  const n = t.node;
  const context = n.context;
  if (n.released) throw context.budget.fault();
  context.budget.step(COST.task);
  context.scope.push(n);
  const vertex = context.pushArc(n.node);
  context.stack.push(t);
  const frame =
    t.env === undefined
      ? undefined
      : context.pushConjunct({ env: t.env, x: noNode, origin: t.origin }, positionOf(t));
  try {
    t.status = RUNNING;
    t.error = undefined;
    t.runner.run(context, t, mode);
    finish(t);
  } catch (thrown) {
    if (thrown !== Suspension) throw thrown;
    if (statusOf(t) === RUNNING) t.status = t.error === undefined ? SUCCEEDED : FAILED;
  } finally {
    if (frame !== undefined) context.popState(frame);
    context.stack.pop();
    context.pushArc(vertex);
    context.scope.pop();
  }
  if (n.toComplete) {
    n.toComplete = false;
    context.machine.completeNodeTasks(n, ATTEMPT);
  }
}

const noNode = { tag: 'top' } as const;

const statusOf = (t: Task): number => t.status;

const positionOf = (t: Task) => (t.x !== undefined && t.x.tag !== 'vertex' ? t.x.at : undefined);

function finish(t: Task): void {
  if (statusOf(t) === WAITING) return;
  const n = t.node;
  t.blockedOn = undefined;
  t.blockCondition = NEVER_KNOWN;
  t.error = combine(t.error, n.context.takeErrors());
  t.status = t.error === undefined ? SUCCEEDED : FAILED;
  addBottom(n, t.error);
  const completes = t.completes;
  t.completes = 0;
  n.context.machine.decrement(n, completes);
}
