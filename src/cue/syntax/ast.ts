/** The syntax tree of one CUE file (CUE language specification, v0.16.1). Offsets are UTF-16 units into its text. */

import type { Decimal } from '../number/decimal.ts';

/** One policy file: its name as the user wrote it, and its text. */
export type SourceFile = { readonly name: string; readonly text: string };

export type Ident = { readonly kind: 'ident'; readonly name: string; readonly offset: number };

export type StringLit = { readonly kind: 'string'; readonly value: string; readonly offset: number };

export type BytesLit = { readonly kind: 'bytes'; readonly value: Uint8Array; readonly offset: number };

/** `int` tells 1 from 1.0: an integer literal has neither a fraction nor an exponent. */
export type NumberLit = {
  readonly kind: 'number';
  readonly int: boolean;
  readonly value: Decimal;
  readonly offset: number;
};

export type BoolLit = { readonly kind: 'bool'; readonly value: boolean; readonly offset: number };

export type NullLit = { readonly kind: 'null'; readonly offset: number };

/** `_|_` */
export type BottomLit = { readonly kind: 'bottom'; readonly offset: number };

/** `"a\(x)b"`: strings.length is expressions.length + 1; of bytes the strings are literal octets. */
export type Interpolation =
  | {
      readonly kind: 'interpolation';
      readonly bytes: false;
      readonly strings: readonly string[];
      readonly expressions: readonly Expression[];
      readonly offset: number;
    }
  | {
      readonly kind: 'interpolation';
      readonly bytes: true;
      readonly strings: readonly Uint8Array[];
      readonly expressions: readonly Expression[];
      readonly offset: number;
    };

export type StructLit = {
  readonly kind: 'struct';
  readonly declarations: readonly Declaration[];
  readonly offset: number;
};

export type ListLit = {
  readonly kind: 'list';
  readonly elements: readonly (Expression | Comprehension)[];
  readonly ellipsis?: ListEllipsis;
  readonly offset: number;
};

/** `x.name` or `x."name"`; a hidden or definition name only without quotes. */
export type Selector = {
  readonly kind: 'selector';
  readonly x: Expression;
  readonly label: Ident | StringLit;
  readonly offset: number;
};

export type Index = {
  readonly kind: 'index';
  readonly x: Expression;
  readonly index: Expression;
  readonly offset: number;
};

export type Slice = {
  readonly kind: 'slice';
  readonly x: Expression;
  readonly low?: Expression;
  readonly high?: Expression;
  readonly offset: number;
};

export type Call = {
  readonly kind: 'call';
  readonly fun: Expression;
  readonly args: readonly Expression[];
  readonly offset: number;
};

export type UnaryOp = '+' | '-' | '!' | '*' | '<' | '<=' | '>' | '>=' | '==' | '!=' | '=~' | '!~';

export type Unary = {
  readonly kind: 'unary';
  readonly op: UnaryOp;
  readonly x: Expression;
  readonly offset: number;
};

export type BinaryOp =
  | '&'
  | '|'
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

/** `offset` is the left operand's, `opOffset` the operator's. */
export type Binary = {
  readonly kind: 'binary';
  readonly op: BinaryOp;
  readonly x: Expression;
  readonly y: Expression;
  readonly offset: number;
  readonly opOffset: number;
};

export type Paren = { readonly kind: 'paren'; readonly x: Expression; readonly offset: number };

/** `X=expression` as a field's value; as a label it is `Label.alias`. */
export type Alias = {
  readonly kind: 'alias';
  readonly ident: Ident;
  readonly x: Expression;
  readonly offset: number;
};

export type Expression =
  | Ident
  | StringLit
  | BytesLit
  | NumberLit
  | BoolLit
  | NullLit
  | BottomLit
  | Interpolation
  | StructLit
  | ListLit
  | Selector
  | Index
  | Slice
  | Call
  | Unary
  | Binary
  | Paren;

/** `name`, `"name"`, `"a\(x)"`, `(x)`, `[x]`; `X=` before it; inside a pattern `[X=string]` is `pattern.alias`. */
export type Label =
  | { readonly kind: 'ident'; readonly ident: Ident; readonly alias?: Ident; readonly offset: number }
  | { readonly kind: 'string'; readonly value: string; readonly alias?: Ident; readonly offset: number }
  | { readonly kind: 'dynamic'; readonly x: Expression; readonly alias?: Ident; readonly offset: number }
  | {
      readonly kind: 'pattern';
      readonly x: Expression;
      readonly inner?: Ident;
      readonly alias?: Ident;
      readonly offset: number;
    };

/** A shorthand `a: b: c` is a field whose value is a struct of one declaration. */
export type Field = {
  readonly kind: 'field';
  readonly label: Label;
  readonly presence: 'regular' | 'optional' | 'required';
  readonly value: Expression | Alias;
  readonly offset: number;
};

export type LetClause = {
  readonly kind: 'let';
  readonly ident: Ident;
  readonly x: Expression;
  readonly offset: number;
};

/** `...` of a struct */
export type Ellipsis = { readonly kind: 'ellipsis'; readonly offset: number };

/** `...` or `...T` of a list */
export type ListEllipsis = Ellipsis & { readonly x?: Expression };

export type Embedding = { readonly kind: 'embedding'; readonly x: Expression; readonly offset: number };

export type ForClause = {
  readonly kind: 'for';
  readonly key?: Ident;
  readonly value: Ident;
  readonly source: Expression;
  readonly offset: number;
};

export type IfClause = { readonly kind: 'if'; readonly condition: Expression; readonly offset: number };

export type Comprehension = {
  readonly kind: 'comprehension';
  readonly clauses: readonly (ForClause | IfClause | LetClause)[];
  readonly value: StructLit;
  readonly offset: number;
};

/** `@name(body)`; `inFile` for one outside all fields. */
export type Attribute = {
  readonly kind: 'attribute';
  readonly name: string;
  readonly body: string;
  readonly offset: number;
};

export type Declaration =
  Field | LetClause | Ellipsis | Embedding | Comprehension | Attribute | ImportDeclaration;

export type ImportSpec = { readonly name?: Ident; readonly path: string; readonly offset: number };

export type ImportDeclaration = {
  readonly kind: 'import';
  readonly specs: readonly ImportSpec[];
  readonly offset: number;
};

/** Attributes of fields stand in `attributes` too, all of them, for refusing what changes how a file is read. */
export type File = {
  readonly source: SourceFile;
  readonly package?: Ident;
  readonly imports: readonly ImportSpec[];
  readonly declarations: readonly Declaration[];
  readonly attributes: readonly Attribute[];
};
