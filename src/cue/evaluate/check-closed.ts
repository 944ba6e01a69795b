import { allowedInClosed } from '../value/label.ts';
import type { Bottom } from '../value/value.ts';
import { EVALUATION } from '../value/value.ts';
import { addChildError, bottomOf, combine } from './bottom.ts';
import { contains } from './contains.ts';
import type { ConjunctInfo, NodeState, RequiredSet } from './node-state.ts';
import { parentEllipsis } from './parent-ellipsis.ts';
import { requiredSets } from './required-sets.ts';
import type { Vertex } from './vertex.ts';
import { FINALIZED, PENDING, REQUIRED } from './vertex.ts';
import { conjunctPositions } from './conjunct.ts';

/** Refuses the fields that a closed struct does not allow. */
export function checkTypos(n: NodeState): void {
  const v = n.node.deref();
  if (v.arcs.length === 0) return;
  if (v.base?.tag === 'bottom' && !v.base.closeCheck) return;
  const base = requiredSets(n);
  if (base.length === 0) return;

  let error: Bottom | undefined;
  for (const arc of v.arcs) {
    const a = arc.derefDisjunct();
    const state = a.state;
    if (state === undefined) continue;
    // A field with replacements of its own judges with a copy; otherwise what is removed stays removed for the next.
    const required = state.replacements.length > 0 ? base.map((set) => ({ ...set })) : base;
    for (const set of required) if (parentEllipsis(n, set, n.infos) !== 0) set.removed = true;

    if (a.base?.tag === 'bottom' && !a.base.closeCheck) continue;
    if (allowedInClosed(arc.label)) continue;
    if (hasEvidence(state, required, state.infos)) continue;
    const b = refuse(n, a);
    if (b !== undefined && a.arcType <= REQUIRED) error = combine(error, b);
  }
  if (error !== undefined) addChildError(n, error);
}

function refuse(n: NodeState, arc: Vertex): Bottom | undefined {
  if (arc.arcType === PENDING || n.context.errors !== undefined) return undefined;
  const closing = n.node.structs.map(({ struct }) => struct.at).filter((at) => at !== undefined);
  const at = [...conjunctPositions(arc), ...conjunctPositions(n.node), ...closing];
  const b = bottomOf(EVALUATION, arc, () => 'field not allowed', { at });
  b.closeCheck = true;
  arc.base = b;
  arc.status = FINALIZED;
  if (arc.state !== undefined) arc.state.kind = 0;
  return b;
}

function hasEvidence(n: NodeState, sets: readonly RequiredSet[], infos: readonly ConjunctInfo[]): boolean {
  return sets.every((set) => set.ignored || set.removed || hasEvidenceFor(n, sets, set, infos));
}

function hasEvidenceFor(
  n: NodeState,
  sets: readonly RequiredSet[],
  set: RequiredSet,
  infos: readonly ConjunctInfo[],
): boolean {
  if (infos.some((info) => contains(n, set.id, info.id))) return true;
  const embedding = set.embed === 0 ? undefined : sets.find((s) => s.id === set.embed);
  if (embedding === undefined) return false;
  const outer = set.parent === 0 ? undefined : sets.find((s) => s.id === set.parent);
  for (const info of infos) {
    if (contains(n, embedding.id, info.embed)) continue;
    if (outer === undefined || outer.removed || contains(n, outer.id, info.id)) return true;
  }
  return false;
}
