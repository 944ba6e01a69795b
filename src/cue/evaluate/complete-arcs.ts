import { kindName, STRUCT_KIND } from '../value/kind.ts';
import { isLet, isString, labelText } from '../value/label.ts';
import { CYCLE, EVALUATION, INCOMPLETE, USER } from '../value/value.ts';
import type { Bottom } from '../value/value.ts';
import { addChildError, addError, bottomOf, combine, unwrap } from './bottom.ts';
import { kindOf } from './concreteness.ts';
import type { Condition, Mode } from './condition.ts';
import { ALL_KNOWN, ARC_TYPE_KNOWN, FINALIZE, IGNORE } from './condition.ts';
import type { Context } from './context.ts';
import { conjunctPositions } from './conjunct.ts';
import { resolveDefault } from './default.ts';
import { combineErrors as joinDisjuncts } from './disjunction-error.ts';
import type { NodeState } from './node-state.ts';
import { IS_DEFAULT, NOT_DEFAULT } from './node-state.ts';
import { clearArcs } from './release.ts';
import { finalizeSharing } from './sharing.ts';
import { completeNodeTasks } from './state.ts';
import type { Vertex } from './vertex.ts';
import { dropAbsent, walkOn } from './walk.ts';
import { FINALIZED, NOT_PRESENT, PENDING, REQUIRED } from './vertex.ts';

/** Evaluates all fields of a vertex; their errors become its own. */
export function completeArcs(n: NodeState, needs: Condition, mode: Mode, checkTypos: boolean): void {
  const { context, node } = n;
  completeNodeTasks(n, FINALIZE);
  context.depth++;
  try {
    const closed = checkTypos && !n.hasDisjunction;
    // Fields may come while others are evaluated.
    for (let i = 0; i < node.arcs.length; i++) {
      const a = node.arcs[i];
      if (a === undefined || (mode === FINALIZE && context.settle?.(n, a) === true)) continue;
      context.machine.unify(context, a, needs, mode, closed);
      if (a.arcType === PENDING) {
        a.arcType = NOT_PRESENT;
        continue;
      }
      if (a.arcType <= REQUIRED && isString(a.label) && (n.kind & STRUCT_KIND) === 0) mismatch(n, a);
    }
    dropAbsent(node);
    for (const a of node.arcs) {
      if (isLet(a.label) || a.arcType > REQUIRED) continue;
      const b = a.bottom();
      if (b !== undefined) addChildError(n, b);
    }
    for (const check of n.postChecks) postCheck(context, n, check);
    finalizeSharing(n);
    node.structs = node.structs.filter((info) => context.counted.has(info.struct));
  } finally {
    context.depth--;
  }
}

function mismatch(n: NodeState, a: Vertex): void {
  if (n.node.bottom() !== undefined || a.bottom() !== undefined) return;
  addError(n, () => `cannot combine regular field ${labelText(a.label)} with ${kindName(kindOf(n.node))}`, {
    at: conjunctPositions(a),
  });
}

/**
 * What a condition found out of a value must still hold of it at the end. As in CUE, a task that is suspended here
 * leaves the environment of the check behind.
 */
function postCheck(context: Context, n: NodeState, check: NodeState['postChecks'][number]): void {
  const at = 'at' in check.x ? check.x.at : undefined;
  const frame = context.pushState(check.env, at);
  const v = context.machine.evaluateState(context, check.x, {
    condition: ALL_KNOWN,
    mode: IGNORE,
    final: true,
  });
  const value = unwrap(resolveDefault(context, v));
  if ((value?.tag === 'bottom') !== check.expectError) {
    const b = bottomOf(
      CYCLE,
      n.node,
      () => 'circular dependency in evaluation of conditionals: value changed after evaluation',
      {
        at: [at],
      },
    );
    n.node.base = combine(n.node.value(), b) ?? b;
    n.node.status = FINALIZED;
  }
  context.popState(frame);
}

export function evaluateArcTypes(n: NodeState, mode: Mode): void {
  if (n.released) throw n.context.budget.fault();
  const { context, node } = n;
  const arcs = node.arcs;
  for (let i = 0, count = arcs.length; i < count; i++) {
    walkOn(context, node, arcs);
    const a = arcs[i];
    if (a?.arcType !== PENDING) continue;
    context.machine.unify(context, a, ARC_TYPE_KNOWN, mode, false);
    if ((a as { readonly arcType: number }).arcType === PENDING) a.arcType = NOT_PRESENT;
  }
}

/** What is left of a vertex's disjuncts becomes its value. */
export function finalizeDisjunctions(n: NodeState): void {
  if (n.disjuncts.length === 0) return;
  let failed = 0;
  for (const x of n.disjuncts) {
    if (x.released) throw n.context.budget.fault();
    x.node.conjuncts = [];
    const b = combine(x.errors, n.context.takeErrors());
    x.errors = b;
    if (b === undefined) continue;
    if (b.code === USER) n.userErrors.push(b);
    else n.disjunctErrors.push(b);
    failed++;
  }
  const v = n.node;
  if (n.disjuncts.length === failed) {
    v.base = emptyDisjunction(n);
    v.status = FINALIZED;
    return;
  }
  let marked = n.disjuncts.some((x) => x.defaultMode === IS_DEFAULT);
  const values: Vertex[] = [];
  let defaults = 0;
  n.disjuncts.forEach((x, i) => {
    if (x.defaultMode === IS_DEFAULT) {
      const moved = values[defaults];
      if (moved !== undefined) values[i] = moved;
      values[defaults++] = x.node;
      return;
    }
    if (x.defaultMode === NOT_DEFAULT) marked = true;
    values[i] = x.node;
  });
  v.base =
    n.defaultAttempt === undefined || defaults === 1
      ? { tag: 'disjunction', values, defaults, marked }
      : bottomOf(CYCLE, v, () => 'cycle across unresolved disjunction');
  clearArcs(v);
  v.childErrors = undefined;
}

function emptyDisjunction(n: NodeState): Bottom {
  let code = n.disjunctErrors.length > 0 ? EVALUATION : INCOMPLETE;
  for (const b of n.disjunctErrors) if (b.code > code) code = b.code;
  return joinDisjuncts(n, code);
}
