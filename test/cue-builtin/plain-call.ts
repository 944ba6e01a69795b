/** A call over plain values, for tests of the functions alone. */

import { compare, fromInteger } from '#core/cue/number/decimal';
import { toInteger } from '#core/cue/number/integer';
import {
  BuiltinError,
  type BuiltinCall,
  type Concrete,
  type NumberResult,
  type Opaque,
  type Result,
} from '#core/cue/builtin/builtin';
import { toUtf8 } from '#core/cue/builtin/rune';
import {
  BOOL_KIND,
  BYTES_KIND,
  FLOAT_KIND,
  INT_KIND,
  type Kind,
  LIST_KIND,
  NULL_KIND,
  STRING_KIND,
  STRUCT_KIND,
} from '#core/cue/value/kind';

export const text = (value: string): Concrete => ({ kind: 'string', value });
export const integer = (value: bigint | number): Concrete => ({
  kind: 'number',
  int: true,
  value: fromInteger(value),
});
export const octets = (value: Uint8Array): Concrete => ({ kind: 'bytes', value });
export const items = (...values: readonly Concrete[]): Concrete => ({ kind: 'list', items: values });

const seal = (value: Concrete): Opaque => value as unknown as Opaque;
const unseal = (value: Opaque): Concrete => value as unknown as Concrete;

export function kindOf(value: Concrete): Kind {
  const kinds = {
    null: NULL_KIND,
    bool: BOOL_KIND,
    string: STRING_KIND,
    bytes: BYTES_KIND,
    list: LIST_KIND,
    struct: STRUCT_KIND,
  };
  return value.kind === 'number' ? (value.int ? INT_KIND : FLOAT_KIND) : kinds[value.kind];
}

const wrongType = (): BuiltinError => new BuiltinError('an argument of another type');

function pick<K extends Concrete['kind']>(
  value: Concrete | undefined,
  kind: K,
): Extract<Concrete, { kind: K }> {
  if (value?.kind !== kind) throw wrongType();
  return value as Extract<Concrete, { kind: K }>;
}

function isEqual(x: Concrete, y: Concrete): boolean {
  if (kindOf(x) !== kindOf(y)) return false;
  if (x.kind === 'number' && y.kind === 'number') return compare(x.value, y.value) === 0;
  return JSON.stringify(show(x)) === JSON.stringify(show(y));
}

/** A call with just these arguments; all of them are concrete and final. */
export function plainCall(argumentsOfCall: readonly Concrete[], validator = false): BuiltinCall {
  const at = (index: number): Concrete => {
    const value = argumentsOfCall[index];
    if (value === undefined) throw new BuiltinError('not enough arguments');
    return value;
  };
  const number = (index: number): NumberResult => pick(at(index), 'number');
  const list = (index: number): readonly Concrete[] => pick(at(index), 'list').items;
  const refuse = (): never => {
    throw new Error('only the evaluator can tell');
  };
  return {
    count: argumentsOfCall.length,
    validator,
    string: (index) => pick(at(index), 'string').value,
    octets: (index) => {
      const value = at(index);
      return value.kind === 'string' ? toUtf8(value.value) : pick(value, 'bytes').value;
    },
    bigInt: (index) => toInteger(number(index).value),
    decimal: (index) => number(index).value,
    float64: (index) => {
      const { coefficient, exponent } = number(index).value;
      return Number(`${coefficient}e${exponent}`);
    },
    bool: (index) => pick(at(index), 'bool').value,
    list: (index) => list(index).map(seal),
    cueList: (index) => ({ items: list(index).map(seal), open: false }),
    stringList: (index) => list(index).map((item) => pick(item, 'string').value),
    decimalList: (index) => list(index).map((item) => pick(item, 'number')),
    struct: (index) => ({ length: pick(at(index), 'struct').fields.size, constraintFields: 0, open: true }),
    concrete: at,
    opaque: (index) => seal(at(index)),
    concreteOpaque: (index) => seal(at(index)),
    items: (value) => {
      const concrete = unseal(value);
      return concrete.kind === 'list' ? concrete.items.map(seal) : undefined;
    },
    defaultOf: (value) => value,
    kind: (value) => kindOf(unseal(value)),
    isFinal: () => true,
    equal: (x, y) => isEqual(unseal(x), unseal(y)),
    accepts: refuse,
    has: refuse,
    less: refuse,
    unifies: refuse,
  };
}

/** A value as JSON that tells types and the places of numbers apart: `["int", "12", 0]`. */
export function show(value: Result): unknown {
  if (typeof value === 'boolean') return ['bool', value];
  if (typeof value === 'bigint') return ['int', String(value), 0];
  if (typeof value === 'string') return ['string', value];
  if (value instanceof Uint8Array) return ['bytes', Buffer.from(value).toString('base64')];
  if ('opaque' in value) return show(unseal(value));
  if ('list' in value) return ['list', value.list.map(show)];
  if ('struct' in value) return ['struct', [...value.struct].map(([name, field]) => [name, show(field)])];
  if (!('kind' in value)) return showNumber(value);
  if (value.kind === 'null') return ['null'];
  if (value.kind === 'list') return ['list', value.items.map(show)];
  if (value.kind === 'struct')
    return ['struct', [...value.fields].map(([name, field]) => [name, show(field)])];
  return value.kind === 'number' ? showNumber(value) : show(value.value);
}

const showNumber = ({ int, value }: NumberResult): unknown => [
  int ? 'int' : 'float',
  (value.negativeZero === true ? '-' : '') + String(value.coefficient),
  value.exponent,
];
