import { allowedInClosed } from '../value/label.ts';
import { parentEllipsis } from './parent-ellipsis.ts';
import { contains } from './contains.ts';
import type { ConjunctInfo, NodeState, RequiredSet } from './node-state.ts';
import { EMBEDDING, HAS_OPEN_VALIDATOR, HAS_STRUCT, HAS_TOP, REFERENCE, STRUCT } from './node-state.ts';

/** Which definitions and structs the fields of a vertex must have evidence for. */
export function requiredSets(n: NodeState): RequiredSet[] {
  if (n.requirementsKnown) return n.requiredSets;
  const v = n.node;
  const parent = n.dropParentRequirements ? undefined : v.parent?.state;
  const inherited =
    parent === undefined || parent.context.generation !== n.context.generation ? [] : requiredSets(parent);
  const sets = inherited.map((set) => ({ ...set, ignored: set.ignored || set.once }));
  addOwn(n, sets, sets.length - 1);

  let kept = sets;
  if (allowedInClosed(v.label))
    kept = kept.filter((set) => n.infos.some((info) => contains(n, set.id, info.id)));
  kept = filterOpen(n, kept, v.parent?.state?.infos ?? []);

  n.requirementsKnown = true;
  n.requiredSets = kept;
  return kept;
}

function addOwn(n: NodeState, sets: RequiredSet[], last: number): void {
  for (const y of n.requirements) {
    if (y.ignore && y.kind === REFERENCE) continue;
    if (sets.some((set) => set.id === y.id)) continue;
    let once = false;
    if (y.kind !== EMBEDDING) {
      once = y.vertex?.closedOnce ?? false;
      if (!y.ignore && !y.recursive) once = true;
    }
    sets.push({
      id: y.id,
      parent: y.parent,
      once,
      ignored: y.ignore,
      embed: y.embed,
      kind: y.kind,
      removed: false,
    });
    if (y.parent !== 0 && !y.ignore) enableOuter(sets, last, y.parent, y.recursive);
  }
}

function enableOuter(sets: RequiredSet[], last: number, parent: number, recursive: boolean): void {
  let outer = parent;
  for (let i = last; i >= 0 && outer !== 0; i--) {
    const x = sets[i];
    if (x === undefined || x.id !== outer) continue;
    x.once = x.ignored ? !recursive : x.once && !recursive;
    x.ignored = false;
    outer = x.parent;
  }
}

/** Drops what a top or an ellipsis opens. */
function filterOpen(n: NodeState, sets: RequiredSet[], parentInfos: readonly ConjunctInfo[]): RequiredSet[] {
  return sets.filter((set) => {
    let flags = 0;
    let any = false;
    for (const info of n.infos) {
      if (!contains(n, set.id, info.id)) continue;
      any = true;
      flags |= info.id < set.id ? info.flags & ~HAS_STRUCT : info.flags;
    }
    if (((flags & HAS_TOP) !== 0 && (flags & HAS_STRUCT) === 0) || (flags & HAS_OPEN_VALIDATOR) !== 0)
      return false;
    if (any && set.kind !== STRUCT) return true;

    const id = parentEllipsis(n, set, parentInfos);
    if (id === 0) return true;
    if (!any || (set.kind === STRUCT && !n.infos.some((info) => contains(n, id, info.id))))
      set.removed = true;
    return true;
  });
}
