import type {
  Expression,
  IndexExpression,
  LetReference,
  Resolver,
  SelectorExpression,
} from '../compile/expression.ts';
import { kindName, STRUCT_KIND } from '../value/kind.ts';
import { isRegular, NO_LABEL } from '../value/label.ts';
import type { Value } from '../value/value.ts';
import { EVALUATION, INCOMPLETE, STRUCTURAL_CYCLE } from '../value/value.ts';
import { combine, isCyclePlaceholder, unwrap } from './bottom.ts';
import { kindOf } from './concreteness.ts';
import type { Flags } from './condition.ts';
import { FIELD_SET_KNOWN, FINALIZE, NEED_FIELD_SET, SCALAR_KNOWN, YIELD } from './condition.ts';
import { expressionOf } from './conjunct.ts';
import type { Context } from './context.ts';
import { resolveDefault } from './default.ts';
import { describe } from './describe.ts';
import { isResolver } from './is-resolver.ts';
import { labelOf } from './label-of.ts';
import { getState } from './state.ts';
import { Vertex } from './vertex.ts';
import type { Environment } from './vertex.ts';

const NODE: Flags = { condition: NEED_FIELD_SET, mode: YIELD };
const SCALAR: Flags = { condition: SCALAR_KNOWN, mode: YIELD };

/** The vertex that a reference points to; undefined where there is none, mostly with an error recorded. */
export function resolve(context: Context, x: Resolver, flags: Flags): Vertex | undefined {
  switch (x.tag) {
    case 'field-reference': {
      const v = context.vertexOf(context.up(x.up));
      if (v === undefined) throw context.budget.fault();
      return isolated(context, () => context.machine.lookup(context, v, x.at, x.label, flags));
    }
    case 'value-reference':
      return x.up === 0 ? context.vertex : context.vertexOf(context.up(x.up - 1));
    case 'dynamic-reference': {
      const env = context.up(x.up);
      const frame = context.pushState(env, x.at);
      const v = context.machine.value(context, x.label, SCALAR);
      context.popState(frame);
      const label = labelOf(context, x.label, v);
      const vertex = context.vertexOf(env);
      return vertex === undefined ? undefined : context.machine.lookup(context, vertex, x.at, label, flags);
    }
    case 'import-reference': {
      const v = context.machine.importPackage(x.path);
      if (v === undefined)
        context.addError(EVALUATION, () => `cannot find package ${JSON.stringify(x.path)}`);
      return v;
    }
    case 'let-reference':
      return resolveLet(context, x, flags);
    case 'selector':
      return resolveSelector(context, x, flags);
    case 'index':
      return resolveIndex(context, x, flags);
  }
}

/** Errors so far do not disturb what follows; they are joined with its own. */
function isolated<T>(context: Context, lookup: () => T): T {
  const saved = context.errors;
  context.errors = undefined;
  try {
    return lookup();
  } finally {
    context.errors = combine(context.errors, saved);
  }
}

function resolveSelector(context: Context, x: SelectorExpression, flags: Flags): Vertex | undefined {
  const n = nodeOf(context, x, x.x, isRegular(x.label));
  if (n === undefined) return undefined;
  return isolated(context, () => context.machine.lookup(context, n, x.at, x.label, flags));
}

function resolveIndex(context: Context, x: IndexExpression, flags: Flags): Vertex | undefined {
  const n = nodeOf(context, x, x.x, true);
  const i = context.machine.value(context, x.index, SCALAR);
  if (n === undefined) return undefined;
  const label = labelOf(context, x.index, i);
  if (context.errors !== undefined || label === NO_LABEL) return undefined;
  return context.machine.lookup(context, n, x.at, label, flags);
}

/** A let clause's vertex: evaluated anew for each environment where it depends on a comprehension's variable. */
function resolveLet(context: Context, x: LetReference, flags: Flags): Vertex | undefined {
  const env: Environment = context.up(x.up);
  const within = context.vertexOf(env);
  const arc =
    within === undefined ? undefined : context.machine.lookup(context, within, x.at, x.label, flags);
  if (arc === undefined) return undefined;
  const b = arc.bottom();
  const state = getState(context, arc);
  if (!arc.multiLet && ((b === undefined && state === undefined) || isCyclePlaceholder(b))) return arc;

  const [c] = arc.conjuncts;
  if (c === undefined) return arc;
  const expression = expressionOf(c.x);
  env.lets ??= new Map();
  const key = keyOf(expression, arc);
  const known = env.lets.get(key);
  if (known !== undefined) return known;
  const n = new Vertex(arc.parent, x.label);
  n.isDynamic = b !== undefined && b.code === STRUCTURAL_CYCLE;
  n.conjuncts = [{ env, x: expression, origin: c.origin }];
  env.lets.set(key, n);
  return n;
}

const keys = new WeakMap<Vertex, WeakMap<object, object>>();

function keyOf(x: Expression, arc: Vertex): object {
  let byExpression = keys.get(arc);
  if (byExpression === undefined) keys.set(arc, (byExpression = new WeakMap()));
  let key = byExpression.get(x);
  if (key === undefined) byExpression.set(x, (key = {}));
  return key;
}

/** The struct or list that an expression is; an error is recorded where it is none. */
function nodeOf(context: Context, origin: Expression, x: Expression, scalar: boolean): Vertex | undefined {
  const saved = context.origin;
  const isReference = isResolver(x);
  if (!isReference) context.origin = { ...saved, fromDefinition: false };
  const first = context.machine.unifyNode(context, x, NODE);
  const result = nodeOfValue(context, origin, x, first, scalar);
  if (!isReference) context.origin = { ...context.origin, fromDefinition: saved.fromDefinition };
  return result;
}

function nodeOfValue(
  context: Context,
  origin: Expression,
  x: Expression,
  first: Value | undefined,
  scalar: boolean,
): Vertex | undefined {
  let v = first;
  if (v !== undefined) {
    v = resolveDefault(context, v);
    if (v === undefined) return undefined;
  }
  if (scalar) {
    const inner = unwrap(v);
    if (!isCyclePlaceholder(inner)) v = inner;
  }
  const node = v?.tag === 'vertex' ? v : undefined;
  if (node !== undefined && !isCyclePlaceholder(node.base)) v = node.value();

  if (v === undefined) {
    context.addError(INCOMPLETE, () => `${describe(origin)} undefined (${describe(x)} is incomplete)`);
    return undefined;
  }
  if (v.tag === 'bottom') {
    context.add(v);
    return undefined;
  }
  if (v.tag === 'vertex') {
    if (v.nonRooted) context.machine.unify(context, v, FIELD_SET_KNOWN, FINALIZE, false);
    return node;
  }
  const kind = kindOf(v);
  if ((kind & STRUCT_KIND) !== 0) {
    context.addError(
      INCOMPLETE,
      () => `${describe(origin)} undefined as ${describe(x)} is incomplete (type ${kindName(kind)})`,
    );
    return undefined;
  }
  if (node === undefined) {
    context.addError(
      EVALUATION,
      () => `invalid operand ${describe(x)} (found ${kindName(kind)}, want list or struct)`,
    );
    return undefined;
  }
  return node;
}
