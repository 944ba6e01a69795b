import { ARC_TYPE_KNOWN } from './condition.ts';
import type { Context } from './context.ts';
import { fieldCycle } from './lookup-error.ts';
import { unshare } from './sharing.ts';
import type { ArcType, Vertex } from './vertex.ts';
import { NOT_PRESENT, PENDING } from './vertex.ts';

/** A field becomes more certain, never less. */
export function updateArcType(context: Context, v: Vertex, type: ArcType): void {
  if (type >= v.arcType || v.arcType === NOT_PRESENT) return;
  const state = v.state;
  if (state !== undefined && v.isFinal() && (state.frozen & ARC_TYPE_KNOWN) !== 0) {
    if (v.parent !== undefined) fieldCycle(context, v.parent, v.label);
    return;
  }
  const parent = v.parent;
  if (parent?.arcType === PENDING && parent.state !== undefined) unshare(parent.state);
  v.arcType = type;
}
