import type { Expression, Resolver } from '../compile/expression.ts';
import type { Value } from '../value/value.ts';
import { CYCLE, INCOMPLETE } from '../value/value.ts';
import { bottomOf, combine, CYCLE_PLACEHOLDER, isCyclePlaceholder, isIncomplete, unwrap } from './bottom.ts';
import { computeValue } from './compute.ts';
import { isRecursivelyConcrete } from './concreteness.ts';
import type { Flags } from './condition.ts';
import { ARC_TYPE_KNOWN, ATTEMPT, FINALIZE, SCALAR_KNOWN, YIELD } from './condition.ts';
import { positionOf } from './conjunct.ts';
import type { Context } from './context.ts';
import { detectCycle } from './cycle.ts';
import { resolveDefault } from './default.ts';
import { describe } from './describe.ts';
import { isResolver } from './is-resolver.ts';
import { resolve } from './resolve.ts';
import { freeze, meets, process, suspend, waitFor } from './scheduler.ts';
import { getState } from './state.ts';
import { validatorsOf } from './validate-node.ts';
import type { Origin, Vertex } from './vertex.ts';
import { EVALUATING, IS_CYCLIC, MEMBER, PENDING } from './vertex.ts';
import { isLet, labelText } from '../value/label.ts';

export type Evaluated = { readonly value: Value | undefined; readonly origin: Origin };

/** An expression's value; an error that came on the way is the value. */
export function evaluateStateWithOrigin(context: Context, x: Expression, flags: Flags): Evaluated {
  context.budget.step();
  const savedAt = context.at;
  context.at = positionOf(x) ?? savedAt;
  const savedErrors = context.errors;
  context.errors = undefined;
  const savedOrigin = context.origin;
  let value: Value | undefined;
  let origin: Origin;
  context.budget.enter();
  try {
    ({ value, origin } = evaluateExpression(context, x, flags));
  } finally {
    context.errors = combine(context.errors, savedErrors);
    context.budget.leave();
    context.at = savedAt;
    context.origin = savedOrigin;
  }
  if (value?.tag === 'vertex') {
    const b = value.bottom();
    if (b !== undefined && b.code !== INCOMPLETE && b.code !== CYCLE) value = b;
  }
  value = placed(value, x);
  if (value?.tag === 'bottom' && context.errors !== value) context.errors = combine(context.errors, value);
  if (context.errors !== undefined) value = context.errors;
  return { value, origin };
}

/** A cycle that an expression comes to is an error of its own: the mark of what is under evaluation is none. */
const placed = (value: Value | undefined, x: Expression): Value | undefined =>
  value === CYCLE_PLACEHOLDER && positionOf(x) !== undefined ? { ...CYCLE_PLACEHOLDER } : value;

export const evaluateState = (context: Context, x: Expression, flags: Flags): Value | undefined =>
  evaluateStateWithOrigin(context, x, flags).value;

/** An expression's value with its default taken, out of its vertex. */
export function value(context: Context, x: Expression, flags: Flags): Value | undefined {
  return unwrap(resolveDefault(context, evaluateState(context, x, { ...flags, concrete: true })));
}

function evaluateExpression(context: Context, x: Expression, flags: Flags): Evaluated {
  if (isResolver(x)) return { value: evaluateReference(context, x, flags), origin: context.origin };
  const computed = computeValue(context, x, flags);
  return { value: computed, origin: context.origin };
}

function evaluateReference(context: Context, x: Resolver, flags: Flags): Value | undefined {
  const found = resolve(context, x, flags);
  if (context.errors !== undefined || found === undefined) return undefined;
  const arc = found.derefNonShared();
  const n = getState(context, arc);
  if (n === undefined) return valueOfVertex(context, arc.deref(), x, flags);

  context.origin = detectCycle(n, arc, undefined, x, context.origin).origin;
  n.retained++;
  try {
    const needs = flags.condition | ARC_TYPE_KNOWN;
    if (flags.mode === FINALIZE) {
      context.machine.unify(context, arc, needs, ATTEMPT, true);
      freeze(n, needs);
    } else if (flags.mode === ATTEMPT) {
      context.machine.unify(context, arc, needs, ATTEMPT, true);
    } else if (flags.mode === YIELD) {
      context.machine.unify(context, arc, needs, YIELD, true);
      return yielded(context, x, flags, found, arc, needs);
    }
    return valueOfVertex(context, arc.deref(), x, flags);
  } finally {
    n.retained--;
  }
}

function yielded(
  context: Context,
  x: Resolver,
  flags: Flags,
  found: Vertex,
  arc: Vertex,
  needs: number,
): Value | undefined {
  let evaluating = arc.status === EVALUATING;
  const original = found.state;
  if (
    flags.concrete === true &&
    found !== arc &&
    original !== undefined &&
    meets(original, SCALAR_KNOWN) &&
    isRecursivelyConcrete(arc)
  ) {
    evaluating = false;
  }
  if (evaluating && found !== arc && arc.isDisjunct) {
    if (original === undefined && flags.condition === SCALAR_KNOWN) throw context.budget.fault();
    const task = context.current();
    if (
      flags.condition === SCALAR_KNOWN &&
      original !== undefined &&
      !meets(original, SCALAR_KNOWN) &&
      task !== undefined
    ) {
      original.defaultAttempt = task.node.node;
      waitFor(task, original, needs);
      suspend();
    }
    return bottomOf(CYCLE, undefined, () => `unresolved disjunction: ${describe(x)}`, { at: [context.at] });
  }
  const breaks = arc.state?.hasFieldValue === true || !isCyclePlaceholder(arc.base);
  if (evaluating && !breaks) {
    context.add(bottomOf(CYCLE, undefined, () => `cycle with field: ${describe(x)}`, { at: [context.at] }));
    return valueOfVertex(context, arc.deref(), x, flags);
  }
  return valueOfVertex(context, arc, x, flags);
}

const isUndefined = (v: Vertex): boolean =>
  v.arcType !== MEMBER || v.base === undefined || v.base === CYCLE_PLACEHOLDER;

/** The value of a vertex as far as it is known. */
function valueOfVertex(context: Context, given: Vertex, x: Resolver, flags: Flags): Value | undefined {
  let v = given;
  if (isUndefined(v)) {
    context.machine.unify(context, v, flags.condition, flags.mode, false);
    if (v.arcType === PENDING) {
      if (v.status === EVALUATING) {
        while (v.parent !== undefined && v.arcType === PENDING) v = v.parent;
        const b = bottomOf(CYCLE, v, () => `cycle with field ${describe(x)}`, { at: [context.at] });
        v.base = b;
        return b;
      }
      const missing = v;
      context.addError(INCOMPLETE, () => `undefined field: ${labelText(missing.label)}`);
      return undefined;
    }
  }
  const n = v.state;
  if (n !== undefined) {
    if (n.errors !== undefined && !isIncomplete(n.errors)) return n.errors;
    if (n.scalar !== undefined && isCyclePlaceholder(v.base)) return n.scalar;
  }
  const base = v.base;
  if (base?.tag === 'bottom') {
    if (!isIncomplete(base)) return base;
    context.add(base);
    return undefined;
  }
  if (base !== undefined) return v;
  if (n === undefined) return undefined;
  const validators = validatorsOf(n);
  return validators === undefined || validators.tag === 'struct-marker' || validators.tag === 'list-marker'
    ? undefined
    : validators;
}

/** What an expression refers to or computes, with its fields as far as they are known. */
export function unifyNode(context: Context, x: Expression, flags: Flags): Value | undefined {
  const savedAt = context.at;
  context.at = positionOf(x) ?? savedAt;
  const savedErrors = context.errors;
  context.errors = undefined;
  let result: Value | undefined;
  try {
    result = isResolver(x) ? unifyReference(context, x, flags) : computeValue(context, x, flags);
  } finally {
    context.errors = combine(context.errors, savedErrors);
    context.at = savedAt;
  }
  if (result?.tag === 'vertex') {
    const b = result.bottom();
    if (b !== undefined && !isIncomplete(b)) result = b;
  }
  result = placed(result, x);
  if (result?.tag === 'bottom') context.errors = combine(context.errors, result);
  if (context.errors !== undefined) result = context.errors;
  return result;
}

function unifyReference(context: Context, x: Resolver, flags: Flags): Value | undefined {
  const found = resolve(context, x, flags);
  if (context.errors !== undefined || found === undefined) return undefined;
  const v = found.deref();
  const n = getState(context, v);
  if (n === undefined) return v;
  n.retained++;
  try {
    if (context.origin.cycle !== IS_CYCLIC || isLet(v.label)) n.hasNonCycle = true;
    process(n, ARC_TYPE_KNOWN, YIELD);
    if (n.disjuncts.length > 0) context.machine.unify(context, n.node, ARC_TYPE_KNOWN, YIELD, false);
  } finally {
    n.retained--;
  }
  return v;
}
