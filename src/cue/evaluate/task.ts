import type { Comprehended, Yielded } from './comprehended.ts';
import type { Condition, Mode } from './condition.ts';
import type { Context } from './context.ts';
import type { NodeState } from './node-state.ts';
import type { ConjunctNode, Environment, Origin } from './vertex.ts';
import type { Bottom } from '../value/value.ts';

export type TaskStatus = 0 | 1 | 2 | 3 | 4 | 5;
export const READY = 0;
export const RUNNING = 1;
export const WAITING = 2;
export const SUCCEEDED = 3;
export const FAILED = 4;
export const CANCELLED = 5;

/** A kind of task: what it does, and what it contributes to. */
export type Runner = {
  readonly name: string;
  readonly run: (context: Context, task: Task, mode: Mode) => void;
  readonly completes: Condition;
  /** Lower runs first. */
  readonly priority: number;
};

/** One conjunct's evaluation in one vertex; it may be suspended until another vertex is known better. */
export class Task {
  node: NodeState;
  runner: Runner;
  env: Environment | undefined;
  x: ConjunctNode | undefined;
  origin: Origin;
  completes: Condition;
  status: TaskStatus = READY;
  /** It was copied into a disjunct and must not run here any more. */
  defunct = false;
  unblocked = false;
  blockedOn: NodeState | undefined = undefined;
  blockCondition: Condition = 0;
  error: Bottom | undefined = undefined;
  yielded: Yielded | undefined = undefined;
  leaf: Comprehended | undefined = undefined;

  /** A new task, or one that is free: who still holds that one holds another task from now on. */
  static of(
    node: NodeState,
    runner: Runner,
    env: Environment | undefined,
    x: ConjunctNode | undefined,
    origin: Origin,
  ): Task {
    const used = node.context.freeTasks.pop();
    if (used === undefined) return new Task(node, runner, env, x, origin);
    used.node = node;
    used.runner = runner;
    used.env = env;
    used.x = x;
    used.origin = origin;
    used.completes = runner.completes;
    used.status = READY;
    used.defunct = false;
    used.unblocked = false;
    used.blockedOn = undefined;
    used.blockCondition = 0;
    used.error = undefined;
    used.yielded = undefined;
    used.leaf = undefined;
    return used;
  }

  private constructor(
    node: NodeState,
    runner: Runner,
    env: Environment | undefined,
    x: ConjunctNode | undefined,
    origin: Origin,
  ) {
    this.node = node;
    this.runner = runner;
    this.env = env;
    this.x = x;
    this.origin = origin;
    this.completes = runner.completes;
  }
}
