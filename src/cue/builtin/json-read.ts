/** A JSON text as the value that CUE makes of it. */

import type { Declaration, Expression } from '../compile/expression.ts';
import { DocumentRefused, readDocument } from '../document.ts';
import { compare } from '../number/decimal.ts';
import { INT_KIND } from '../value/kind.ts';
import { labelName } from '../value/label.ts';
import { BuiltinError, type Concrete } from './builtin.ts';

/** @throws BuiltinError where it is no JSON, or members of one name conflict; CUE_LIMIT */
export function readJson(text: string): Concrete {
  try {
    return toConcrete(readDocument(text).value);
  } catch (thrown) {
    if (thrown instanceof DocumentRefused) throw new BuiltinError(thrown.message);
    throw thrown;
  }
}

function toConcrete(x: Declaration | Expression): Concrete {
  switch (x.tag) {
    case 'null':
      return { kind: 'null' };
    case 'bool':
      return { kind: 'bool', value: x.value };
    case 'string':
      return { kind: 'string', value: x.value };
    case 'number':
      return { kind: 'number', int: x.kind === INT_KIND, value: x.value };
    case 'list':
      return { kind: 'list', items: x.elements.map(toConcrete) };
    case 'struct':
      return { kind: 'struct', fields: fieldsOf(x.declarations) };
    default:
      throw new BuiltinError('json: could not parse JSON');
  }
}

function fieldsOf(declarations: readonly Declaration[]): ReadonlyMap<string, Concrete> {
  const fields = new Map<string, Concrete>();
  for (const declaration of declarations) {
    if (declaration.tag !== 'field') continue;
    const name = labelName(declaration.label);
    const value = toConcrete(declaration.value);
    const known = fields.get(name);
    fields.set(name, known === undefined ? value : unified(known, value));
  }
  return fields;
}

const conflict = (): BuiltinError => new BuiltinError('json: members of one name conflict');

/** Members of one name are one field. */
function unified(x: Concrete, y: Concrete): Concrete {
  if (x.kind === 'struct' && y.kind === 'struct') {
    const fields = new Map(x.fields);
    for (const [name, value] of y.fields) {
      const known = fields.get(name);
      fields.set(name, known === undefined ? value : unified(known, value));
    }
    return { kind: 'struct', fields };
  }
  if (x.kind === 'list' && y.kind === 'list') {
    if (x.items.length !== y.items.length) throw conflict();
    const others = y.items;
    return { kind: 'list', items: x.items.map((item, i) => unified(item, others[i] ?? item)) };
  }
  if (!isSame(x, y)) throw conflict();
  return x;
}

function isSame(x: Concrete, y: Concrete): boolean {
  if (x.kind === 'number' && y.kind === 'number') return x.int === y.int && compare(x.value, y.value) === 0;
  if (x.kind === 'string' && y.kind === 'string') return x.value === y.value;
  if (x.kind === 'bool' && y.kind === 'bool') return x.value === y.value;
  return x.kind === 'null' && y.kind === 'null';
}
