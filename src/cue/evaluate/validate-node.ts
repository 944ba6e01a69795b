import { BOTTOM_KIND, STRUCT_KIND, TOP_KIND } from '../value/kind.ts';
import { isRegular } from '../value/label.ts';
import type { BaseValue, Value } from '../value/value.ts';
import { addBottom } from './bottom.ts';
import { simplifyBounds } from './bounds.ts';
import { isConcrete, kindOf } from './concreteness.ts';
import type { NodeState } from './node-state.ts';
import { Environment, OPTIONAL, ROOT_ORIGIN } from './vertex.ts';

const NOWHERE = new Environment(undefined, undefined);

/** Decides whether a vertex is a struct, and checks its bounds; without a value its constraints are its value. */
export function validateNode(n: NodeState): void {
  const { context, node } = n;
  let value = node.deref().value();
  if (node.base === undefined && isStruct(n)) {
    node.base = { tag: 'struct-marker' };
    value = node;
  }
  if (value === undefined || !isConcrete(value)) {
    node.base = validatorsOf(n);
    return;
  }
  for (const bound of [n.lower, n.upper]) {
    if (bound === undefined) continue;
    addBottom(n, context.machine.validate(context, { env: NOWHERE, x: bound, origin: ROOT_ORIGIN }, value));
  }
}

function isStruct(n: NodeState): boolean {
  if (n.aStruct) return true;
  if (n.node.structs.length === 0) return false;
  if ((n.kind & STRUCT_KIND) !== 0 && !n.hasTop) return true;
  return n.node.arcs.some((a) => isRegular(a.label) && a.arcType !== OPTIONAL);
}

/** The constraints of a vertex without a concrete value, as its value. */
export function validatorsOf(n: NodeState): BaseValue | undefined {
  const { context } = n;
  const found: Value[] = [];
  let kind = TOP_KIND;
  for (const bound of [n.lower, n.upper]) {
    if (bound === undefined) continue;
    found.push(bound);
    kind &= kindOf(bound);
  }
  for (const { x } of n.checks) {
    if (x.tag !== 'bound' && x.tag !== 'validator') continue;
    if (x.tag === 'bound' && x.op === '!=') {
      const covered = [n.upper, n.lower].some(
        (bound) => bound !== undefined && simplifyBounds(context, n.kind, bound, x) !== undefined,
      );
      if (covered) continue;
    }
    found.push(x);
    kind &= kindOf(x);
  }
  if ((kind & ~n.kind) !== BOTTOM_KIND && found.length > 0) found.push({ tag: 'type', kind: n.kind });
  const [only] = found;
  if (only === undefined) return { tag: 'type', kind: n.kind };
  return found.length === 1 ? only : { tag: 'conjunction', values: found };
}
