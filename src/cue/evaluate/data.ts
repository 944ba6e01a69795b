import { isRegular } from '../value/label.ts';
import type { BaseValue, Value } from '../value/value.ts';
import type { Context } from './context.ts';
import { isDefined } from './defined.ts';
import { FINALIZED } from './vertex.ts';
import type { Vertex } from './vertex.ts';

/** An evaluated vertex as plain data: defaults taken, no definitions, no closedness, no validators of fields. */
export function toData(context: Context, v: Vertex, seen = new Map<Vertex, Vertex>()): Vertex {
  const known = seen.get(v);
  if (known !== undefined) return known;
  context.budget.step();
  context.machine.finalize(context, v);
  const arcs = v.arcs
    .filter((a) => isDefined(context, a) && isRegular(a.label))
    .map((a) => toData(context, a, seen));
  const w = v.copy();
  w.state = undefined;
  w.status = FINALIZED;
  w.base = v.base === undefined ? undefined : baseToData(context, v.base, seen);
  w.arcs = arcs;
  w.isData = true;
  w.closedRecursive = false;
  w.closedOnce = false;
  w.conjuncts = v.conjuncts.map((c) => ({
    ...c,
    origin: { ...c.origin, generation: 0, id: 0, embed: 0, outer: 0 },
  }));
  seen.set(v, w);
  return w;
}

function baseToData(context: Context, base: BaseValue, seen: Map<Vertex, Vertex>): BaseValue {
  const each = (v: Value): Value => (v.tag === 'vertex' ? toData(context, v, seen) : v);
  switch (base.tag) {
    case 'vertex':
      return toData(context, base, seen);
    case 'disjunction': {
      const [first] = base.values;
      if (base.defaults === 1 && first !== undefined) return baseToData(context, first, seen);
      const values = base.defaults === 0 ? base.values : base.values.slice(0, base.defaults);
      return { ...base, values: values.map(each) };
    }
    case 'conjunction':
      return { ...base, values: base.values.map((v) => valueToData(context, v, seen)) };
    default:
      return base;
  }
}

function valueToData(context: Context, v: Value, seen: Map<Vertex, Vertex>): Value {
  const base = baseToData(context, v, seen);
  return base.tag === 'struct-marker' || base.tag === 'list-marker' ? v : base;
}
