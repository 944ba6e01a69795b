import type { Condition, Mode } from './condition.ts';
import {
  ANCESTORS_PROCESSED,
  ARC_TYPE_KNOWN,
  ATTEMPT,
  AUTO_UNBLOCK,
  CONDITION_COUNT,
  COUNTED,
  FIELD_CONJUNCTS_KNOWN,
  FIELD_SET_KNOWN,
  FINALIZE,
  NEED_FIELD_CONJUNCTS,
  NEED_TASKS_DONE,
  NEVER_KNOWN,
  SCALAR_KNOWN,
  SUBFIELDS_PROCESSED,
  VALUE_KNOWN,
  YIELD,
} from './condition.ts';
import type { Context } from './context.ts';
import type { NodeState } from './node-state.ts';
import type { Runner } from './task.ts';
import { READY, Task, WAITING } from './task.ts';
import { runTask, Suspension } from './run-task.ts';
import type { ConjunctNode, Environment, Origin, Vertex } from './vertex.ts';
import { MEMBER, NOT_PRESENT, PENDING, UNPROCESSED } from './vertex.ts';

/** Whether all the conditions hold that this vertex can provide at all. */
export function meets(n: NodeState, needs: Condition): boolean {
  const relevant = n.running ? needs & n.provided : needs;
  return (n.completed & relevant) === relevant;
}

export function blockOn(n: NodeState, condition: Condition): void {
  n.provided |= condition;
}

/** What follows from the conditions that are met. */
function completions(n: NodeState): Condition {
  let x = n.completed;
  const v = n.node;
  if ((x & ANCESTORS_PROCESSED) !== 0) {
    x |= COUNTED & ~n.provided;
    // A pending field may yet become one by a field of its own; so until these are processed nothing is known of it.
    if ((x & SUBFIELDS_PROCESSED) !== 0 && (n.counters[1] ?? 0) === 0) x |= ARC_TYPE_KNOWN;
  }
  if (v.arcType === MEMBER || v.arcType === NOT_PRESENT) x |= ARC_TYPE_KNOWN;
  else if ((x & ARC_TYPE_KNOWN) !== 0 && v.arcType === PENDING) v.arcType = NOT_PRESENT;

  if ((x & VALUE_KNOWN) !== 0 && (v.arcType === MEMBER || v.arcType === NOT_PRESENT)) x |= SCALAR_KNOWN;

  const needed = NEED_FIELD_CONJUNCTS | NEED_TASKS_DONE;
  if (
    (x & needed) === needed &&
    ((x & SUBFIELDS_PROCESSED) !== 0 || !v.arcs.some((a) => a.arcType === PENDING))
  ) {
    x |= FIELD_SET_KNOWN;
  }
  return x;
}

/** Conditions are met: tasks that waited for them run. */
export function signal(n: NodeState, met: Condition): void {
  if (n.released) throw n.context.budget.fault();
  const was = n.completed;
  n.completed |= met;
  if (was === n.completed) {
    n.frozen |= met;
    return;
  }
  n.completed |= completions(n);
  n.frozen |= met;
  const blocking = n.blocking;
  const count = blocking.length;
  for (let i = 0; i < count; i++) {
    const t = blocking[i];
    if (t === undefined || (t.blockCondition & n.completed) !== t.blockCondition) continue;
    t.blockCondition = NEVER_KNOWN;
    t.blockedOn = undefined;
    runTask(t, ATTEMPT);
  }
}

/** From now on nothing may change of what the condition says. */
export function freeze(n: NodeState, condition: Condition): void {
  n.frozen |= condition;
  n.completed |= condition;
  completions(n);
}

export function decrement(n: NodeState, completes: Condition): void {
  let left = completes & COUNTED;
  let met = 0;
  for (let i = 0; i < CONDITION_COUNT && left !== 0; i++) {
    const bit = 1 << i;
    if ((left & bit) === 0) continue;
    left &= ~bit;
    const count = (n.counters[i] ?? 0) - 1;
    n.counters[i] = count;
    if (count === 0) met |= bit;
  }
  signal(n, met);
}

function increment(n: NodeState, completes: Condition): void {
  const counted = completes & COUNTED;
  for (let i = 0; i < CONDITION_COUNT; i++) {
    if ((counted & (1 << i)) !== 0) n.counters[i] = (n.counters[i] ?? 0) + 1;
  }
}

export function scheduleTask(
  n: NodeState,
  runner: Runner,
  env: Environment | undefined,
  x: ConjunctNode | undefined,
  origin: Origin,
): Task {
  const t = Task.of(n, runner, env, x, origin);
  n.provided |= runner.completes;
  increment(n, runner.completes);
  const tasks = n.tasks;
  tasks.push(t);
  for (let i = tasks.length - 1; i > n.next; i--) {
    const before = tasks[i - 1];
    if (before === undefined || before.runner.priority <= runner.priority) break;
    tasks[i - 1] = t;
    tasks[i] = before;
  }
  return t;
}

/** Suspends a task until a vertex meets the conditions; the caller leaves it then by `suspend`. */
export function waitFor(t: Task, n: NodeState, needs: Condition): void {
  t.status = WAITING;
  t.blockCondition = needs;
  t.blockedOn = n;
  n.blocking.push(t);
  n.context.blocking.push(t);
}

export function suspend(): never {
  throw Suspension;
}

/** Runs a vertex's tasks. By mode: goes on whatever is known then, suspends the running task, or forces the blocked. */
export function process(n: NodeState, needs: Condition, mode: Mode): boolean {
  const context = n.context;
  signal(n, completions(n));
  n.running = true;

  for (;;) {
    while (n.next < n.tasks.length) {
      const t = n.tasks[n.next++];
      if (t !== undefined && t.status === READY) runTask(t, mode);
    }
    if (mode === YIELD) {
      if (meets(n, needs)) return true;
      const t = context.current();
      if (t !== undefined) {
        waitFor(t, n, needs);
        suspend();
      }
    } else if (mode !== FINALIZE) {
      return meets(n, needs);
    }
    if (unblock(n, context)) continue;
    context.blocking = [];
    return true;
  }
}

/**
 * Settles a deadlock: first what needs only that nothing changes any more, then everything that is blocked. Conditions
 * are frozen before any task runs, so that the order of the tasks does not matter. Whether new tasks came of it.
 */
function unblock(n: NodeState, context: Context): boolean {
  if (context.blocking.length === 0) return n.next < n.tasks.length;
  for (;;) {
    for (const t of context.blocking.slice()) {
      if (t.blockedOn !== undefined) signal(t.blockedOn, AUTO_UNBLOCK);
    }
    for (const t of context.blocking.slice()) {
      if (t.blockedOn === undefined) continue;
      freeze(t.blockedOn, t.blockCondition);
      t.unblocked = true;
    }
    const blocked = [...context.blocking];
    for (const t of blocked) {
      if (t.blockedOn === undefined || t.defunct) continue;
      const on = t.blockedOn;
      const condition = t.blockCondition;
      t.blockedOn = undefined;
      t.blockCondition = NEVER_KNOWN;
      signal(on, condition);
      runTask(t, ATTEMPT);
    }
    if (n.next < n.tasks.length) return true;
    if (blocked.length >= context.blocking.length) return false;
  }
}

/** Whether nothing more can come into a vertex's fields from the vertices around it. */
export function allChildConjunctsKnown(context: Context, v: Vertex | undefined): boolean {
  if (v === undefined) return true;
  if (v.isFinal() || (v.state === undefined && v.status !== UNPROCESSED)) return true;
  const n = context.machine.getState(context, v);
  return n === undefined || meets(n, FIELD_CONJUNCTS_KNOWN | ANCESTORS_PROCESSED);
}
