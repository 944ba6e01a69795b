import type { Expression } from '../compile/expression.ts';
import type { Kind } from '../value/kind.ts';
import { TOP_KIND } from '../value/kind.ts';
import type { BaseValue, Bottom, BoundValue, Value } from '../value/value.ts';
import type { Condition, Mode } from './condition.ts';
import { CONDITION_COUNT } from './condition.ts';
import type { Context } from './context.ts';
import type { Task } from './task.ts';
import type { Conjunct, ConjunctNode, Environment, Origin, Vertex } from './vertex.ts';

export const MAYBE_DEFAULT = 0;
export const IS_DEFAULT = 1;
export const NOT_DEFAULT = 2;
export type DefaultMode = 0 | 1 | 2;

export const HAS_ELLIPSIS = 1;
export const HAS_TOP = 2;
export const HAS_STRUCT = 4;
export const HAS_OPEN_VALIDATOR = 8;

/** What the conjuncts of one origin say of the vertex: evidence for closedness. */
export type ConjunctInfo = { readonly id: number; readonly embed: number; kind: Kind; flags: number };
export type Replacement = { readonly from: number; readonly to: number };
export const EMBEDDING = 1;
export const REFERENCE = 2;
export const STRUCT = 3;
/** A struct or definition that was unified into the vertex and may require that it is closed. */
export type Requirement = {
  readonly vertex: Vertex | undefined;
  readonly id: number;
  parent: number;
  embed: number;
  ignore: boolean;
  readonly kind: 1 | 2 | 3;
  recursive: boolean;
};
export type RequiredSet = {
  readonly id: number;
  readonly parent: number;
  readonly embed: number;
  readonly kind: 1 | 2 | 3;
  once: boolean;
  ignored: boolean;
  removed: boolean;
};

export type Disjunct = {
  readonly value: ConjunctNode;
  error: Bottom | undefined;
  readonly mode: DefaultMode;
};
export type PendingDisjunction = {
  readonly env: Environment;
  readonly origin: Origin;
  readonly hole: number;
  readonly disjuncts: readonly Disjunct[];
};
export type Receiver = { readonly vertex: Vertex; readonly origin: Origin };
export type CyclicConjunct = { readonly conjunct: Conjunct; readonly arc: Vertex | undefined };
export type PostCheck = { readonly env: Environment; readonly x: Expression; readonly expectError: boolean };

const ZEROES: readonly number[] = Array.from({ length: CONDITION_COUNT }, () => 0);

/** The state of a vertex under evaluation: its scheduler and what its conjuncts amount to so far. */
export class NodeState {
  readonly context: Context;
  node: Vertex;
  /** The vertex that the node of a disjunct was copied from. */
  underlying: Vertex;
  /** The prospective parent of a shared vertex. */
  parent: Vertex | undefined = undefined;
  isDisjunct = false;
  retained = 0;
  /** CUE uses the state again for another vertex: what still asks this one faults there. */
  released = false;
  inline: Vertex[] = [];

  // The scheduler.
  running = false;
  completed: Condition = 0;
  provided: Condition = 0;
  frozen: Condition = 0;
  readonly counters: number[] = ZEROES.slice();
  tasks: Task[] = [];
  next = 0;
  blocking: Task[] = [];

  // Progress.
  initialized = false;
  toComplete = false;
  completing = 0;
  mode: Mode = 0;
  depthOfEvaluation = 0;
  depth = 0;

  // What was seen.
  hasTop = false;
  hasCyclicConjunct = false;
  hasAncestorCycle = false;
  hasNonCycle = false;
  hasNonCyclic = false;
  hasStruct = false;
  hasOpenValidator = false;
  isDefinition = false;
  hasFieldValue = false;
  aStruct = false;
  hasDisjunction = false;

  // Closedness.
  dropParentRequirements = false;
  requirementsKnown = false;
  replacementsKnown = false;
  requirements: Requirement[] = [];
  replacements: Replacement[] = [];
  flatReplacements: Replacement[] = [];
  lowestReplacement = 0;
  infos: ConjunctInfo[] = [];
  requiredSets: RequiredSet[] = [];

  // Sharing.
  isShared = false;
  noSharing = false;
  shareDone = false;
  shared: Conjunct | undefined = undefined;
  sharedOrigins: Origin[] = [];
  sharedCycle = 0;
  originalBase: BaseValue | undefined = undefined;

  // Values.
  kind: Kind = TOP_KIND;
  kindNode: ConjunctNode | undefined = undefined;
  scalar: Value | undefined = undefined;
  lower: BoundValue | undefined = undefined;
  upper: BoundValue | undefined = undefined;
  checks: Conjunct[] = [];
  postChecks: PostCheck[] = [];
  errors: Bottom | undefined = undefined;

  // Lists.
  listClosed = false;
  listLength = 0;

  // References.
  readonly included = new Set<Vertex>();
  notify: Receiver[] = [];
  cyclic: CyclicConjunct[] = [];

  // Disjunctions.
  disjunctions: PendingDisjunction[] = [];
  disjuncts: NodeState[] = [];
  disjunctErrors: Bottom[] = [];
  userErrors: Bottom[] = [];
  defaultMode: DefaultMode = MAYBE_DEFAULT;
  originalDefaultMode: DefaultMode = MAYBE_DEFAULT;
  /** Who relied on this value's default within a cycle. */
  defaultAttempt: Vertex | undefined = undefined;
  vertexMap: Map<Vertex, Vertex> | undefined = undefined;

  constructor(context: Context, node: Vertex) {
    this.context = context;
    this.node = node;
    this.underlying = node;
  }
}
