import type {
  ComprehensionDeclaration,
  Declaration,
  FieldDeclaration,
  LetDeclaration,
  StructExpression,
} from '../compile/expression.ts';
import type { Kind } from '../value/kind.ts';
import { LIST_KIND, STRUCT_KIND, TOP_KIND } from '../value/kind.ts';
import { isIndex, isString } from '../value/label.ts';
import type { Bottom } from '../value/value.ts';
import { addBottom, isIncomplete } from './bottom.ts';
import { yieldAll } from './clauses.ts';
import { structOrigin } from './closedness.ts';
import type { Comprehended, Yielded } from './comprehended.ts';
import type { Context } from './context.ts';
import { IGNORE } from './condition.ts';
import { expressionOf } from './conjunct.ts';
import { fieldCycle } from './lookup-error.ts';
import { updateKind } from './node-kind.ts';
import type { NodeState } from './node-state.ts';
import { scheduleTask, suspend } from './scheduler.ts';
import { getBareState } from './state.ts';
import { FAILED } from './task.ts';
import type { Task } from './task.ts';
import { COMPREHENSION } from './tasks.ts';
import type { ConjunctNode, Origin } from './vertex.ts';
import { Environment, MEMBER, NOT_PRESENT, OPTIONAL, PENDING, REQUIRED } from './vertex.ts';
import { updateArcType } from './arc-type.ts';

type Parts = {
  readonly fixed: readonly (FieldDeclaration | LetDeclaration)[];
  readonly fixedStruct: StructExpression;
  readonly rest: StructExpression;
  readonly kind: Kind;
};

const parts = new WeakMap<StructExpression, Parts>();

/** The fields of a comprehension's struct whose labels are known before it is evaluated, and what is left. */
function partsOf(s: StructExpression): Parts {
  const known = parts.get(s);
  if (known !== undefined) return known;
  const fixed: (FieldDeclaration | LetDeclaration)[] = [];
  const rest: Declaration[] = [];
  let kind = TOP_KIND;
  for (const d of s.declarations) {
    if (d.tag === 'field') {
      if (isIndex(d.label)) kind &= LIST_KIND;
      else if (isString(d.label)) kind &= STRUCT_KIND;
      fixed.push(d);
    } else if (d.tag === 'let-field') fixed.push(d);
    else rest.push(d);
  }
  const embeds = rest.length > 0 && s.embeds;
  const found: Parts = {
    fixed,
    fixedStruct: rest.length === 0 ? s : { ...s, declarations: fixed, comprehension: true, embeds: false },
    rest: { ...s, declarations: rest, comprehension: true, embeds },
    kind: rest.length === 0 && fixed.length > 0 && kind === TOP_KIND ? STRUCT_KIND : kind,
  };
  parts.set(s, found);
  return found;
}

const arcTypeOf = (d: FieldDeclaration | LetDeclaration) => {
  if (d.tag === 'let-field' || d.presence === 'regular') return MEMBER;
  return d.presence === 'required' ? REQUIRED : OPTIONAL;
};

/** Pushes a comprehension down to the fields that it may add; what has no fixed label stays a task of the vertex. */
export function insertComprehension(
  n: NodeState,
  env: Environment,
  c: ComprehensionDeclaration | Comprehended,
  given: Origin,
): void {
  const yielded: Yielded =
    c.tag === 'comprehended'
      ? c.yielded
      : { clauses: c.clauses, vertex: n.node, environments: [], done: false, structs: [], at: c.at };
  const parent = c.tag === 'comprehended' ? c : undefined;
  const node = n.node.derefDisjunct();
  let origin = given;
  let x: ConjunctNode = c.tag === 'comprehended' ? expressionOf(c.value) : c.value;

  if (x.tag === 'struct') {
    const s = x;
    origin = structOrigin(n, s, origin);
    const { fixed, fixedStruct, rest, kind } = partsOf(s);
    for (const d of fixed) insertField(n, env, d, yielded, parent, node, origin);
    if (fixed.length > 0) countStruct(n, node, yielded, fixedStruct, kind, origin);
    if (parent !== undefined) parent.kind = kind;
    if (fixed.length > 0 && rest.declarations.length === 0) return;
    if (fixed.length > 0) x = rest;
  }
  const t = scheduleTask(n, COMPREHENSION, env, x, origin);
  t.yielded = yielded;
  t.leaf = parent;
}

function insertField(
  n: NodeState,
  env: Environment,
  d: FieldDeclaration | LetDeclaration,
  yielded: Yielded,
  parent: Comprehended | undefined,
  arc: NodeState['node'],
  origin: Origin,
): void {
  const partial: Comprehended = {
    tag: 'comprehended',
    value: d,
    arcType: arcTypeOf(d),
    yielded,
    parent,
    arc,
    kind: 0,
    at: d.at,
  };
  const conjunct = { env, x: partial, origin };
  if (d.tag === 'field') {
    n.context.machine.insertArc(n, d.label, PENDING, conjunct, origin, false);
    return;
  }
  n.context.machine.insertArc(n, d.label, MEMBER, conjunct, origin, false).multiLet = true;
}

function countStruct(
  n: NodeState,
  node: NodeState['node'],
  yielded: Yielded,
  s: StructExpression,
  kind: Kind,
  origin: Origin,
): void {
  if (!node.structs.some((info) => info.struct === s)) node.structs.push({ struct: s });
  if (!yielded.done) {
    yielded.structs = [...yielded.structs, s];
  } else if (yielded.environments.length > 0) {
    n.context.counted.add(s);
    if (kind === STRUCT_KIND || kind === LIST_KIND) updateKind(n, kind, s, origin);
  }
}

/** Evaluates the clauses, once for all the comprehension's fields, and unifies this field's results. */
export function runComprehension(t: Task, yielded: Yielded): Bottom | undefined {
  const n = t.node;
  const { context } = n;
  if (!yielded.done) {
    const env = t.env ?? new Environment(undefined, undefined);
    const error = yieldAll(context, yielded.vertex, env, yielded.clauses, IGNORE, yielded.at, (e) =>
      yielded.environments.push(e),
    );
    if (error !== undefined) {
      if (isIncomplete(error)) return error;
      yielded.done = true;
      addBottom(stateOf(yielded, context), error);
      context.pushArc(yielded.vertex);
      return undefined;
    }
    if (yielded.environments.length > 0) for (const s of yielded.structs) context.counted.add(s);
    yielded.structs = [];
    yielded.done = true;
  }
  if (yielded.environments.length === 0) {
    updateArcType(context, n.node, NOT_PRESENT);
    return undefined;
  }
  if (!markPresent(t, yielded)) return undefined;

  for (const env of yielded.environments) {
    if (n.node.arcType === NOT_PRESENT) {
      t.error = fieldCycle(context, n.node, n.node.label);
      suspend();
    }
    context.machine.scheduleConjunct(
      n,
      { env: linked(env, t.leaf), x: t.x ?? { tag: 'top' }, origin: t.origin },
      t.origin,
    );
  }
  return undefined;
}

/** The state of the vertex that a comprehension's errors belong to. */
function stateOf({ vertex }: Yielded, context: Context): NodeState {
  if (vertex.state === undefined) throw context.budget.fault();
  return vertex.state;
}

/** The fields on the way to this one are there now; false where that was already excluded. */
function markPresent(t: Task, yielded: Yielded): boolean {
  const { context } = t.node;
  let v = t.node.node;
  for (let c = t.leaf; c !== undefined; c = c.parent) {
    v = context.overlaid(v);
    updateArcType(context, v, c.arcType);
    if (v.arcType === NOT_PRESENT && v.parent !== undefined) {
      const b = fieldCycle(context, v.parent, v.label);
      addBottom(stateOf(yielded, context), b);
      t.error = b;
      t.status = FAILED;
      return false;
    }
    if (c.kind === STRUCT_KIND || c.kind === LIST_KIND) {
      const state = getBareState(context, v.derefDisjunct());
      if (state !== undefined) updateKind(state, c.kind, expressionOf(c.value), t.origin);
    }
    v = c.arc;
  }
  return true;
}

/** The environment of a result, seen from within the fields down to this one. */
function linked(env: Environment, c: Comprehended | undefined): Environment {
  return c === undefined ? env : new Environment(linked(env, c.parent), c.arc);
}
