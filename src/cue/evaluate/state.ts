import { COST } from '../limits.ts';
import { CYCLE_PLACEHOLDER, isCyclePlaceholder } from './bottom.ts';
import type { Mode } from './condition.ts';
import {
  ANCESTORS_PROCESSED,
  ARC_TYPE_KNOWN,
  ATTEMPT,
  FIELD_CONJUNCTS_KNOWN,
  PENDING_KNOWN,
  SCALAR_KNOWN,
  VALUE_KNOWN,
} from './condition.ts';
import type { Context } from './context.ts';
import { NodeState } from './node-state.ts';
import { allChildConjunctsKnown, blockOn, process, signal } from './scheduler.ts';
import type { Origin, Vertex } from './vertex.ts';
import { FINALIZED, IS_CYCLIC } from './vertex.ts';
import { walkOn } from './walk.ts';
import { isDefinition, isLet } from '../value/label.ts';

/** The state of a vertex that is not finalized, made if it has none; its conjuncts may not be scheduled yet. */
export function getBareState(context: Context, v: Vertex): NodeState | undefined {
  if (v.status === FINALIZED) return undefined;
  if (v.state !== undefined) return v.state;
  const n = new NodeState(context, v);
  v.state = n;
  const parent = v.parent;
  if (parent?.state !== undefined) {
    n.isDisjunct = parent.state.isDisjunct;
    n.depth = parent.state.depth + 1;
    blockOn(n, ANCESTORS_PROCESSED);
  }
  blockOn(n, SCALAR_KNOWN | ARC_TYPE_KNOWN);
  if (isDefinition(v.label)) v.closedRecursive = true;
  if (parent !== undefined && parent.closedRecursive) v.closedRecursive = true;
  return n;
}

export function getState(context: Context, v: Vertex): NodeState | undefined {
  const n = getBareState(context, v);
  if (n !== undefined && !n.initialized) scheduleConjuncts(n);
  return n;
}

function scheduleConjuncts(n: NodeState): void {
  n.initialized = true;
  const v = n.node;
  const context = n.context;
  context.budget.step(COST.vertex);
  v.base = CYCLE_PLACEHOLDER;
  const saved = context.pushArc(v);
  for (let i = 0, count = v.conjuncts.length; i < count; i++) {
    const c = v.conjuncts[i];
    if (c !== undefined) context.machine.scheduleConjunct(n, c, withCycle(context, c.origin));
  }
  context.pushArc(saved);
}

/** What is known of a cycle around goes into the conjuncts within. */
function withCycle(context: Context, origin: Origin): Origin {
  const around = context.origin;
  return around.cycle === IS_CYCLIC
    ? { ...origin, cycle: around.cycle, references: around.references }
    : origin;
}

const isInitialized = (v: Vertex): boolean =>
  v.status === FINALIZED || (v.state !== undefined && v.state.initialized);

export const isInProgress = (v: Vertex): boolean =>
  v.status !== FINALIZED && v.state !== undefined && v.state.initialized;

/** A scalar becomes the value as soon as it is known, but never replaces an error. */
export function updateScalar(n: NodeState): void {
  if (n.scalar === undefined) return;
  if (n.node.bottom() !== undefined && !isCyclePlaceholder(n.node.base)) return;
  const base = n.node.base;
  if (base?.tag !== 'vertex' || !base.isDisjunct) n.node.base = n.scalar;
  signal(n, SCALAR_KNOWN);
}

/** Runs what can be run of a vertex's tasks, those of the vertices around it first. */
export function completeNodeTasks(n: NodeState, mode: Mode): void {
  if (mode === ATTEMPT && !isInitialized(n.node)) return;
  if (n.completing > 0) return;
  if (n.released) throw n.context.budget.fault();
  n.context.budget.step(2);
  n.completing++;
  try {
    const v = n.node;
    const within = isLet(v.label);
    const parent = v.parent;
    if (!within && parent?.state !== undefined && !v.isDynamic && (n.completed & ANCESTORS_PROCESSED) === 0) {
      completeNodeTasks(parent.state, mode);
    }
    if (v.isDynamic || within || allChildConjunctsKnown(n.context, v.parent)) signal(n, ANCESTORS_PROCESSED);
    if (n.tasks.length !== n.next) {
      process(n, VALUE_KNOWN | FIELD_CONJUNCTS_KNOWN, mode);
      updateScalar(n);
    }
    // Where a task of the vertex has finished it, CUE asks the vertex once more.
    if (n.released) throw n.context.budget.fault();
  } finally {
    n.completing--;
  }
}

/** Settles which fields are there, down to the deepest comprehension that may add one. */
export function completePending(n: NodeState, mode: Mode): void {
  if (n.released) throw n.context.budget.fault();
  // The fields that are there now: what their comprehensions add is not settled here.
  const { arcs } = n.node;
  for (let i = 0, count = arcs.length; i < count; i++) {
    walkOn(n.context, n.node, arcs);
    const a = arcs[i];
    const state = a === undefined ? undefined : getState(n.context, a);
    if (state !== undefined) completePending(state, mode);
  }
  process(n, PENDING_KNOWN, mode);
}
