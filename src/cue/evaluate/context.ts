import type { CueLimits } from '../limits.ts';
import type { Position } from '../value/position.ts';
import type { Bottom } from '../value/value.ts';
import { EVALUATION } from '../value/value.ts';
import { bottomOf, combine } from './bottom.ts';
import type { IssueDetail } from './bottom.ts';
import type { Budget } from './budget.ts';
import { Chance } from './chance.ts';
import type { Machine } from './machine.ts';
import type { NodeState } from './node-state.ts';
import type { CueMissing } from './presence.ts';
import type { Task } from './task.ts';
import type { Conjunct, Environment, Origin, Vertex } from './vertex.ts';
import { ROOT_ORIGIN } from './vertex.ts';

export type Frame = {
  readonly env: Environment | undefined;
  readonly errors: Bottom | undefined;
  readonly at: Position | undefined;
  readonly origin: Origin;
};

export type Overlay = { readonly map: Map<Vertex, Vertex>; readonly root: Vertex };

let generations = 0;

/** One evaluation: where it stands, its errors so far, and its task stack. Nothing of it outlives the evaluation. */
export class Context {
  readonly machine: Machine;
  readonly limits: CueLimits;
  readonly budget: Budget;
  /** Tells the ids of this evaluation from another one's. */
  readonly generation: number;

  env: Environment | undefined = undefined;
  origin: Origin = ROOT_ORIGIN;
  at: Position | undefined = undefined;
  errors: Bottom | undefined = undefined;
  vertex: Vertex | undefined = undefined;

  readonly stack: Task[] = [];
  blocking: Task[] = [];
  /** Tasks of vertices that are done: CUE uses them again, though some still stand in the queues of other vertices. */
  readonly freeTasks: Task[] = [];
  readonly scope: NodeState[] = [];
  readonly overlays: Overlay[] = [];
  /**
   * By depth of overlays, what was copied to what. As in CUE, the map is used again and again: a disjunct that still
   * holds it sees what is copied at that depth later.
   */
  readonly cloneMaps: (Map<Vertex, Vertex> | undefined)[] = [];
  depth = 0;
  holes = 0;
  detached = 0;
  validating = 0;
  isValidator = false;

  readonly chance: Chance;
  /** Of each closedness id the id around it. */
  readonly containment: number[] = [0];
  readonly contains = new Map<number, boolean>();
  /** Where a validator was content with a schema only because fields that it constrains are absent. */
  readonly gaps: CueMissing[] = [];
  /** Makes of a field what it comes to, where that is known without evaluation. */
  settle: ((n: NodeState, arc: Vertex) => boolean) | undefined = undefined;
  /** Structs of comprehensions that yielded. */
  readonly counted = new Set<object>();

  constructor(machine: Machine, limits: CueLimits, budget: Budget, chance = new Chance(0)) {
    this.machine = machine;
    this.limits = limits;
    this.budget = budget;
    this.chance = chance;
    this.generation = ++generations;
  }

  newId(): number {
    return this.containment.push(0) - 1;
  }

  current(): Task | undefined {
    return this.stack.at(-1);
  }

  pushState(env: Environment | undefined, at: Position | undefined): Frame {
    const saved = { env: this.env, errors: this.errors, at: this.at, origin: this.origin };
    this.errors = undefined;
    if (at !== undefined) this.at = at;
    this.env = env;
    return saved;
  }

  pushConjunct(conjunct: Conjunct, at: Position | undefined): Frame {
    const saved = this.pushState(conjunct.env, at);
    this.origin = conjunct.origin;
    return saved;
  }

  /** Goes back to a frame; the errors since it was pushed. */
  popState(saved: Frame): Bottom | undefined {
    const errors = this.errors;
    this.env = saved.env;
    this.errors = saved.errors;
    this.at = saved.at;
    this.origin = saved.origin;
    return errors;
  }

  pushArc(v: Vertex | undefined): Vertex | undefined {
    const saved = this.vertex;
    this.vertex = v;
    return saved;
  }

  takeErrors(): Bottom | undefined {
    const errors = this.errors;
    this.errors = undefined;
    return errors;
  }

  add(b: Bottom | undefined): void {
    if (b !== undefined) this.errors = combine(this.errors, b);
  }

  /** A new error at the place of the evaluation; not recorded. */
  error(code: number, message: () => string, detail: IssueDetail = {}): Bottom {
    return bottomOf(code, this.vertex, message, { ...detail, at: detail.at ?? [this.at] });
  }

  addError(code: number, message: () => string, detail: IssueDetail = {}): void {
    this.add(this.error(code, message, detail));
  }

  fail(message: () => string, detail: IssueDetail = {}): Bottom {
    return this.error(EVALUATION, message, detail);
  }

  /** The environment some scopes up. */
  up(count: number): Environment {
    return upwards(this.env, count);
  }

  /** The vertex's copy in the innermost disjunct under evaluation. */
  overlaid(v: Vertex): Vertex {
    for (let i = this.overlays.length - 1; i >= 0; i--) {
      const overlay = this.overlays[i];
      if (overlay === undefined || overlay.root === v) continue;
      const x = overlay.map.get(v);
      if (x !== undefined) return x;
    }
    return v;
  }

  overlaidRoot(v: Vertex): Vertex {
    this.budget.step(this.overlays.length);
    for (let i = this.overlays.length - 1; i >= 0; i--) {
      const x = this.overlays[i]?.map.get(v);
      if (x !== undefined) return x;
    }
    return v;
  }

  /** The vertex of an environment. */
  vertexOf(env: Environment): Vertex | undefined {
    return env.vertex === undefined || this.overlays.length === 0
      ? env.vertex
      : this.overlaidRoot(env.vertex);
  }
}

function upwards(env: Environment | undefined, count: number): Environment {
  let e = env;
  for (let i = 0; i < count && e !== undefined; i++) e = e.up;
  if (e === undefined) throw new Error('a compiled reference leaves its file');
  return e;
}
