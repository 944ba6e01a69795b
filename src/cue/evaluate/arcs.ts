import type { Label } from '../value/label.ts';
import { isLet, labelText } from '../value/label.ts';
import type { Value } from '../value/value.ts';
import { updateArcType } from './arc-type.ts';
import { addReplacement } from './closedness.ts';
import { FIELD_SET_KNOWN } from './condition.ts';
import { findConjunct, sameEnvironment } from './conjunct.ts';
import { markNonCyclic } from './cycle.ts';
import { equal } from './equal.ts';
import { matchesPattern } from './match-pattern.ts';
import type { NodeState } from './node-state.ts';
import { getBareState, isInProgress } from './state.ts';
import type { ArcType, Conjunct, Origin } from './vertex.ts';
import { Environment, FINALIZED, NOT_PRESENT, Vertex } from './vertex.ts';

/** Adds a conjunct to a field, which is made if it is not there, with what patterns say of it. */
export function insertArc(
  n: NodeState,
  label: Label,
  type: ArcType,
  conjunct: Conjunct,
  origin: Origin,
  check: boolean,
): Vertex {
  const { context, node } = n;
  const known = node.arc(label);
  const v = known ?? addArc(n, label, type);
  if (known !== undefined) {
    if (isLet(label)) known.multiLet = true;
    updateArcType(context, known, type);
  }
  const saved = context.pushArc(v);
  const added = insertConjunct(n, v, conjunct, origin, type, check);
  if (added && known === undefined) {
    for (const p of node.patterns ?? []) {
      if (!matchesPattern(context, p.pattern, label)) continue;
      for (const c of p.constraint.conjuncts.slice()) addConstraint(n, v, type, c, check);
    }
  }
  context.pushArc(saved);
  return v;
}

function addArc(n: NodeState, label: Label, type: ArcType): Vertex {
  const parent = n.node;
  const v = new Vertex(parent, label);
  v.arcType = type;
  v.nonRooted = parent.isDynamic || parent.nonRooted;
  v.anonymous = parent.anonymous || isLet(parent.label);
  if ((n.frozen & FIELD_SET_KNOWN) !== 0) {
    n.context.add(
      n.context.fail(
        () => `adding field ${labelText(label)} not allowed as field set was already referenced`,
      ),
    );
    v.arcType = NOT_PRESENT;
  }
  parent.arcs.push(v);
  return v;
}

function insertConjunct(
  parent: NodeState,
  v: Vertex,
  c: Conjunct,
  origin: Origin,
  type: ArcType,
  check: boolean,
): boolean {
  const { context } = parent;
  const n = getBareState(context, v);
  if (n === undefined) return false;
  context.budget.step();
  markNonCyclic(n, origin);
  updateArcType(context, v, type);
  const known = check ? findConjunct(context, v.conjuncts, c) : undefined;
  if (known === undefined) v.conjuncts.push(c);
  else if (known.origin.id !== 0 && known.origin.generation === context.generation) {
    addReplacement(n, { from: origin.id, to: known.origin.id });
  }
  if (isInProgress(v)) context.machine.scheduleConjunct(n, c, origin);
  for (const receiver of n.notify.slice()) {
    const { state, status } = receiver.vertex;
    if (state === undefined || status === FINALIZED) continue;
    context.machine.scheduleConjunct(state, c, receiver.origin);
  }
  return known === undefined;
}

/** A pattern's constraint goes to a field with the label that matched. */
function addConstraint(n: NodeState, arc: Vertex, type: ArcType, c: Conjunct, check: boolean): void {
  const env = new Environment(c.env.up, c.env.vertex, arc.label);
  env.lets = c.env.lets;
  insertConjunct(n, arc, { env, x: c.x, origin: c.origin }, c.origin, type, check);
}

export function insertPattern(n: NodeState, pattern: Value, c: Conjunct): void {
  if (!recordPattern(n, pattern, c)) return;
  const arcs = n.node.arcs;
  for (let i = 0, count = arcs.length; i < count; i++) {
    const a = arcs[i];
    if (a !== undefined && matchesPattern(n.context, pattern, a.label))
      addConstraint(n, a, a.arcType, c, true);
  }
}

/** Whether the constraint is new. */
function recordPattern(n: NodeState, pattern: Value, c: Conjunct): boolean {
  const { context, node } = n;
  node.patterns ??= [];
  const known = node.patterns.find((p) => equal(context, p.pattern, pattern, 0))?.constraint;
  if (known === undefined) {
    const constraint = new Vertex(undefined, '');
    constraint.isPatternConstraint = true;
    constraint.conjuncts.push(c);
    node.patterns.push({ pattern, constraint });
    return true;
  }
  for (const x of known.conjuncts) {
    if (x.x !== c.x || !sameEnvironment(context, x.env, c.env)) continue;
    if (c.origin.generation === context.generation) addReplacement(n, { from: c.origin.id, to: x.origin.id });
    return false;
  }
  known.conjuncts.push(c);
  return true;
}
