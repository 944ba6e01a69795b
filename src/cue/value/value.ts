import type { BuiltinFunction } from '../builtin/builtin.ts';
import type { BuiltinCallExpression } from '../compile/expression.ts';
import type { PredeclaredFunction } from '../evaluate/predeclared.ts';
import type { Vertex } from '../evaluate/vertex.ts';
import type { Decimal } from '../number/decimal.ts';
import type { Kind } from './kind.ts';
import type { Position } from './position.ts';

export type NullValue = { readonly tag: 'null'; readonly at?: Position | undefined };
export type BoolValue = { readonly tag: 'bool'; readonly value: boolean; readonly at?: Position | undefined };
/** `kind` is INT_KIND, FLOAT_KIND or, of an operation on a wrong operand, NUMBER_KIND. */
export type NumberValue = {
  readonly tag: 'number';
  readonly kind: Kind;
  readonly value: Decimal;
  readonly at?: Position | undefined;
};
export type StringValue = {
  readonly tag: 'string';
  readonly value: string;
  readonly at?: Position | undefined;
};
export type BytesValue = {
  readonly tag: 'bytes';
  readonly value: Uint8Array;
  readonly at?: Position | undefined;
};
export type TopValue = { readonly tag: 'top'; readonly at?: Position | undefined };
export type TypeValue = { readonly tag: 'type'; readonly kind: Kind; readonly at?: Position | undefined };

export type BoundOp = '<' | '<=' | '>' | '>=' | '!=' | '==' | '=~' | '!~';
export type BoundValue = {
  readonly tag: 'bound';
  readonly op: BoundOp;
  readonly value: Value;
  readonly at?: Position | undefined;
};
export type ConjunctionValue = {
  readonly tag: 'conjunction';
  readonly values: readonly Value[];
  readonly at?: Position | undefined;
};
/** The first `defaults` values are the defaults; `marked`: some disjunct carries `*`. */
export type DisjunctionValue = {
  readonly tag: 'disjunction';
  readonly values: readonly Value[];
  readonly defaults: number;
  readonly marked: boolean;
  readonly at?: Position | undefined;
};

/** A function: of a package, or predeclared like `len`. */
export type FunctionValue = {
  readonly tag: 'function';
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly result: Kind;
  readonly nonConcrete: boolean;
  readonly body:
    | { readonly kind: 'package'; readonly function: BuiltinFunction }
    | { readonly kind: 'predeclared'; readonly function: PredeclaredFunction };
  readonly at?: Position | undefined;
};
export type Parameter = { readonly kind: Kind; readonly constraint?: Value };

/** A function called with all arguments but the first: it judges the value that it meets. */
export type ValidatorValue = {
  readonly tag: 'validator';
  readonly function: FunctionValue;
  readonly call: BuiltinCallExpression | undefined;
  readonly args: readonly Value[];
  readonly at?: Position | undefined;
};

/** Codes of an error, in their order of severity: the lower one wins. From INCOMPLETE on an error may yet vanish. */
export const EVALUATION = 0;
export const USER = 1;
export const LITERAL_BOTTOM = 2;
export const STRUCTURAL_CYCLE = 3;
export const INCOMPLETE = 4;
export const CYCLE = 5;

/** What went wrong, for people: formed only when it is shown. */
export type Issue = {
  readonly message: () => string;
  readonly vertex: Vertex | undefined;
  readonly at: readonly Position[];
  readonly expected?: (() => string) | undefined;
  readonly found?: (() => string) | undefined;
  /** Of an empty disjunction: why each branch failed. */
  readonly branches?: readonly Issue[];
};

export type Bottom = {
  readonly tag: 'bottom';
  code: number;
  readonly issues: readonly Issue[];
  readonly node: Vertex | undefined;
  hasRecursive: boolean;
  readonly childError: boolean;
  closeCheck: boolean;
  readonly at?: Position | undefined;
};

export type Value =
  | NullValue
  | BoolValue
  | NumberValue
  | StringValue
  | BytesValue
  | TopValue
  | TypeValue
  | BoundValue
  | ConjunctionValue
  | DisjunctionValue
  | FunctionValue
  | ValidatorValue
  | Bottom
  | Vertex;

export type StructMarker = { readonly tag: 'struct-marker' };
export type ListMarker = { readonly tag: 'list-marker'; open: boolean };

/** What a vertex is: a value, another vertex that it stands for, or only the mark of a struct or list. */
export type BaseValue = Value | StructMarker | ListMarker;
