import { COST } from '../limits.ts';
import type { Comprehended, Yielded } from './comprehended.ts';
import type { Context } from './context.ts';
import { NodeState } from './node-state.ts';
import { getState } from './state.ts';
import { READY, RUNNING, Task, WAITING } from './task.ts';
import { DISJUNCTIONS } from './tasks.ts';
import type { Vertex } from './vertex.ts';

const KEPT_FROM = 512;

/** The comprehensions that a task knows of: copies differ in them, so they need not be one. */
function yieldedOf(t: Task): readonly Yielded[] {
  const found = t.yielded === undefined ? [] : [t.yielded];
  for (let c = t.leaf; c !== undefined; c = c.parent) found.push(c.yielded);
  return found;
}

/** A copy of a vertex under evaluation, and of all under it, in which one disjunct is tried. */
export class Cloning {
  readonly map: Map<Vertex, Vertex>;
  private readonly context: Context;
  private readonly depth: number;
  private readonly comprehensions = new Map<Yielded, Yielded>();
  private root: Vertex | undefined = undefined;

  constructor(context: Context) {
    this.context = context;
    this.depth = context.overlays.length;
    this.map = context.cloneMaps[this.depth] ??= new Map();
  }

  cloneRoot(n: NodeState): NodeState {
    for (const [from, to] of n.vertexMap ?? []) this.map.set(from, to);
    const v = this.clone(n.node);
    v.isDisjunct = true;
    this.root = v;
    const state = v.state;
    if (state === undefined) throw this.context.budget.fault();
    state.vertexMap = this.map;
    for (const tasks of this.inAnyOrder(this.copiedTasks())) for (const t of tasks) this.rewrite(t);
    return state;
  }

  /** The tasks of each copied vertex that has any. */
  private copiedTasks(): (readonly Task[])[] {
    const found: (readonly Task[])[] = [];
    for (const original of this.map.keys()) {
      const tasks = original.overlay?.state?.tasks;
      if (tasks !== undefined && tasks.length > 0) found.push(tasks);
    }
    return found;
  }

  /**
   * The order matters where tasks of two vertices wait for something, or share a comprehension: only the first that is
   * met goes on with a copy of it.
   */
  private inAnyOrder(vertices: readonly (readonly Task[])[]): readonly (readonly Task[])[] {
    const shared = new Set<Yielded>();
    let waiting = 0;
    let matters = false;
    for (const tasks of vertices) {
      if (tasks.some((t) => t.blockedOn !== undefined)) waiting++;
      const own = new Set(tasks.flatMap(yieldedOf));
      for (const yielded of own) {
        if (shared.has(yielded)) matters = true;
        shared.add(yielded);
      }
    }
    return matters || waiting > 1 ? this.context.chance.order(vertices) : vertices;
  }

  /** Forgets which copy belongs to which vertex: later copies are others. */
  unlink(): void {
    for (const original of this.map.keys()) original.overlay = undefined;
  }

  /** Empties the map for the next disjunct at this depth; a large one stays with the disjunct, as in CUE. */
  forget(): void {
    if (this.map.size <= KEPT_FROM) this.map.clear();
    else this.context.cloneMaps.splice(this.depth, 1, undefined);
  }

  private clone(x: Vertex): Vertex {
    if (x.overlay !== undefined) return x.overlay;
    this.context.budget.step(COST.clone);
    const v = x.copy();
    this.map.set(x, v);
    x.overlay = v;
    v.overlay = undefined;
    v.conjuncts = x.conjuncts.map((c) => ({ ...c }));
    v.arcs = x.arcs.map((arc) => {
      const copied = this.clone(arc);
      copied.parent = v;
      return copied;
    });
    v.structs = [...x.structs];
    v.patterns = x.patterns?.map((p) => ({ pattern: p.pattern, constraint: this.clone(p.constraint) }));
    if (x.state !== undefined) {
      v.state = this.cloneState(x.state);
      v.state.node = v;
      this.cloneTasks(v.state, x.state);
    }
    return v;
  }

  private cloneState(n: NodeState): NodeState {
    getState(this.context, n.node);
    const d = new NodeState(this.context, n.node);
    const keep = { counters: d.counters, included: d.included };
    Object.assign(d, n, keep);
    d.isDisjunct = true;
    d.retained = 0;
    d.released = false;
    d.inline = [];
    for (const [i, count] of n.counters.entries()) d.counters[i] = count;
    for (const v of n.included) d.included.add(v);
    d.checks = [...n.checks];
    d.sharedOrigins = [...n.sharedOrigins];
    d.requirements = n.requirements.map((r) => ({ ...r }));
    d.replacements = [...n.replacements];
    d.flatReplacements = [...n.flatReplacements];
    d.infos = n.infos.map((info) => ({ ...info }));
    d.disjunctions = [...n.disjunctions];
    // As in CUE: where these were known of the vertex, its copy takes them as known, and has none.
    d.requiredSets = [];
    d.notify = [];
    d.cyclic = [];
    d.postChecks = [];
    d.disjuncts = [];
    d.disjunctErrors = [];
    d.userErrors = [];
    d.hasDisjunction = false;
    d.vertexMap = undefined;
    d.frozen = 0;
    d.tasks = [];
    d.next = 0;
    d.blocking = [];
    return d;
  }

  private cloneTasks(to: NodeState, from: NodeState): void {
    from.blocking = [];
    for (const t of from.tasks) {
      if (t.status !== WAITING && t.status !== READY && t.status !== RUNNING) continue;
      if (t.status === RUNNING && t.runner === DISJUNCTIONS) continue;
      t.defunct = true;
      const d = Task.of(to, t.runner, t.env, t.x, t.origin);
      d.status = t.status === RUNNING ? READY : t.status;
      d.completes = t.completes;
      d.unblocked = t.unblocked;
      d.blockCondition = t.blockCondition;
      d.blockedOn = t.blockedOn;
      d.error = t.error;
      d.yielded = t.yielded;
      d.leaf = t.leaf;
      to.tasks.push(d);
    }
  }

  private rewrite(t: Task): void {
    if (t.yielded !== undefined) t.yielded = this.mapYielded(t.yielded);
    t.leaf = this.mapLeaf(t.leaf);
    const node = this.mapped(t.node.node).state;
    if (node !== undefined) t.node = node;
    if (t.blockedOn === undefined) return;
    const before = t.blockedOn.node;
    const after = this.mapped(before);
    if (before === after || after.state === undefined) return;
    t.blockedOn = after.state;
    after.state.blocking.push(t);
    this.context.blocking.push(t);
  }

  private mapped(v: Vertex): Vertex {
    let x = v;
    for (let i = 0; i <= this.map.size; i++) {
      const to = this.map.get(x);
      if (to === undefined) break;
      x = to;
    }
    return x;
  }

  private mapLeaf(c: Comprehended | undefined): Comprehended | undefined {
    if (c === undefined) return undefined;
    return {
      ...c,
      yielded: this.mapYielded(c.yielded),
      arc: this.context.overlaid(c.arc),
      parent: this.mapLeaf(c.parent),
    };
  }

  private mapYielded(from: Yielded): Yielded {
    const known = this.comprehensions.get(from);
    if (known !== undefined) return from;
    const mapped = this.mapped(from.vertex);
    const vertex = mapped === from.vertex ? (this.root ?? mapped) : mapped;
    const to: Yielded = { ...from, vertex, environments: [], done: false };
    this.comprehensions.set(from, to);
    return to;
  }
}
