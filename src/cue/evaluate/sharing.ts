import { isLet } from '../value/label.ts';
import { updateInfo } from './closedness.ts';
import { kindOf } from './concreteness.ts';
import type { NodeState } from './node-state.ts';
import { getState } from './state.ts';
import type { Conjunct, Origin, Vertex } from './vertex.ts';
import { IS_CYCLIC, NO_CYCLE } from './vertex.ts';

/** A vertex whose only conjunct is a reference stands for what it refers to, until another conjunct comes. */
export function shareIfPossible(n: NodeState, c: Conjunct, arc: Vertex, origin: Origin): boolean {
  const v = n.node;
  if (v.arcs.length > 0 || arc.nonRooted || arc.isDynamic || isLet(arc.label)) return false;
  if (origin.cycle === IS_CYCLIC && (v.nonRooted || v.isDynamic)) return false;
  if (n.noSharing || n.isShared || n.context.errors !== undefined) return false;
  if (v.closedRecursive && !arc.closedRecursive) return false;
  share(n, c, arc, origin);
  return true;
}

export function share(n: NodeState, c: Conjunct, arc: Vertex, origin: Origin): void {
  n.originalBase = n.node.base;
  n.node.base = arc;
  n.node.isShared = true;
  n.isShared = true;
  n.shared = c;
  addShared(n, origin);
  if (isDetached(arc) && !isLet(arc.label) && !arc.anonymous) {
    const state = getState(n.context, arc);
    if (state !== undefined) state.parent = n.node;
  }
}

function isDetached(v: Vertex): boolean {
  for (let x: Vertex | undefined = v; x !== undefined; x = x.state?.parent ?? x.parent) {
    if (x.rooted()) return false;
  }
  return true;
}

/** Another conjunct came: the reference's conjuncts are unified like all others. */
export function unshare(n: NodeState): void {
  n.noSharing = true;
  if (!n.isShared) return;
  n.isShared = false;
  n.node.isShared = false;
  const arc = n.node.base;
  const { shared } = n;
  n.node.base = n.originalBase;
  // an error in place of what is shared: CUE faults
  if (arc?.tag !== 'vertex' || shared === undefined) throw n.context.budget.fault();
  for (const origin of n.sharedOrigins.slice())
    n.context.machine.scheduleVertexConjuncts(n, shared, arc, origin);
  countShared(n);
}

export function addShared(n: NodeState, origin: Origin): void {
  if (n.sharedOrigins.length === 0 || n.sharedCycle < origin.cycle) n.sharedCycle = origin.cycle;
  n.sharedOrigins.push(origin);
}

function countShared(n: NodeState): void {
  if (n.shareDone) return;
  n.shareDone = true;
  for (const origin of n.sharedOrigins) updateInfo(n, kindOf(n.node), origin, 0);
}

export function finalizeSharing(n: NodeState): void {
  countShared(n);
  if (!n.isShared) return;
  const v = n.node.base;
  if (v?.tag === 'bottom') return;
  if (v?.tag !== 'vertex') throw n.context.budget.fault();
  if (n.sharedCycle === NO_CYCLE) n.context.machine.finalize(n.context, v);
  if (v.state?.parent !== undefined) v.parent = v.state.parent;
}
