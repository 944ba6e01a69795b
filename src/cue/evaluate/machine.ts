import type { BuiltinCallExpression, Expression, Resolver } from '../compile/expression.ts';
import type { Label } from '../value/label.ts';
import type { Position } from '../value/position.ts';
import type { Bottom, FunctionValue, Value } from '../value/value.ts';
import type { Condition, Flags, Mode } from './condition.ts';
import type { Context } from './context.ts';
import type { NodeState } from './node-state.ts';
import type { Comprehended, Yielded } from './comprehended.ts';
import type { Task } from './task.ts';
import type { ComprehensionDeclaration } from '../compile/expression.ts';
import type { ArcType, Conjunct, Environment, Origin, Vertex } from './vertex.ts';

/**
 * The evaluator's parts as they see each other. They are mutually recursive by nature (a reference evaluates a vertex,
 * a vertex its conjuncts, a conjunct its references), so what would import in a circle is called through here.
 */
export type Machine = {
  readonly getState: (context: Context, v: Vertex) => NodeState | undefined;
  readonly getBareState: (context: Context, v: Vertex) => NodeState | undefined;
  readonly unify: (context: Context, v: Vertex, needs: Condition, mode: Mode, checkTypos: boolean) => boolean;
  readonly finalize: (context: Context, v: Vertex) => void;
  readonly lookup: (
    context: Context,
    v: Vertex,
    at: Position | undefined,
    label: Label,
    flags: Flags,
  ) => Vertex | undefined;
  readonly process: (n: NodeState, needs: Condition, mode: Mode) => boolean;
  readonly decrement: (n: NodeState, completes: Condition) => void;
  readonly completeNodeTasks: (n: NodeState, mode: Mode) => void;
  readonly completePending: (n: NodeState, mode: Mode) => void;
  readonly scheduleConjunct: (n: NodeState, conjunct: Conjunct, origin: Origin) => void;
  readonly scheduleVertexConjuncts: (n: NodeState, conjunct: Conjunct, arc: Vertex, origin: Origin) => void;
  readonly insertValue: (n: NodeState, env: Environment, value: Value, origin: Origin) => void;
  readonly insertArc: (
    n: NodeState,
    label: Label,
    type: ArcType,
    conjunct: Conjunct,
    origin: Origin,
    check: boolean,
  ) => Vertex;
  readonly insertPattern: (n: NodeState, pattern: Value, conjunct: Conjunct) => void;
  readonly insertComprehension: (
    n: NodeState,
    env: Environment,
    x: ComprehensionDeclaration | Comprehended,
    origin: Origin,
  ) => void;
  readonly runComprehension: (t: Task, yielded: Yielded) => Bottom | undefined;
  readonly processDisjunctions: (n: NodeState) => Bottom | undefined;
  readonly unshare: (n: NodeState) => void;
  readonly evaluateState: (context: Context, x: Expression, flags: Flags) => Value | undefined;
  readonly evaluateStateWithOrigin: (
    context: Context,
    x: Expression,
    flags: Flags,
  ) => { readonly value: Value | undefined; readonly origin: Origin };
  readonly value: (context: Context, x: Expression, flags: Flags) => Value | undefined;
  readonly unifyNode: (context: Context, x: Expression, flags: Flags) => Value | undefined;
  readonly resolve: (context: Context, x: Resolver, flags: Flags) => Vertex | undefined;
  readonly validate: (context: Context, check: Conjunct, value: Value) => Bottom | undefined;
  readonly callFunction: (
    context: Context,
    fun: FunctionValue,
    call: BuiltinCallExpression | undefined,
    args: readonly Value[],
    validator: boolean,
  ) => Value | undefined;
  readonly importPackage: (path: string) => Vertex | undefined;
};
