import type { FieldDeclaration, LetDeclaration, StructExpression, Yielder } from '../compile/expression.ts';
import type { Kind } from '../value/kind.ts';
import type { Position } from '../value/position.ts';
import type { ArcType, Environment, Vertex } from './vertex.ts';

/** The one evaluation of a comprehension, shared by all the fields that it may add. */
export type Yielded = {
  readonly clauses: readonly Yielder[];
  readonly vertex: Vertex;
  readonly environments: Environment[];
  done: boolean;
  /** Structs that count once at least one result came. */
  structs: readonly StructExpression[];
  readonly at: Position | undefined;
};

/**
 * A field that a comprehension may add, waiting in that field's own vertex: so a comprehension may depend on what
 * another one of the same struct adds.
 */
export type Comprehended = {
  readonly tag: 'comprehended';
  readonly value: FieldDeclaration | LetDeclaration;
  readonly arcType: ArcType;
  readonly yielded: Yielded;
  /** The comprehended field around it; none: the comprehension as it is written. */
  readonly parent: Comprehended | undefined;
  /** The vertex whose field it is. */
  readonly arc: Vertex;
  /** What its fixed fields say of the field's own type; 0: nothing. */
  kind: Kind;
  readonly at: Position | undefined;
};
