import type { Declaration, Expression, StructExpression } from '../compile/expression.ts';
import type { Comprehended } from './comprehended.ts';
import type { Label } from '../value/label.ts';
import { isLet, NO_LABEL } from '../value/label.ts';
import type { BaseValue, Bottom, Value } from '../value/value.ts';
import type { NodeState } from './node-state.ts';

/** Whether a field is there: the smaller, the more certain. */
export type ArcType = 0 | 1 | 2 | 3 | 4;
export const MEMBER = 0;
export const REQUIRED = 1;
export const OPTIONAL = 2;
/** A comprehension decides. */
export const PENDING = 3;
export const NOT_PRESENT = 4;

export type Status = 0 | 1 | 4;
export const UNPROCESSED = 0;
export const EVALUATING = 1;
export const FINALIZED = 4;

/** A list of references that led here, for finding cycles. */
export type ReferenceNode = {
  readonly reference: object;
  readonly arc: Vertex;
  readonly node: Vertex;
  readonly next: ReferenceNode | undefined;
  readonly depth: number;
};

export const NO_CYCLE = 0;
export const IS_OPTIONAL = 1;
export const MAYBE_CYCLIC = 2;
export const IS_CYCLIC = 3;

/** Where a conjunct comes from, as far as closedness and cycles ask. Never changed: copied with changes. */
export type Origin = {
  readonly generation: number;
  readonly id: number;
  readonly embed: number;
  readonly outer: number;
  readonly fromEmbed: boolean;
  readonly fromDefinition: boolean;
  readonly topDefinition: boolean;
  readonly cycle: number;
  readonly references: ReferenceNode | undefined;
};

export const ROOT_ORIGIN: Origin = {
  generation: 0,
  id: 0,
  embed: 0,
  outer: 0,
  fromEmbed: false,
  fromDefinition: false,
  topDefinition: false,
  cycle: NO_CYCLE,
  references: undefined,
};

export class Environment {
  readonly up: Environment | undefined;
  readonly vertex: Vertex | undefined;
  /** The label that a pattern matched. */
  readonly dynamicLabel: Label;
  /** Let clauses evaluated in this environment. */
  lets: Map<object, Vertex> | undefined = undefined;

  constructor(up: Environment | undefined, vertex: Vertex | undefined, dynamicLabel: Label = NO_LABEL) {
    this.up = up;
    this.vertex = vertex;
    this.dynamicLabel = dynamicLabel;
  }
}

/** What a conjunct holds: an expression, or the field or comprehension that it stands in. */
export type ConjunctNode = Expression | Declaration | Comprehended;

export type Conjunct = { readonly env: Environment; readonly x: ConjunctNode; origin: Origin };

export type PatternConstraint = { readonly pattern: Value; readonly constraint: Vertex };

export type StructInfo = { readonly struct: StructExpression };

/** One node of the value graph: its conjuncts, and what became of them. */
export class Vertex {
  readonly tag = 'vertex';
  parent: Vertex | undefined;
  label: Label;
  arcType: ArcType = MEMBER;
  status: Status = UNPROCESSED;
  state: NodeState | undefined = undefined;
  overlay: Vertex | undefined = undefined;
  base: BaseValue | undefined = undefined;
  childErrors: Bottom | undefined = undefined;
  arcs: Vertex[] = [];
  conjuncts: Conjunct[] = [];
  patterns: PatternConstraint[] | undefined = undefined;
  structs: StructInfo[] = [];
  isData = false;
  closedRecursive = false;
  closedOnce = false;
  hasEllipsis = false;
  multiLet = false;
  isDynamic = false;
  isPatternConstraint = false;
  nonRooted = false;
  anonymous = false;
  isDisjunct = false;
  isShared = false;

  constructor(parent: Vertex | undefined, label: Label) {
    this.parent = parent;
    this.label = label;
  }

  copy(): Vertex {
    return Object.assign(new Vertex(this.parent, this.label), this);
  }

  /** The vertex that this one ultimately stands for. */
  deref(): Vertex {
    return this.base?.tag === 'vertex' ? this.base.deref() : this;
  }

  derefDisjunct(): Vertex {
    return this.base?.tag === 'vertex' && this.base.isDisjunct ? this.base.derefDisjunct() : this;
  }

  derefNonDisjunct(): Vertex {
    return this.base?.tag === 'vertex' && !this.base.isDisjunct ? this.base.derefNonDisjunct() : this;
  }

  derefNonRooted(): Vertex {
    const { base } = this;
    if (base?.tag !== 'vertex' || base.isDisjunct || (this.isShared && !isLet(base.label))) return this;
    return base.derefNonRooted();
  }

  derefNonShared(): Vertex {
    return this.state?.isShared === true ? this : this.deref();
  }

  /** The node under an overlay, for telling whether two are the same. */
  identity(): Vertex {
    const v = this.deref();
    return v.state === undefined ? v : v.state.underlying;
  }

  arc(label: Label): Vertex | undefined {
    const arcs = this.arcs;
    for (let i = 0; i < arcs.length; i++) {
      const a = arcs[i];
      if (a !== undefined && a.label === label) return a;
    }
    return undefined;
  }

  bottom(): Bottom | undefined {
    const base = this.deref().base;
    return base?.tag === 'bottom' ? base : undefined;
  }

  /** The value: itself where it is a struct or list; nothing where that is not known yet. */
  value(): Value | undefined {
    const base = this.base;
    if (base === undefined) return undefined;
    return base.tag === 'struct-marker' || base.tag === 'list-marker' ? this : base;
  }

  isList(): boolean {
    return this.base?.tag === 'list-marker';
  }

  isClosedList(): boolean {
    return this.base?.tag === 'list-marker' && !this.base.open;
  }

  isFinal(): boolean {
    return this.deref().status === FINALIZED;
  }

  holdsData(): boolean {
    return this.isData || this.conjuncts.length === 0;
  }

  rooted(): boolean {
    return !this.nonRooted && !isLet(this.label) && !this.isDynamic;
  }

  isClosedStruct(): boolean {
    const base = this.base;
    if (base?.tag === 'vertex') return this.closedRecursive && !this.hasEllipsis;
    if (base?.tag !== 'struct-marker' && base?.tag !== 'disjunction') return false;
    return this.closedRecursive || this.closedOnce;
  }

  isOpenStruct(): boolean {
    if (this.hasEllipsis) return true;
    return !this.closedOnce && !this.isClosedStruct();
  }

  isFromDisjunction(): boolean {
    return this.base?.tag === 'disjunction' || this.isWithinDisjunct();
  }

  private isWithinDisjunct(): boolean {
    return this.isDisjunct || (this.base?.tag === 'vertex' && this.base.isWithinDisjunct());
  }
}
