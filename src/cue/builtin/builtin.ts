/** What a builtin function of CUE's standard packages is, and what it sees of its call. */

import type { Decimal } from '../number/decimal.ts';
import type { Kind } from '../value/kind.ts';
import type { DisjunctionValue, Value } from '../value/value.ts';

/** A number as a result: `int` tells CUE's type. */
export type NumberResult = { readonly int: boolean; readonly value: Decimal };

/** An evaluated value, finalized, without its default resolved; only the evaluator looks inside. */
export type Opaque = Value;

/** A concrete value in plain form; a struct's fields are regular fields only, in order. */
export type Concrete =
  | { readonly kind: 'null' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'number'; readonly int: boolean; readonly value: Decimal }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'list'; readonly items: readonly Concrete[] }
  | { readonly kind: 'struct'; readonly fields: ReadonlyMap<string, Concrete> };

/**
 * What a function may return: a boolean is also a validator's answer, a bigint an int, `Opaque` an argument's
 * part handed on.
 */
export type Result =
  boolean | bigint | string | Uint8Array | NumberResult | Concrete | Opaque | ResultList | ResultStruct;
export type ResultList = { readonly list: readonly Result[] };
export type ResultStruct = { readonly struct: ReadonlyMap<string, Result> };

/** A struct argument: its regular string fields that exist, its counts of others. */
export type StructArgument = {
  /** Regular fields that are present (not optional, not required). */
  readonly length: number;
  /** Optional and required regular fields. */
  readonly constraintFields: number;
  /** Open by `...` or by a pattern, or not closed at all. */
  readonly open: boolean;
};

export type ListArgument = { readonly items: readonly Opaque[]; readonly open: boolean };

/**
 * The arguments of one call, converted when asked for. An argument of the wrong type ends the call with an error, an
 * argument that is not concrete yet ends it with an incomplete error: both are thrown by the accessor.
 */
export type BuiltinCall = {
  readonly count: number;
  /** True where the function is evaluated as a validator of a value: `strings.MinRunes(3)` beside a string. */
  readonly validator: boolean;
  string(index: number): string;
  /** Bytes, or a string as UTF-8. */
  octets(index: number): Uint8Array;
  bigInt(index: number): bigint;
  decimal(index: number): Decimal;
  float64(index: number): number;
  bool(index: number): boolean;
  list(index: number): readonly Opaque[];
  /** Open or closed matters: list.MinItems. */
  cueList(index: number): ListArgument;
  stringList(index: number): readonly string[];
  decimalList(index: number): readonly NumberResult[];
  struct(index: number): StructArgument;
  /** A value that is concrete throughout (as JSON needs); ends the call when it is not. */
  concrete(index: number): Concrete;
  /** The argument as it is (Go's c.Schema(i)), for the functions below. */
  opaque(index: number): Opaque;
  /** As `opaque`, an incomplete error where it is not concrete at its top (Go's c.Value(i)). */
  concreteOpaque(index: number): Opaque;
  /** The items of a part of an argument, as they are; undefined where it is no list that exists. */
  items(value: Opaque): readonly Opaque[] | undefined;
  /** The default of a part of an argument, itself where it has none. */
  defaultOf(value: Opaque): Opaque;
  /** The type of a value that is concrete at its top, none else. */
  kind(value: Opaque): Kind;
  /** The set of types that a value may have. */
  possibleKind(value: Opaque): Kind;
  /** Whether a value can no longer change, so that a verdict about it is final (adt.IsFinal). */
  isFinal(value: Opaque): boolean;
  /** adt.Equal over all fields, or over regular ones only: for list.Contains, list.UniqueItems. */
  equal(x: Opaque, y: Opaque, fields: 'all' | 'regular'): boolean;
  /** Whether an integer unified with a schema has no error: list.MatchN's first. */
  accepts(schema: Opaque, count: bigint): boolean;
  /** Whether a struct has a regular field. */
  has(value: Opaque, field: string): boolean;
  /** `less` of the comparer with its `x` and `y` filled in: undefined where it has an error, false where no bool. */
  less(comparer: Opaque, x: Opaque, y: Opaque): boolean | undefined;
  /** Whether data unified with a schema has no error: for list.MatchN. `final` as cue.Final(). */
  unifies(schema: Opaque, data: Opaque | Concrete, final: boolean): boolean;
  /** What kind of error data unified with a schema has, as cue.Final(): for encoding/json.Validate. */
  refusal(schema: Opaque, data: Concrete): 'evaluation' | 'incomplete' | undefined;
};

/** Converts one argument. @throws what its accessor throws */
export type Conversion = (call: BuiltinCall, index: number) => unknown;

export type BuiltinFunction = {
  readonly name: string;
  /** The set of types of each parameter. */
  readonly parameters: readonly Kind[];
  /** `BOOL_KIND` and `BOTTOM_KIND` make a validator of it; with `BOTTOM_KIND` it is nothing else. */
  readonly result: Kind;
  /** What a parameter must be besides its type, by its index: a disjunction's single default is the parameter's. */
  readonly constraints?: ReadonlyMap<number, DisjunctionValue>;
  /** How CUE converts an argument, by its index, where the parameter's type does not say it. */
  readonly conversions?: readonly Conversion[];
  /** Arguments need not be concrete. */
  readonly nonConcrete?: true;
  /** CUE has the function, we do not: a policy that names it is refused when it is compiled. */
  readonly unsupported?: true;
  readonly call: (call: BuiltinCall) => Result;
};

/** A package: its functions and constants. A constant is the text of a CUE expression without references. */
export type BuiltinPackage = {
  readonly path: string;
  readonly functions: readonly BuiltinFunction[];
  readonly constants?: Readonly<Record<string, string>>;
  /** CUE source of what the package declares in CUE itself, as list.Comparer. */
  readonly cue?: string;
  /** To be awaited once, when a policy that imports the package is compiled. */
  readonly prepare?: () => Promise<void>;
};

/**
 * Thrown by a function: its arguments are fine in type, but wrong. `incomplete`: the answer may still change;
 * `unsupported` and `limit`: no answer of CUE's, the whole evaluation must be refused.
 */
export class BuiltinError extends Error {
  readonly reason: 'evaluation' | 'incomplete' | 'unsupported' | 'limit';
  constructor(message: string, reason: BuiltinError['reason'] = 'evaluation') {
    super(message);
    this.reason = reason;
  }
}

/** An error only where the function is a validator; the value of a plain call is then `false`. */
export class ValidationError extends BuiltinError {}
