import type { Context } from './context.ts';
import type { Vertex } from './vertex.ts';
import { NOT_PRESENT } from './vertex.ts';

/** Lists of fields from which some were removed. */
const thinned = new WeakSet<readonly Vertex[]>();

const isAbsent = (a: Vertex): boolean => a.arcType === NOT_PRESENT;

/** Removes the fields of which it turned out that they are not there. */
export function dropAbsent(v: Vertex): void {
  if (!v.arcs.some(isAbsent)) return;
  thinned.add(v.arcs);
  v.arcs = v.arcs.filter((a) => !isAbsent(a));
}

/**
 * To be called at each step of a walk over the fields that a vertex had. CUE moves fields up where it removes others: a
 * walk that began before comes to places without a field, and faults.
 *
 * @throws CUE_UNSUPPORTED
 */
export function walkOn(context: Context, v: Vertex, arcs: readonly Vertex[]): void {
  if (v.arcs !== arcs && thinned.has(arcs)) throw context.budget.fault();
}
