/**
 * A compiled policy: references are resolved to (how many scopes up, label). Scopes: each struct, list, pattern-free
 * field value and each clause `for`/`let` of a comprehension opens one environment at evaluation; a file's struct is
 * one; `up` counts environments outward from where the reference stands.
 */

import type { Label } from '../value/label.ts';
import type { Position } from '../value/position.ts';
import type { BoundOp, Value } from '../value/value.ts';

export type Presence = 'regular' | 'required' | 'optional';

export type StructExpression = {
  readonly tag: 'struct';
  readonly declarations: readonly Declaration[];
  /** The struct of a whole file: closedness does not begin at it. */
  readonly file: boolean;
  /** What is left of a comprehension's struct after its fixed fields were taken out. */
  readonly comprehension: boolean;
  /** Has an embedded expression or comprehension. */
  readonly embeds: boolean;
  readonly at: Position | undefined;
};

export type FieldDeclaration = {
  readonly tag: 'field';
  readonly label: Label;
  readonly presence: Presence;
  readonly value: Expression;
  readonly at: Position | undefined;
};
/** `multi`: it refers to a variable of a comprehension in a struct, so that each turn of it has a value of its own. */
export type LetDeclaration = {
  readonly tag: 'let-field';
  readonly label: Label;
  readonly multi: boolean;
  readonly value: Expression;
  readonly at: Position | undefined;
};
/** `[filter]: value` */
export type PatternDeclaration = {
  readonly tag: 'pattern-field';
  readonly filter: Expression;
  readonly value: Expression;
  readonly at: Position | undefined;
};
/** `(key): value` and `"\(key)": value`. */
export type DynamicDeclaration = {
  readonly tag: 'dynamic-field';
  readonly key: Expression;
  readonly presence: Presence;
  readonly value: Expression;
  readonly at: Position | undefined;
};
/** `...` or `...value`; without a value it stands for `_`. */
export type EllipsisDeclaration = {
  readonly tag: 'ellipsis';
  readonly value: Expression | undefined;
  readonly at: Position | undefined;
};

export type ForYielder = {
  readonly tag: 'for';
  readonly key: Label;
  readonly value: Label;
  readonly source: Expression;
  readonly at: Position | undefined;
};
export type IfYielder = {
  readonly tag: 'if';
  readonly condition: Expression;
  readonly at: Position | undefined;
};
export type LetYielder = {
  readonly tag: 'let';
  readonly label: Label;
  readonly value: Expression;
  readonly at: Position | undefined;
};
export type Yielder = ForYielder | IfYielder | LetYielder;

export type ComprehensionDeclaration = {
  readonly tag: 'comprehension';
  readonly clauses: readonly Yielder[];
  readonly value: StructExpression;
  readonly at: Position | undefined;
};

export type Declaration =
  | FieldDeclaration
  | LetDeclaration
  | PatternDeclaration
  | DynamicDeclaration
  | EllipsisDeclaration
  | ComprehensionDeclaration
  | Expression;

export type ListExpression = {
  readonly tag: 'list';
  readonly elements: readonly (Expression | ComprehensionDeclaration | EllipsisDeclaration)[];
  readonly at: Position | undefined;
};

export type FieldReference = {
  readonly tag: 'field-reference';
  readonly up: number;
  readonly label: Label;
  readonly at: Position | undefined;
};
/** `a: X={...}`: the field's own value; `up` 0 is the vertex under evaluation itself. */
export type ValueReference = {
  readonly tag: 'value-reference';
  readonly up: number;
  readonly label: Label;
  readonly at: Position | undefined;
};
/** `[X=string]: ... X`: the label that matched. */
export type LabelReference = {
  readonly tag: 'label-reference';
  readonly up: number;
  readonly at: Position | undefined;
};
/** `X=(expr): ...` or `X=[pattern]: ...`: the field of a label that is evaluated. */
export type DynamicReference = {
  readonly tag: 'dynamic-reference';
  readonly up: number;
  readonly label: Expression;
  readonly at: Position | undefined;
};
export type ImportReference = {
  readonly tag: 'import-reference';
  readonly path: string;
  readonly at: Position | undefined;
};
export type LetReference = {
  readonly tag: 'let-reference';
  readonly up: number;
  readonly label: Label;
  readonly at: Position | undefined;
};
export type SelectorExpression = {
  readonly tag: 'selector';
  readonly x: Expression;
  readonly label: Label;
  readonly at: Position | undefined;
};
export type IndexExpression = {
  readonly tag: 'index';
  readonly x: Expression;
  readonly index: Expression;
  readonly at: Position | undefined;
};

export type SliceExpression = {
  readonly tag: 'slice';
  readonly x: Expression;
  readonly low: Expression | undefined;
  readonly high: Expression | undefined;
  readonly at: Position | undefined;
};
export type InterpolationExpression = {
  readonly tag: 'interpolation';
  readonly bytes: boolean;
  /** Literals and expressions in turn, as they are written. */
  readonly parts: readonly Expression[];
  readonly at: Position | undefined;
};
export type UnaryExpression = {
  readonly tag: 'unary';
  readonly op: '+' | '-' | '!';
  readonly x: Expression;
  readonly at: Position | undefined;
};
export type BinaryOperator =
  | '&'
  | '&&'
  | '||'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '=~'
  | '!~'
  | '+'
  | '-'
  | '*'
  | '/'
  | 'div'
  | 'mod'
  | 'quo'
  | 'rem';
export type BinaryExpression = {
  readonly tag: 'binary';
  readonly op: BinaryOperator;
  readonly x: Expression;
  readonly y: Expression;
  readonly at: Position | undefined;
};
export type BoundExpression = {
  readonly tag: 'bound-expression';
  readonly op: BoundOp;
  readonly x: Expression;
  readonly at: Position | undefined;
};
export type BuiltinCallExpression = {
  readonly tag: 'call';
  readonly fun: Expression;
  readonly args: readonly Expression[];
  readonly at: Position | undefined;
};
export type DisjunctionExpression = {
  readonly tag: 'disjunction-expression';
  readonly disjuncts: readonly { readonly value: Expression; readonly default: boolean }[];
  /** Some disjunct carries `*`. */
  readonly marked: boolean;
  readonly at: Position | undefined;
};

/** What points to a vertex. */
export type Resolver =
  | FieldReference
  | ValueReference
  | DynamicReference
  | ImportReference
  | LetReference
  | SelectorExpression
  | IndexExpression;

/** What computes a value. */
export type Computed =
  | StructExpression
  | ListExpression
  | LabelReference
  | SliceExpression
  | InterpolationExpression
  | UnaryExpression
  | BinaryExpression
  | BoundExpression
  | BuiltinCallExpression
  | DisjunctionExpression;

export type Expression = Resolver | Computed | Value;

/** One policy: its files' structs, all unified at the root. `unsupported` is never here: the compiler refuses. */
export type CompiledInstance = {
  readonly files: readonly StructExpression[];
  readonly packageName: string;
  /** Labels at the top to which some expression refers. */
  readonly referred: ReadonlySet<Label>;
  /** Whether some reference points to a regular field that is not at the top. */
  readonly inward: boolean;
};
