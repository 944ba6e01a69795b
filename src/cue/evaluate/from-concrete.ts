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

/** An item of a result: a vertex keeps its own conjuncts, another value is its only one. */
function itemVertex(label: string, v: Value): Vertex {
  if (v instanceof Vertex) {
    if (v.label === label) return v;
    const renamed = v.copy();
    renamed.label = label;
    return renamed;
  }
  const arc = new Vertex(undefined, label);
  arc.base = v;
  arc.conjuncts = [{ env: NOWHERE, x: v, origin: ROOT_ORIGIN }];
  arc.status = FINALIZED;
  return arc;
}

/** A list is unified by its expression, a struct by its fields as data. */
function listOf(items: readonly Value[]): Vertex {
  const list = new Vertex(undefined, '');
  list.base = { tag: 'list-marker', open: false };
  const x = { tag: 'list', elements: items, at: undefined } as const;
  list.conjuncts = [{ env: NOWHERE, x, origin: ROOT_ORIGIN }];
  list.arcs = items.map((v, i) => itemVertex(indexLabel(i), v));
  list.status = FINALIZED;
  return list;
}

function structOf(fields: readonly (readonly [string, Value])[]): Vertex {
  const struct = new Vertex(undefined, '');
  struct.base = { tag: 'struct-marker' };
  struct.arcs = fields.map(([name, v]) => itemVertex(stringLabel(name), v));
  struct.status = FINALIZED;
  return struct;
}
