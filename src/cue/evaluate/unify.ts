import { addBottom, combine, CYCLE_PLACEHOLDER, isCyclePlaceholder } from './bottom.ts';
import { checkTypos } from './check-closed.ts';
import { completeArcs, evaluateArcTypes, finalizeDisjunctions } from './complete-arcs.ts';
import type { Condition, Mode } from './condition.ts';
import {
  ALL_KNOWN,
  ANCESTORS_PROCESSED,
  ARC_TYPE_KNOWN,
  ATTEMPT,
  FIELD_SET_KNOWN,
  FINALIZE,
  IGNORE,
  PENDING_KNOWN,
  SCALAR_KNOWN,
  SUBFIELDS_PROCESSED,
  YIELD,
} from './condition.ts';
import type { Context } from './context.ts';
import { isStructuralCycle, hasAncestor, hasDepthCycle, reportCycle } from './cycle.ts';
import { isConcrete } from './concreteness.ts';
import type { NodeState } from './node-state.ts';
import { allChildConjunctsKnown, meets, process, signal } from './scheduler.ts';
import { finalizeSharing } from './sharing.ts';
import { getState, updateScalar } from './state.ts';
import { validateNode } from './validate-node.ts';
import { clearArcs, releaseArcStates } from './release.ts';
import { walkOn } from './walk.ts';
import type { Vertex } from './vertex.ts';
import { EVALUATING, FINALIZED, NO_CYCLE, PENDING, UNPROCESSED } from './vertex.ts';

/** Evaluates a vertex to its end, with its fields; errors around it are not touched. */
export function finalize(context: Context, v: Vertex): void {
  if (v.status === FINALIZED) return;
  const errors = context.errors;
  context.errors = undefined;
  unify(context, v, ALL_KNOWN, FINALIZE, true);
  context.errors = errors;
}

/**
 * Evaluates a vertex until the conditions hold, as far as the mode allows; whether they hold.
 */
export function unify(context: Context, v: Vertex, needs: Condition, mode: Mode, closed: boolean): boolean {
  if (mode === IGNORE) return false;
  const n = getState(context, v);
  if (n === undefined) return true;
  n.retained++;
  context.budget.enter();
  try {
    return evaluate(context, n, needs, mode, closed);
  } finally {
    context.budget.leave();
    n.retained--;
    if (v.state !== undefined && v.status === FINALIZED) releaseArcStates(v);
  }
}

function evaluate(context: Context, n: NodeState, needs: Condition, mode: Mode, closed: boolean): boolean {
  const v = n.node;
  if (!v.rooted() || allChildConjunctsKnown(context, v.parent) || mode === FINALIZE)
    signal(n, ANCESTORS_PROCESSED);

  const ownNeeds = needs & ~SUBFIELDS_PROCESSED;
  v.base ??= CYCLE_PLACEHOLDER;
  updateScalar(n);
  if (ownNeeds === (SCALAR_KNOWN | ARC_TYPE_KNOWN) && meets(n, ownNeeds)) return true;

  // Under evaluation at this very depth: a reference to itself. Go on only where fields or an end are asked for.
  if (v.status === EVALUATING && n.depthOfEvaluation === context.depth) {
    if (mode !== FINALIZE && mode !== YIELD && (needs & FIELD_SET_KNOWN) === 0) return false;
  }
  v.status = EVALUATING;

  const depth = n.depthOfEvaluation;
  n.depthOfEvaluation = context.depth;
  try {
    if (v.arcType === PENDING) settlePending(context, n, needs, closed);
    process(n, ownNeeds, mode);
    // Where a task of the vertex has finished it, CUE asks the vertex once more.
    if (n.released) throw context.budget.fault();
    if (v.arcType !== PENDING && meets(n, ANCESTORS_PROCESSED) && n.tasks.length === n.next)
      signal(n, ARC_TYPE_KNOWN);

    const saved = context.pushArc(v);
    try {
      return conclude(context, n, needs, mode, closed);
    } finally {
      context.pushArc(saved);
    }
  } finally {
    n.depthOfEvaluation = depth;
  }
}

/** Whether the field is there may depend on fields of its own. */
function settlePending(context: Context, n: NodeState, needs: Condition, closed: boolean): void {
  process(n, PENDING_KNOWN, ATTEMPT);
  if (n.node.arcType !== PENDING) return;
  const { arcs } = n.node;
  for (let i = 0, count = arcs.length; i < count; i++) {
    walkOn(context, n.node, arcs);
    const a = arcs[i];
    if (a !== undefined) unify(context, a, needs, ATTEMPT, closed);
  }
}

function conclude(context: Context, n: NodeState, needs: Condition, mode: Mode, closed: boolean): boolean {
  const v = n.node;
  const disjunct = v.derefDisjunct();
  if (disjunct !== v) {
    v.closedRecursive = disjunct.closedRecursive;
    v.status = disjunct.status;
    v.childErrors = combine(v.childErrors, disjunct.childErrors);
    clearArcs(v);
    return disjunct.status === FINALIZED || disjunct.state === undefined || meets(disjunct.state, needs);
  }
  updateScalar(n);

  const ownNeeds = needs & ~SUBFIELDS_PROCESSED;
  if (!meets(n, ownNeeds) && mode !== FINALIZE) return false;

  if (n.isShared) {
    if (isCyclePlaceholder(n.originalBase)) n.originalBase = undefined;
  } else {
    if (isCyclePlaceholder(v.base)) v.base = undefined;
    validateNode(n);
  }

  const shared = v.base?.tag === 'vertex' ? v.base : undefined;
  if (shared !== undefined && n.sharedCycle === NO_CYCLE) {
    if (hasDepthCycle(context, shared)) {
      reportCycle(n);
      return true;
    }
    unify(context, shared, needs, mode, closed);
  }

  if ((n.completed & SUBFIELDS_PROCESSED) === 0) {
    if ((needs & SUBFIELDS_PROCESSED) !== 0) processFields(context, n, needs, mode, closed);
    else if ((needs & FIELD_SET_KNOWN) !== 0) evaluateArcTypes(n, mode);
  }

  recordErrors(context, n);
  finalizeDisjunctions(n);
  if (mode === ATTEMPT) return meets(n, needs);

  const met = n.completed & needs;
  if (met !== 0) signal(n, met);

  const target = v.deref();
  if (target !== v) return concludeShared(context, n, target, needs, mode, closed);
  if ((n.completed & SUBFIELDS_PROCESSED) === 0) return meets(n, needs);

  context.depth++;
  let blockClose = n.hasTop;
  if (n.hasStruct) blockClose = false;
  if (n.hasOpenValidator) blockClose = true;
  if (n.isDefinition && !blockClose) v.closedRecursive = true;
  if (closed) checkTypos(n);
  v.status = FINALIZED;
  context.depth--;
  return meets(n, needs);
}

function processFields(context: Context, n: NodeState, needs: Condition, mode: Mode, closed: boolean): void {
  const v = n.node;
  if (!isStructuralCycle(n) && v.status !== FINALIZED && n.kind !== 0) {
    completeArcs(n, needs, mode, closed);
  }
  if (mode === FINALIZE) signal(n, SUBFIELDS_PROCESSED);

  const value = v.value();
  if (value === undefined || !isConcrete(value)) return;
  const checks = n.checks;
  n.checks = [];
  for (const check of checks) {
    const b = context.machine.validate(context, check, v);
    if (b !== undefined) addBottom(n, b);
  }
}

function recordErrors(context: Context, n: NodeState): void {
  const err = combine(n.errors, context.takeErrors());
  n.errors = err;
  if (err === undefined) return;
  n.errors = undefined;
  const own = n.node.bottom();
  n.node.base = own === undefined ? err : (combine(own, err) ?? err);
}

/** A vertex that stands for another one: that one must be as far as is asked of this one. */
function concludeShared(
  context: Context,
  n: NodeState,
  target: Vertex,
  needs: Condition,
  mode: Mode,
  closed: boolean,
): boolean {
  const v = n.node;
  clearArcs(v);
  v.childErrors = undefined;
  if ((n.completed & SUBFIELDS_PROCESSED) === 0) {
    if (target.status === UNPROCESSED) unify(context, target, needs, mode, false);
    return meets(n, needs);
  }
  if (target.closedRecursive) v.closedRecursive = true;
  if (target.hasEllipsis) v.hasEllipsis = true;
  v.status = target.status;
  finalizeSharing(n);
  if (hasAncestor(n, target)) {
    reportCycle(n);
    return true;
  }
  unify(context, target, needs, mode, closed);
  return true;
}
