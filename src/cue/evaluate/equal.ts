import { isRegular } from '../value/label.ts';
import type { Value } from '../value/value.ts';
import { kindOf } from './concreteness.ts';
import type { Context } from './context.ts';
import { defaultOf } from './default.ts';
import { compare } from '../number/decimal.ts';
import type { Vertex } from './vertex.ts';
import { OPTIONAL, REQUIRED } from './vertex.ts';

/** Compare as constraints too: optional fields and closedness count, defaults are not taken. */
export const STRUCTURAL = 1;
/** Hidden fields and definitions do not count. */
export const REGULAR_ONLY = 2;

export function equal(context: Context, a: Value, b: Value, flags: number): boolean {
  context.budget.step();
  const v = (flags & STRUCTURAL) === 0 ? defaultOf(a) : a;
  const w = (flags & STRUCTURAL) === 0 ? defaultOf(b) : b;
  if (v.tag === 'vertex') return w.tag === 'vertex' && equalVertices(context, v, w, flags);
  return w.tag !== 'vertex' && equalTerminals(context, v, w, flags);
}

function equalVertices(context: Context, a: Vertex, b: Vertex, flags: number): boolean {
  if (a.arcType !== b.arcType) return false;
  const x = a.deref();
  const y = b.deref();
  if (x === y) return true;
  if (kindOf(x) !== kindOf(y)) return false;
  const structural = (flags & STRUCTURAL) !== 0;
  if (structural && (x.isClosedStruct() !== y.isClosedStruct() || x.isClosedList() !== y.isClosedList()))
    return false;
  const furthest = structural ? OPTIONAL : REQUIRED;
  const counts = (v: Vertex) => v.arcType <= furthest && ((flags & REGULAR_ONLY) === 0 || isRegular(v.label));

  for (const p of x.arcs) {
    if (!counts(p)) continue;
    const q = y.arc(p.label);
    if (q === undefined || p.arcType !== q.arcType || !equal(context, p, q, flags)) return false;
  }
  for (const q of y.arcs) {
    if (!counts(q)) continue;
    const p = x.arc(q.label);
    if (p === undefined || p.arcType > furthest) return false;
  }
  const v = terminal(x);
  const w = terminal(y);
  if (v === undefined && w === undefined) return true;
  return v !== undefined && w !== undefined && equalTerminals(context, v, w, flags);
}

function terminal(v: Vertex): Value | undefined {
  const base = v.base;
  return base === undefined || base.tag === 'struct-marker' || base.tag === 'list-marker' ? undefined : base;
}

function equalTerminals(context: Context, v: Value, w: Value, flags: number): boolean {
  if (v === w) return true;
  const all = (xs: readonly Value[], ys: readonly Value[]) =>
    xs.length === ys.length &&
    xs.every((x, i) => {
      const y = ys[i];
      return y !== undefined && equal(context, x, y, flags);
    });
  switch (v.tag) {
    case 'bottom':
    case 'top':
      return w.tag === v.tag;
    case 'number':
      return w.tag === 'number' && compare(v.value, w.value) === 0;
    case 'string':
    case 'bool':
      return w.tag === v.tag && v.value === w.value;
    case 'bytes':
      return w.tag === 'bytes' && Buffer.compare(v.value, w.value) === 0;
    case 'null':
      return w.tag === 'null';
    case 'bound':
      return w.tag === 'bound' && v.op === w.op && equal(context, v.value, w.value, flags);
    case 'type':
      return w.tag === 'type' && v.kind === w.kind;
    case 'conjunction':
    case 'disjunction':
      return w.tag === v.tag && all(v.values, w.values);
    case 'function':
    case 'validator':
    case 'vertex':
      return false;
  }
}
