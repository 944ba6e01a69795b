import type { Concrete, Result } from '../builtin/builtin.ts';
import { fromInteger } from '../number/decimal.ts';
import { FLOAT_KIND, INT_KIND } from '../value/kind.ts';
import { indexLabel, stringLabel } from '../value/label.ts';
import type { Value } from '../value/value.ts';
import { Environment, FINALIZED, ROOT_ORIGIN, Vertex } from './vertex.ts';

const NOWHERE = new Environment(undefined, undefined);

/** A function's result as a value: lists and structs become data. */
export function fromResult(result: Result): Value {
  if (result === null) return { tag: 'null' };
  if (typeof result === 'boolean') return { tag: 'bool', value: result };
  if (typeof result === 'string') return { tag: 'string', value: result };
  if (typeof result === 'bigint') return { tag: 'number', kind: INT_KIND, value: fromInteger(result) };
  if (result instanceof Uint8Array) return { tag: 'bytes', value: result };
  if ('tag' in result) return result;
  if ('list' in result) return listOf(result.list.map(fromResult));
  if ('struct' in result)
    return structOf([...result.struct].map(([name, value]) => [name, fromResult(value)]));
  if ('kind' in result) return fromConcrete(result);
  return { tag: 'number', kind: result.int ? INT_KIND : FLOAT_KIND, value: result.value };
}

export function fromConcrete(c: Concrete): Value {
  switch (c.kind) {
    case 'null':
      return { tag: 'null' };
    case 'bool':
      return { tag: 'bool', value: c.value };
    case 'number':
      return { tag: 'number', kind: c.int ? INT_KIND : FLOAT_KIND, value: c.value };
    case 'string':
      return { tag: 'string', value: c.value };
    case 'bytes':
      return { tag: 'bytes', value: c.value };
    case 'list':
      return listOf(c.items.map(fromConcrete));
    case 'struct':
      return structOf([...c.fields].map(([name, value]) => [name, fromConcrete(value)]));
  }
}

function dataVertex(label: string, v: Value): Vertex {
  const arc = v instanceof Vertex ? v.copy() : new Vertex(undefined, label);
  arc.label = label;
  if (!(v instanceof Vertex)) arc.base = v;
  arc.conjuncts = [{ env: NOWHERE, x: v, origin: ROOT_ORIGIN }];
  arc.isData = false;
  arc.status = FINALIZED;
  return arc;
}

function listOf(items: readonly Value[]): Vertex {
  const list = new Vertex(undefined, '');
  list.base = { tag: 'list-marker', open: false };
  return withArcs(
    list,
    items.map((v, i) => dataVertex(indexLabel(i), v)),
  );
}

function structOf(fields: readonly (readonly [string, Value])[]): Vertex {
  const struct = new Vertex(undefined, '');
  struct.base = { tag: 'struct-marker' };
  return withArcs(
    struct,
    fields.map(([name, v]) => dataVertex(stringLabel(name), v)),
  );
}

function withArcs(v: Vertex, arcs: Vertex[]): Vertex {
  for (const a of arcs) a.parent = v;
  v.arcs = arcs;
  v.status = FINALIZED;
  v.isData = true;
  v.isDynamic = true;
  return v;
}
