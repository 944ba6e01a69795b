/** A value as JSON, as CUE writes it: numbers as they are, no HTML escapes, octets in base64. */

import { toText } from '../number/text.ts';
import { isRegular, isString, labelName, stringLabel } from '../value/label.ts';
import { BuiltinError, type BuiltinCall, type Concrete, type Opaque } from './builtin.ts';
import { limitText } from './limits.ts';

/** `value` is the one that `concrete` is the plain form of: it knows the order of its fields. */
export function writeJson(call: BuiltinCall, value: Opaque, concrete: Concrete): string {
  const text = write(call, value, concrete);
  limitText(text.length);
  return text;
}

function write(call: BuiltinCall, value: Opaque, concrete: Concrete): string {
  switch (concrete.kind) {
    case 'null':
      return 'null';
    case 'bool':
      return String(concrete.value);
    case 'number':
      return toText(concrete.value);
    case 'string':
      return writeString(concrete.value);
    case 'bytes':
      return `"${Buffer.from(concrete.value).toString('base64')}"`;
    case 'list':
      return writeList(call, value, concrete.items);
    case 'struct':
      return writeStruct(call, value, concrete.fields);
  }
}

const writeString = (text: string): string =>
  JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');

function writeList(call: BuiltinCall, value: Opaque, items: readonly Concrete[]): string {
  const parts = call.items(call.defaultOf(value)) ?? [];
  return `[${items.map((item, i) => write(call, parts[i] ?? value, item)).join(',')}]`;
}

function writeStruct(call: BuiltinCall, value: Opaque, fields: ReadonlyMap<string, Concrete>): string {
  const given = call.defaultOf(value);
  const vertex = given.tag === 'vertex' ? given.deref() : undefined;
  const members = inOrder(given, [...fields]).map(([name, field]) => {
    const part = vertex?.arc(stringLabel(name)) ?? value;
    return `${writeString(name)}:${write(call, part, field)}`;
  });
  return `{${members.join(',')}}`;
}

/**
 * As declared, where one struct declares all fields. CUE sorts those of several structs topologically.
 *
 * @throws BuiltinError `unsupported`
 */
function inOrder<T>(
  value: Opaque,
  fields: readonly (readonly [string, T])[],
): readonly (readonly [string, T])[] {
  if (fields.length < 2) return fields;
  const order = declaredOrder(value);
  const places = new Map(order.map((name, i) => [name, i]));
  const sorted = fields.map((field) => ({ field, place: places.get(field[0]) ?? -1 }));
  if (sorted.some(({ place }) => place < 0)) {
    throw new BuiltinError('JSON of a struct whose fields come from several places', 'unsupported');
  }
  return sorted.toSorted((x, y) => x.place - y.place).map(({ field }) => field);
}

function declaredOrder(value: Opaque): readonly string[] {
  if (value.tag !== 'vertex') return [];
  const structs = value
    .deref()
    .structs.map(({ struct }) => struct.declarations)
    .filter((declarations) => declarations.some(({ tag }) => tag === 'field' || tag === 'dynamic-field'));
  const [only, ...others] = structs;
  if (only === undefined || others.length > 0) return [];
  return only.flatMap((declaration) =>
    declaration.tag === 'field' && isRegular(declaration.label) && isString(declaration.label)
      ? [labelName(declaration.label)]
      : [],
  );
}
