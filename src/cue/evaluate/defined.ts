import type { Context } from './context.ts';
import type { Vertex } from './vertex.ts';
import { FINALIZED, MEMBER } from './vertex.ts';

/** Whether a field is there, evaluated if that is not known yet. */
export function isDefined(context: Context, v: Vertex): boolean {
  if (v.arcType === MEMBER) return true;
  if (v.parent !== undefined && v.parent.status === FINALIZED) return false;
  context.machine.finalize(context, v);
  // Evaluation may have decided it.
  return (v as { readonly arcType: number }).arcType === MEMBER;
}
