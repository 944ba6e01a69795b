import type { Resolver } from '../compile/expression.ts';
import { STRUCTURAL_CYCLE } from '../value/value.ts';
import { bottomOf, combine } from './bottom.ts';
import type { Context } from './context.ts';
import type { NodeState } from './node-state.ts';
import type { Environment, Origin, Vertex } from './vertex.ts';
import { FINALIZED, IS_CYCLIC, IS_OPTIONAL, MAYBE_CYCLIC, NO_CYCLE } from './vertex.ts';

type Detected = { readonly origin: Origin; readonly skip: boolean };

const go = (origin: Origin): Detected => ({ origin, skip: false });
const skip = (origin: Origin): Detected => ({ origin, skip: true });

/**
 * Follows the references that led a conjunct here. A reference to an ancestor, or again to what it referred to before,
 * is a structural cycle unless other conjuncts bring new structure; optional fields may go round once more. `skip`:
 * the conjunct adds nothing now.
 */
export function detectCycle(
  n: NodeState,
  arc: Vertex,
  env: Environment | undefined,
  x: Resolver,
  origin: Origin,
): Detected {
  if (hasAncestor(n, arc)) return markCyclic(n, arc, env, x, origin);
  if (n.hasNonCyclic && origin.cycle === MAYBE_CYCLIC) return go(origin);

  const target = arc.identity();
  for (let r = origin.references; r !== undefined; r = r.next) {
    if (r.arc.identity() === target) {
      if (r.node.identity() === n.node.identity()) return skip(origin);
      if (origin.cycle === IS_OPTIONAL && n.hasNonCyclic) {
        const maybe = { ...origin, cycle: MAYBE_CYCLIC };
        return r.depth === n.depth ? skip(maybe) : go({ ...maybe, references: undefined });
      }
      if (n.hasNonCycle && n.hasNonCyclic && r.depth !== n.depth) return go(origin);
      return markCyclicPath(n, arc, env, x, origin);
    }
    if (r.reference === x && arc.nonRooted) {
      if (r.node.identity() === n.node.identity()) return markCyclicPath(n, arc, env, x, origin);
      const p = arc.parent;
      if (
        r.arc.nonRooted &&
        p !== undefined &&
        p.isDynamic &&
        p.parent === undefined &&
        p.state?.hasAncestorCycle
      ) {
        return markCyclic(n, arc, env, x, origin);
      }
    }
  }
  const references = {
    reference: x,
    arc: target,
    node: n.node.identity(),
    next: origin.references,
    depth: n.depth,
  };
  return go({ ...origin, references });
}

function markCyclic(
  n: NodeState,
  arc: Vertex,
  env: Environment | undefined,
  x: Resolver,
  origin: Origin,
): Detected {
  const cyclic = { ...origin, cycle: IS_CYCLIC };
  n.hasCyclicConjunct = true;
  n.hasAncestorCycle = true;
  if (n.hasNonCycle || env === undefined) return go(cyclic);
  n.cyclic.push({ conjunct: { env, x, origin: cyclic }, arc });
  return skip(cyclic);
}

function markCyclicPath(
  n: NodeState,
  arc: Vertex,
  env: Environment | undefined,
  x: Resolver,
  origin: Origin,
): Detected {
  const cyclic = { ...origin, cycle: IS_CYCLIC };
  n.hasCyclicConjunct = true;
  if (n.hasNonCyclic || n.hasNonCycle || env === undefined) return go(cyclic);
  n.cyclic.push({ conjunct: { env, x, origin: cyclic }, arc });
  return skip(cyclic);
}

export function markNonCyclic(n: NodeState, origin: Origin): void {
  if (origin.cycle === NO_CYCLE || origin.cycle === IS_OPTIONAL) n.hasNonCyclic = true;
}

export const optional = (origin: Origin): Origin =>
  origin.cycle === NO_CYCLE ? { ...origin, cycle: IS_OPTIONAL } : origin;

/** Whether a vertex is under evaluation further out. */
export function hasDepthCycle(context: Context, v: Vertex): boolean {
  const s = v.state;
  return (
    s !== undefined &&
    v.status !== FINALIZED &&
    s.depthOfEvaluation > 0 &&
    s.depthOfEvaluation < context.depth
  );
}

export function hasAncestor(n: NodeState, arc: Vertex): boolean {
  if (hasDepthCycle(n.context, arc)) return true;
  if (n.node.parent === undefined) return false;
  const target = arc.identity();
  for (let p: Vertex | undefined = n.node.parent; p !== undefined; p = p.parent) {
    if (p.identity() === target) return true;
  }
  return false;
}

/** A conjunct that brings its own structure: those that waited for such a one go on. */
export function updateCyclic(n: NodeState, origin: Origin): void {
  n.hasFieldValue = true;
  if (origin.cycle === IS_CYCLIC) return;
  n.hasNonCycle = true;
  if (n.cyclic.length === 0) return;
  const cyclic = n.cyclic;
  for (let i = 0, count = cyclic.length; i < count; i++) {
    const c = cyclic[i];
    if (c === undefined) continue;
    const { conjunct, arc } = c;
    if (arc === undefined) n.context.machine.scheduleConjunct(n, conjunct, conjunct.origin);
    else n.context.machine.scheduleVertexConjuncts(n, conjunct, arc, conjunct.origin);
  }
  n.cyclic = [];
}

/** Whether a vertex is nothing but a cycle; then it is an error from now on. */
export function isStructuralCycle(n: NodeState): boolean {
  n.cyclic = [];
  const onlyCyclic = (n.hasAncestorCycle && !n.hasNonCycle) || (n.hasCyclicConjunct && !n.hasNonCyclic);
  if (onlyCyclic) reportCycle(n);
  return onlyCyclic;
}

export function reportCycle(n: NodeState): void {
  const b = bottomOf(STRUCTURAL_CYCLE, n.node, () => 'structural cycle', { at: [n.context.at] });
  n.node.base = combine(n.node.value(), b) ?? b;
  n.node.arcs = [];
}
