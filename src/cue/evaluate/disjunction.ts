import { CYCLE, EVALUATION, USER } from '../value/value.ts';
import type { Bottom } from '../value/value.ts';
import { isLet } from '../value/label.ts';
import { bottomOf, isCyclePlaceholder } from './bottom.ts';
import type { Mode } from './condition.ts';
import { ALL_KNOWN, ATTEMPT, FINALIZE } from './condition.ts';
import type { Context } from './context.ts';
import { combineErrors } from './disjunction-error.ts';
import { appendDisjunct } from './disjunct-equality.ts';
import type { DefaultMode, Disjunct, NodeState, PendingDisjunction } from './node-state.ts';
import { IS_DEFAULT, MAYBE_DEFAULT, NOT_DEFAULT } from './node-state.ts';
import { Cloning } from './overlay.ts';
import { releaseAll } from './release.ts';
import { signal } from './scheduler.ts';
import { completeNodeTasks, getState } from './state.ts';
import { walkOn } from './walk.ts';
import type { Vertex } from './vertex.ts';
import { MEMBER, REQUIRED, UNPROCESSED } from './vertex.ts';

/** The cross product of all disjunctions of a vertex with what else it is: what fails is eliminated. */
export function processDisjunctions(n: NodeState): Bottom | undefined {
  const { context } = n;
  const pending = n.disjunctions;
  n.disjunctions = [];
  if (!initArcs(context, n.node)) return errorOf(n);
  const outer = outerMode(n.node);

  let cross: NodeState[] = [n];
  for (const [i, d] of pending.entries()) {
    const last = i === pending.length - 1;
    const mode = last ? (outer === 0 ? FINALIZE : outer) : ATTEMPT;
    const results = crossProduct(n, cross, d, mode);
    if (results.length === 0) return collectErrors(n, d);
    if (i > 0) for (const x of cross) releaseAll(x.node);
    cross = results;
  }
  return conclude(n, cross);
}

/** An enclosing disjunction with open holes: nothing within may be finalized yet. */
function outerMode(v: Vertex): Mode {
  for (let p: Vertex | undefined = v; p !== undefined; p = p.parent) {
    if (p.isDisjunct) return p.state === undefined ? FINALIZE : p.state.mode;
  }
  return 0;
}

function conclude(n: NodeState, cross: readonly NodeState[]): Bottom | undefined {
  const [only] = cross;
  if (cross.length === 1 && only !== undefined) {
    n.node.base = only.node;
    if (n.defaultMode === MAYBE_DEFAULT) n.defaultMode = only.defaultMode;
    if (n.defaultAttempt !== undefined && n.defaultMode !== IS_DEFAULT) {
      const b = bottomOf(CYCLE, undefined, () => 'ambiguous default elimination');
      n.node.base = b;
      return b;
    }
  } else {
    n.disjuncts.push(...cross);
  }
  let completed = 0;
  let defaults = 0;
  const [first] = n.disjuncts;
  if (n.disjuncts.length === 1 && first !== undefined) completed = first.completed;
  for (const d of n.disjuncts) {
    if (d.defaultMode !== IS_DEFAULT) continue;
    defaults++;
    completed = d.completed;
  }
  if (defaults === 1 || n.disjuncts.length === 1) signal(n, completed);
  return undefined;
}

function initArcs(context: Context, v: Vertex): boolean {
  const { arcs } = v;
  for (let i = 0, count = arcs.length; i < count; i++) {
    walkOn(context, v, arcs);
    const a = arcs[i];
    if (a === undefined) continue;
    const s = getState(context, a);
    if (s?.errors !== undefined) {
      if (a.arcType === MEMBER) return false;
    } else if (!initArcs(context, a)) return false;
  }
  return true;
}

function crossProduct(
  n: NodeState,
  cross: readonly NodeState[],
  d: PendingDisjunction,
  mode: Mode,
): NodeState[] {
  const { context } = n;
  const depth = n.depthOfEvaluation;
  n.depthOfEvaluation = context.depth;
  const results: NodeState[] = [];
  let leftDrops = true;
  let rightDrops = true;
  try {
    for (const p of cross) {
      initArcs(context, p.node);
      for (const disjunct of d.disjuncts) {
        const r = tryDisjunct(p, d, disjunct, mode, n.node);
        if (!('node' in r && 'tasks' in r)) {
          if (r.code === USER) n.userErrors.push(r);
          disjunct.error = r;
          continue;
        }
        results.push(r);
        if (p.defaultMode === IS_DEFAULT || p.originalDefaultMode === IS_DEFAULT) leftDrops = false;
        if (disjunct.mode === IS_DEFAULT) rightDrops = false;
      }
    }
  } finally {
    n.depthOfEvaluation = depth;
  }
  return collect(context, results, leftDrops, rightDrops);
}

/** Unrolls nested disjunctions, with the defaults of both levels. */
function collect(
  context: Context,
  results: readonly NodeState[],
  leftDrops: boolean,
  rightDrops: boolean,
): NodeState[] {
  const into: NodeState[] = [];
  let decided = false;
  for (const r of results) {
    if (r.disjuncts.length === 0) {
      r.defaultMode = join(r.defaultMode, r.originalDefaultMode, leftDrops, rightDrops);
      appendDisjunct(context, into, r);
      continue;
    }
    for (const x of r.disjuncts) {
      const mode = later(r.originalDefaultMode, x.defaultMode);
      x.defaultMode = join(r.defaultMode, mode, leftDrops, false);
      if (x.defaultMode !== MAYBE_DEFAULT) decided = true;
      appendDisjunct(context, into, x);
    }
  }
  if (decided) for (const r of into) if (r.defaultMode === MAYBE_DEFAULT) r.defaultMode = NOT_DEFAULT;
  return into;
}

const later = (a: DefaultMode, b: DefaultMode): DefaultMode => (a > b ? a : b);

const join = (a: DefaultMode, b: DefaultMode, dropsA: boolean, dropsB: boolean): DefaultMode =>
  later(dropsA ? MAYBE_DEFAULT : a, dropsB ? MAYBE_DEFAULT : b);

function collectErrors(n: NodeState, d: PendingDisjunction): Bottom {
  let code = EVALUATION;
  for (const { error } of d.disjuncts) {
    if (error === undefined || error.code === USER) continue;
    if (error.code > code) ({ code } = error);
    n.disjunctErrors.push(error);
  }
  return combineErrors(n, code);
}

/** One disjunct unified into a copy of what the vertex is so far: the copy, or why it fails. */
function tryDisjunct(
  n: NodeState,
  d: PendingDisjunction,
  disjunct: Disjunct,
  mode: Mode,
  original: Vertex,
): NodeState | Bottom {
  const { context } = n;
  const cloning = new Cloning(context);
  completeNodeTasks(n, mode);
  n.blocking = [];
  const { blocking } = context;
  context.blocking = [];
  const forwards = !original.isDisjunct;
  const originalBase = original.base;

  const copy = cloning.cloneRoot(n);
  if (forwards) original.base = copy.node;
  context.overlays.push({ map: cloning.map, root: n.node });
  copy.mode = mode;
  const v = copy.node;
  const ownBase = n.node.base;
  n.node.base = v;
  try {
    v.status = UNPROCESSED;
    context.machine.scheduleConjunct(copy, { env: d.env, x: disjunct.value, origin: d.origin }, d.origin);
    cloning.unlink();
    copy.defaultMode = n.defaultMode;
    copy.originalDefaultMode = disjunct.mode;
    context.machine.unify(context, v, ALL_KNOWN, mode, true);

    const error = errorBelow(context, copy);
    if (error !== undefined && !isCyclePlaceholder(error)) {
      releaseAll(copy.node);
      return error;
    }
    const state = copy.node.derefDisjunct().state;
    if (state === undefined) throw context.budget.fault();
    state.originalDefaultMode = copy.originalDefaultMode;
    return state;
  } finally {
    cloning.unlink();
    n.node.base = ownBase;
    context.overlays.pop();
    cloning.forget();
    if (forwards) original.base = originalBase;
    context.blocking = blocking;
  }
}

function errorBelow(context: Context, n: NodeState): Bottom | undefined {
  const error = errorOf(n);
  if (error !== undefined) return error;
  for (const a of n.node.arcs.slice()) {
    if (a.arcType > REQUIRED || isLet(a.label)) return undefined;
    const state = getState(context, a);
    const below = state === undefined ? undefined : errorBelow(context, state);
    if (below !== undefined) return below;
  }
  return undefined;
}

function errorOf(n: NodeState): Bottom | undefined {
  const b = n.node.bottom();
  if (b !== undefined && !isCyclePlaceholder(b)) return b;
  return n.node.childErrors ?? n.errors ?? n.context.errors;
}
