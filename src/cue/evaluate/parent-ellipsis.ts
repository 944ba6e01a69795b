import { contains } from './contains.ts';
import type { ConjunctInfo, NodeState, RequiredSet } from './node-state.ts';
import { HAS_ELLIPSIS } from './node-state.ts';

/** The id of an ellipsis among the conjuncts that belongs to the set; 0: none. */
export function parentEllipsis(n: NodeState, set: RequiredSet, infos: readonly ConjunctInfo[]): number {
  for (const info of infos) {
    if ((info.flags & HAS_ELLIPSIS) !== 0 && contains(n, set.id, info.id)) return info.id;
  }
  return 0;
}
