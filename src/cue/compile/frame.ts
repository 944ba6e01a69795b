/** Where the compiler stands: one frame for each piece of syntax around it that declares names. */

import type * as ast from '../syntax/ast.ts';
import type { Label } from '../value/label.ts';
import type { Expression } from './expression.ts';
import type { ScopeNode } from './scope.ts';

/** A let clause: compiled when it is first referred to, to find let clauses that need each other. */
export type LetEntry = {
  readonly clause: ast.LetClause;
  readonly label: Label;
  state: 'fresh' | 'busy' | 'known';
};

/** What `X=` or `let X` declares. */
export type Alias = {
  readonly offset: number;
  readonly let?: LetEntry;
  /** Of a label that is evaluated, once it is compiled. */
  key?: Expression;
  used: boolean;
};

export type Frame = {
  /** Undefined: the frame of a value alias. */
  readonly scope: ScopeNode | undefined;
  /** Environments that it opens at evaluation. */
  readonly up: 0 | 1;
  /** Its values differ from one turn of a comprehension to the next, and their struct is merged into one. */
  looping: boolean;
  /** The field whose value is being compiled. */
  field: ast.Field | undefined;
  readonly aliases: Map<string, Alias>;
};
