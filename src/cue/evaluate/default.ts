import type { DisjunctionValue, Value } from '../value/value.ts';
import { INCOMPLETE } from '../value/value.ts';
import type { Context } from './context.ts';
import { describe } from './describe.ts';
import { Vertex as VertexNode, FINALIZED } from './vertex.ts';
import type { Vertex } from './vertex.ts';
import { Environment, ROOT_ORIGIN } from './vertex.ts';

/** A value with its defaults taken, where it has such; a list without what may follow. */
export function defaultOf(v: Value): Value {
  if (v.tag === 'disjunction') return defaultOfDisjunction(v);
  return v.tag === 'vertex' ? defaultOfVertex(v) : v;
}

function defaultOfDisjunction(d: DisjunctionValue): Value {
  if (d.defaults === 0) return d;
  const [first] = d.values;
  if (d.defaults === 1 && first !== undefined) return first;
  return { tag: 'disjunction', values: d.values.slice(0, d.defaults), defaults: 0, marked: false, at: d.at };
}

/** A vertex of a value that has none. */
export function toVertex(v: Value): Vertex {
  if (v.tag === 'vertex') return v;
  const n = new VertexNode(undefined, '');
  n.status = FINALIZED;
  n.base = v;
  n.conjuncts = [{ env: new Environment(undefined, undefined), x: v, origin: ROOT_ORIGIN }];
  return n;
}

export function defaultOfVertex(given: Vertex): Vertex {
  const v = given.deref();
  const base = v.base;
  if (base?.tag === 'disjunction') {
    if (base.defaults === 0) return v;
    const [first] = base.values;
    const value = base.defaults === 1 && first !== undefined ? toVertex(defaultOf(first)) : undefined;
    if (value !== undefined && value.conjuncts.length > 0) return value;
    const w = (value ?? v).copy();
    w.state = undefined;
    if (value === undefined) w.base = defaultOfDisjunction(base);
    w.conjuncts = [...v.conjuncts];
    return w;
  }
  if (base?.tag === 'list-marker' && base.open) {
    const w = v.copy();
    w.base = { tag: 'list-marker', open: false };
    w.state = undefined;
    return w;
  }
  return v;
}

/** The one default of a disjunction; without one an incomplete error is recorded. */
export function resolveDefault(context: Context, v: Value | undefined): Value | undefined {
  if (v === undefined) return undefined;
  let d: DisjunctionValue | undefined;
  if (v.tag === 'disjunction') d = v;
  else if (v.tag === 'vertex') {
    if (v.base?.tag === 'vertex') return resolveDefault(context, v.base);
    if (v.base?.tag === 'disjunction') d = v.base;
  }
  if (d === undefined) return v;
  const [first] = d.values;
  if (d.defaults === 1 && first !== undefined) return resolveDefault(context, first);
  const unresolved = d;
  context.addError(INCOMPLETE, () => `unresolved disjunction ${describe(unresolved)}`);
  return undefined;
}
