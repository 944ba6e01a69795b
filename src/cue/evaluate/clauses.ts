import { COST } from '../limits.ts';
import type { ForYielder, LetYielder, Yielder } from '../compile/expression.ts';
import { fromInteger } from '../number/decimal.ts';
import { BOOL_KIND, INT_KIND, kindName, LIST_KIND, STRUCT_KIND } from '../value/kind.ts';
import { isRegular, isString, labelIndex, labelName, labelText, NO_LABEL } from '../value/label.ts';
import type { Position } from '../value/position.ts';
import type { Bottom, Value } from '../value/value.ts';
import { EVALUATION, INCOMPLETE } from '../value/value.ts';
import { isCyclePlaceholder, isError, unwrap } from './bottom.ts';
import { isConcrete, kindOf } from './concreteness.ts';
import type { Mode } from './condition.ts';
import {
  ARC_TYPE_KNOWN,
  ATTEMPT,
  FIELD_SET_KNOWN,
  FINALIZE,
  NEED_FIELD_SET,
  SCALAR_KNOWN,
  YIELD,
} from './condition.ts';
import type { Context } from './context.ts';
import { conjunctPositions } from './conjunct.ts';
import { resolveDefault } from './default.ts';
import { describe } from './describe.ts';
import { freeze, process } from './scheduler.ts';
import { getState } from './state.ts';
import { walkOn } from './walk.ts';
import { Environment, FINALIZED, MEMBER, PENDING, REQUIRED, ROOT_ORIGIN, Vertex } from './vertex.ts';

type Yield = (env: Environment) => void;

/** Evaluates a comprehension's clauses and calls `each` for every result; the errors that came of it. */
export function yieldAll(
  context: Context,
  node: Vertex | undefined,
  env: Environment,
  clauses: readonly Yielder[],
  _mode: Mode,
  at: Position | undefined,
  each: Yield,
): Bottom | undefined {
  const frame = context.pushState(env, clauses[0]?.at ?? at);
  const saved = context.vertex;
  if (node !== undefined) context.pushArc(node);
  try {
    const clause = clauses[0];
    if (clause !== undefined) runClause(context, clauses, 0, clause, each);
    return context.popState(frame);
  } finally {
    context.pushArc(saved);
  }
}

function next(
  context: Context,
  clauses: readonly Yielder[],
  i: number,
  env: Environment,
  each: Yield,
): boolean {
  const clause = clauses[i];
  if (clause === undefined) {
    context.budget.step(COST.vertex);
    each(env);
    return true;
  }
  const frame = context.pushState(env, clause.at);
  runClause(context, clauses, i, clause, each);
  const error = context.popState(frame);
  if (error !== undefined) {
    context.add(error);
    return false;
  }
  return context.errors === undefined;
}

function runClause(
  context: Context,
  clauses: readonly Yielder[],
  i: number,
  clause: Yielder,
  each: Yield,
): void {
  const env = context.up(0);
  switch (clause.tag) {
    case 'if': {
      const v = context.machine.value(context, clause.condition, { condition: SCALAR_KNOWN, mode: YIELD });
      if (isTrue(context, v)) next(context, clauses, i + 1, env, each);
      return;
    }
    case 'let':
      next(context, clauses, i + 1, new Environment(env, bindLet(context, env, clause)), each);
      return;
    case 'for':
      runFor(context, clauses, i, clause, env, each);
  }
}

function isTrue(context: Context, v: Value | undefined): boolean {
  const value = unwrap(v);
  if (value === undefined || isError(value)) return false;
  if (value.tag === 'bool') return value.value;
  if (!isConcrete(value) && (kindOf(value) & BOOL_KIND) !== 0) {
    context.addError(INCOMPLETE, () => `incomplete bool: ${describe(value)}`);
  } else {
    context.addError(
      EVALUATION,
      () => `cannot use ${describe(value)} (type ${kindName(kindOf(value))}) as type bool`,
    );
  }
  return false;
}

function bindLet(context: Context, env: Environment, clause: LetYielder): Vertex {
  const n = new Vertex(undefined, NO_LABEL);
  const bound = new Vertex(undefined, clause.label);
  bound.isDynamic = true;
  bound.anonymous = true;
  bound.conjuncts = [{ env, x: clause.value, origin: context.origin }];
  n.arcs = [bound];
  return n;
}

function runFor(
  context: Context,
  clauses: readonly Yielder[],
  i: number,
  clause: ForYielder,
  env: Environment,
  each: Yield,
): void {
  const source = forSource(context, clause);
  if (source === undefined) return;
  const state = getState(context, source);
  if (state !== undefined) freeze(state, FIELD_SET_KNOWN);

  // The fields that are there now: the set is frozen.
  const arcs = source.arcs;
  for (let k = 0, count = arcs.length; k < count; k++) {
    walkOn(context, source, arcs);
    const a = arcs[k];
    if (a === undefined || !isRegular(a.label)) continue;
    const arcState = getState(context, a);
    if (arcState !== undefined) process(arcState, ARC_TYPE_KNOWN, ATTEMPT);
    if (a.arcType === REQUIRED) {
      context.addError(
        INCOMPLETE,
        () => `missing required field in for comprehension: ${labelText(a.label)}`,
        {
          at: [clause.at, ...conjunctPositions(a)],
        },
      );
      continue;
    }
    if (a.arcType !== MEMBER) continue;
    if (!next(context, clauses, i + 1, new Environment(env, bindFor(context, env, clause, a)), each)) break;
  }
}

function bindFor(context: Context, env: Environment, clause: ForYielder, a: Vertex): Vertex {
  const n = new Vertex(context.vertexOf(env), NO_LABEL);
  n.status = FINALIZED;
  n.isDynamic = true;
  n.anonymous = true;
  if (clause.value !== NO_LABEL) {
    const v = new Vertex(undefined, clause.value);
    v.base = a;
    v.isDynamic = true;
    v.anonymous = true;
    v.arcType = PENDING;
    n.arcs.push(v);
  }
  if (clause.key !== NO_LABEL) {
    const key: Value = isString(a.label)
      ? { tag: 'string', value: labelName(a.label) }
      : { tag: 'number', kind: INT_KIND, value: fromInteger(labelIndex(a.label)) };
    const v = new Vertex(undefined, clause.key);
    v.isDynamic = true;
    v.anonymous = true;
    v.conjuncts = [{ env, x: key, origin: ROOT_ORIGIN }];
    v.base = key;
    v.status = FINALIZED;
    n.arcs.push(v);
  }
  return n;
}

/** What a `for` ranges over; nothing, with an error recorded, where that is not a struct or a list. */
function forSource(context: Context, clause: ForYielder): Vertex | undefined {
  context.detached++;
  let v = context.machine.unifyNode(context, clause.source, { condition: NEED_FIELD_SET, mode: ATTEMPT });
  context.detached--;
  if (v?.tag === 'vertex') context.machine.unify(context, v, NEED_FIELD_SET, FINALIZE, true);
  const incompleteSource = v === undefined;
  v = resolveDefault(context, v);
  if (v === undefined && !incompleteSource) return undefined;

  const inner = unwrap(v);
  if (!isCyclePlaceholder(inner)) v = inner;
  const node = v?.tag === 'vertex' ? v : undefined;
  if (node !== undefined && !isCyclePlaceholder(node.base)) v = node.value();

  if (v === undefined) {
    context.addError(INCOMPLETE, () => `cannot range over ${describe(clause.source)} (incomplete)`);
    return undefined;
  }
  if (v.tag === 'bottom') {
    context.add(v);
    return undefined;
  }
  const kind = kindOf(v);
  const composite = (kind & (STRUCT_KIND | LIST_KIND)) !== 0;
  if (v.tag !== 'vertex') {
    const shown = v;
    if (composite) {
      context.addError(
        INCOMPLETE,
        () => `cannot range over ${describe(clause.source)} (incomplete type ${kindName(kind)})`,
      );
      return undefined;
    }
    if (node === undefined) {
      context.addError(
        EVALUATION,
        () => `cannot range over ${describe(shown)} (found ${kindName(kind)}, want list or struct)`,
      );
      return undefined;
    }
  }
  if (composite && kind !== STRUCT_KIND && kind !== LIST_KIND) {
    context.addError(
      INCOMPLETE,
      () => `cannot range over ${describe(clause.source)} (incomplete type ${kindName(kind)})`,
    );
    return undefined;
  }
  return node;
}
