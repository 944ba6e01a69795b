/**
 * Parts of a document that evaluation need not go through: what they come to is known. In a document that fails, all
 * the rest of it; what the policy says nothing of, always.
 */

import type { Expression } from '../compile/expression.ts';
import { expressionOf } from '../evaluate/conjunct.ts';
import type { NodeState } from '../evaluate/node-state.ts';
import { releaseAll } from '../evaluate/release.ts';
import { requiredSets } from '../evaluate/required-sets.ts';
import type { Conjunct, Vertex } from '../evaluate/vertex.ts';
import { FINALIZED, IS_CYCLIC, MEMBER, NO_CYCLE } from '../evaluate/vertex.ts';
import type { Check } from './check.ts';

/** What the document has at a place, and the check of what the policy says there, if there is one. */
type Part = { readonly data: Vertex; readonly check: Check | undefined };

export class DocumentParts {
  private readonly parts = new Map<Vertex, Part>();
  private readonly passes: (check: Check, x: Expression) => boolean;

  /** @param passes whether a part of the document surely passes a check */
  constructor(passes: (check: Check, x: Expression) => boolean) {
    this.passes = passes;
  }

  /** The vertex that policy and document are unified into. */
  begin(unified: Vertex, data: Vertex, check: Check | undefined): void {
    this.parts.set(unified, { data, check });
  }

  /** Makes of a field what it comes to, where that is known. */
  settle(n: NodeState, arc: Vertex): boolean {
    const part = this.parts.get(n.node);
    const data = part?.data.arc(arc.label);
    const own = data?.conjuncts[0];
    if (part === undefined || data === undefined || own === undefined) return false;

    const check = part.check?.at?.(arc.label);
    const isKnown = isUntouched(arc) && (isAlone(n, arc, own) || this.isPassed(check, own));
    if (isKnown) adopt(arc, data);
    else if (data.arcs.length > 0) this.parts.set(arc, { data, check });
    return isKnown;
  }

  private isPassed(check: Check | undefined, own: Conjunct): boolean {
    return check !== undefined && this.passes(check, expressionOf(own.x));
  }
}

/** Nothing has asked for its value yet. */
function isUntouched({ arcType, status, state, base }: Vertex): boolean {
  if (arcType !== MEMBER || status === FINALIZED || base !== undefined || state === undefined) return false;
  return !state.initialized && state.retained === 0 && state.notify.length === 0;
}

/** Nothing but the document says anything of it, and nothing around it is closed. */
function isAlone(n: NodeState, arc: Vertex, own: Conjunct): boolean {
  const [conjunct, another] = arc.conjuncts;
  if (conjunct?.x !== own.x || another !== undefined) return false;
  if (arc.closedRecursive || conjunct.origin.cycle !== NO_CYCLE || n.context.origin.cycle === IS_CYCLIC)
    return false;
  return requiredSets(n).every((set) => set.ignored || set.removed);
}

function adopt(arc: Vertex, data: Vertex): void {
  releaseAll(arc);
  arc.base = data.base;
  arc.arcs = data.arcs;
  arc.structs = data.structs;
  arc.status = FINALIZED;
}
