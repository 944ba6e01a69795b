import type { Expression } from '../compile/expression.ts';
import { isDefinition } from '../value/label.ts';
import { addReference } from './closedness.ts';
import { expressionOf } from './conjunct.ts';
import { ANCESTORS_PROCESSED, FIELD_CONJUNCTS_KNOWN } from './condition.ts';
import type { NodeState } from './node-state.ts';
import { meets } from './scheduler.ts';
import { addShared, shareIfPossible } from './sharing.ts';
import { getBareState, getState, isInProgress } from './state.ts';
import type { Conjunct, Origin, Vertex } from './vertex.ts';

/** Whether an expression refers to a definition anywhere on its way. */
function refersToDefinition(x: Expression): boolean {
  switch (x.tag) {
    case 'field-reference':
      return isDefinition(x.label);
    case 'selector':
      return isDefinition(x.label) || refersToDefinition(x.x);
    case 'index':
      return refersToDefinition(x.x);
    default:
      return false;
  }
}

/** Unifies the conjuncts of `arc` into the vertex, now and, if more come to `arc`, then. */
export function scheduleVertexConjuncts(n: NodeState, c: Conjunct, arc: Vertex, given: Origin): void {
  const context = n.context;
  let origin = given;
  // An embedded value that is no definition does not close what it is embedded in.
  if (!arc.closedRecursive && !arc.closedOnce && origin.embed !== 0 && origin.fromDefinition) {
    origin = { ...origin, fromDefinition: false };
  }
  if (n.node.identity() === arc.identity()) {
    if (n.isShared) addShared(n, origin);
    return;
  }
  if (shareIfPossible(n, c, arc, origin)) {
    getState(context, arc);
    return;
  }

  if (refersToDefinition(expressionOf(c.x)) || isDefinition(arc.label) || origin.topDefinition) {
    n.isDefinition = true;
    origin = addReference(n, arc, { ...origin, fromDefinition: true, topDefinition: false }, false);
  } else {
    origin = addReference(n, arc, origin, true);
  }

  // Each vertex is unified once, whatever the number of references to it.
  if (n.included.has(arc)) return;
  n.included.add(arc);

  if (arc.parent !== undefined && (!n.node.nonRooted || n.node.isDynamic)) {
    const parentState = getState(context, arc.parent);
    const state = getBareState(context, arc);
    if (
      parentState !== undefined &&
      state !== undefined &&
      !meets(parentState, ANCESTORS_PROCESSED | FIELD_CONJUNCTS_KNOWN)
    ) {
      addNotify(state, n.node, origin);
    }
  }
  for (let i = 0; i < arc.conjuncts.length; i++) {
    const conjunct = arc.conjuncts[i];
    if (conjunct !== undefined) context.machine.scheduleConjunct(n, conjunct, origin);
  }
  if (getBareState(context, arc) !== undefined) n.toComplete = true;
}

function addNotify(n: NodeState, vertex: Vertex, origin: Origin): void {
  if (n.node.isFinal()) return;
  if (isInProgress(n.node) && meets(n, ANCESTORS_PROCESSED)) return;
  if (n.notify.some((r) => r.vertex === vertex)) return;
  n.notify.push({ vertex, origin });
}
