import { isLet } from '../value/label.ts';
import type { NodeState } from './node-state.ts';
import type { Vertex } from './vertex.ts';

/** A finalized vertex's fields need their states no longer; with them goes what they knew of disjuncts. */
export function releaseArcStates(v: Vertex): void {
  if (!releaseOwn(v)) return;
  for (const arc of v.arcs) {
    const n = arc.state;
    if (n === undefined || n.retained > 0) continue;
    if (arc.derefDisjunct() !== arc) releaseAll(arc);
    drop(n);
  }
}

/** Drops the states of a vertex and all that is under it. */
export function releaseAll(v: Vertex): void {
  const n = v.state;
  if (n !== undefined) {
    releaseInline(n);
    releaseValues(v);
    drop(n);
  }
  releasePatterns(v);
  for (const arc of v.arcs) releaseAll(arc);
}

export function clearArcs(v: Vertex): void {
  for (const arc of v.arcs) releaseAll(arc);
  v.arcs = [];
}

function releaseOwn(v: Vertex): boolean {
  const n = v.state;
  if (n !== undefined) {
    releaseInline(n);
    if (n.isDisjunct) return false;
    if (n.retained === 0) {
      releaseValues(v);
      if (v.parent === undefined || isLet(v.label)) drop(n);
    }
  }
  releasePatterns(v);
  return true;
}

function releaseInline(n: NodeState): void {
  const inline = n.inline;
  n.inline = [];
  for (const v of inline) releaseAll(v);
}

function releasePatterns(v: Vertex): void {
  for (const p of v.patterns ?? []) {
    if (p.constraint.state !== undefined) releaseOwn(p.constraint);
  }
}

function releaseValues(v: Vertex): void {
  const base = v.base;
  if (base?.tag !== 'disjunction' && base?.tag !== 'conjunction') return;
  for (const value of base.values) if (value.tag === 'vertex') releaseAll(value);
}

function drop(n: NodeState): void {
  if (n.node.state === n) n.node.state = undefined;
  n.released = true;
  n.context.freeTasks.push(...n.tasks);
  n.tasks = [];
  n.next = 0;
}
