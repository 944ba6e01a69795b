import { isConcrete } from './evaluate/concreteness.ts';
import type { Vertex } from './evaluate/vertex.ts';
import { MEMBER } from './evaluate/vertex.ts';
import { isString, type Label } from './value/label.ts';

/**
 * The fields at a policy's root to which the policy refers and whose value it gives in full without a document, as in
 * `before: time.Parse(time.RFC3339, "2030-01-01T00:00:00Z")`. Only scalars and lists: a struct under a misspelt name
 * would be a constraint that is never asked.
 */
export function variablesOf(root: Vertex, referred: ReadonlySet<Label>): ReadonlySet<Label> {
  const complete = root.arcs.filter(
    (arc) =>
      isString(arc.label) && arc.arcType === MEMBER && referred.has(arc.label) && isComplete(arc.deref()),
  );
  return new Set(complete.map((arc) => arc.label));
}

function isComplete(v: Vertex): boolean {
  if (v.isList()) return v.isClosedList() && v.arcs.every((item) => isComplete(item.deref()));
  return v.base?.tag !== 'bottom' && v.base?.tag !== 'struct-marker' && isConcrete(v);
}
