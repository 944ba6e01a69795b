import type { Kind } from '../value/kind.ts';
import { BOTTOM_KIND, kindName } from '../value/kind.ts';
import { updateInfo } from './closedness.ts';
import { addError } from './bottom.ts';
import { positionOf } from './conjunct.ts';
import { describe } from './describe.ts';
import type { NodeState } from './node-state.ts';
import type { ConjunctNode, Origin } from './vertex.ts';

/** Narrows the types that a vertex can have; a conflict is an error. Whether any is left. */
export function updateKind(n: NodeState, kind: Kind, x: ConjunctNode, origin: Origin): boolean {
  updateInfo(n, kind, origin, 0);
  if (n.kind === BOTTOM_KIND || kind === BOTTOM_KIND) return false;
  const both = n.kind & kind;
  if (both === BOTTOM_KIND) reportConflict(n, n.kindNode, x, n.kind, kind);
  if (n.kind !== both || n.kindNode === undefined) n.kindNode = x;
  n.kind = both;
  return both !== BOTTOM_KIND;
}

export function reportConflict(
  n: NodeState,
  x: ConjunctNode | undefined,
  y: ConjunctNode,
  xKind: Kind,
  yKind: Kind,
): void {
  const types = xKind === yKind ? '' : ` (mismatched types ${kindName(xKind)} and ${kindName(yKind)})`;
  const values = () => (x === undefined ? describe(y) : `${describe(x)} and ${describe(y)}`);
  addError(n, () => `conflicting values ${values()}${types}`, {
    at: [x === undefined ? undefined : positionOf(x), positionOf(y)],
    expected: () => (x === undefined || positionOf(x) === undefined ? describe(y) : describe(x)),
    found: () => (x === undefined || positionOf(x) === undefined ? describe(x) : describe(y)),
  });
}
