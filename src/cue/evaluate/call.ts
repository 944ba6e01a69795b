import type { BuiltinCallExpression } from '../compile/expression.ts';
import { BOTTOM_KIND, FUNC_KIND, kindName } from '../value/kind.ts';
import type { Bottom, FunctionValue, Parameter, ValidatorValue, Value } from '../value/value.ts';
import { EVALUATION, INCOMPLETE } from '../value/value.ts';
import { atOf, bottomOf, combine, unwrap } from './bottom.ts';
import { callPackage } from './call-package.ts';
import { isConcrete, kindOf } from './concreteness.ts';
import type { Flags } from './condition.ts';
import { DISJUNCTION_TASK, FIELD_SET_KNOWN, FINALIZE, SCALAR_KNOWN, YIELD } from './condition.ts';
import { positionOf } from './conjunct.ts';
import type { Context } from './context.ts';
import { describe, describeLater } from './describe.ts';
import { defaultParameter, isValidatorCall } from './functions.ts';
import { unifyValues } from './unify-values.ts';

/** A call: of a function, or, with one argument less, a validator. */
export function evaluateCall(context: Context, x: BuiltinCallExpression, flags: Flags): Value | undefined {
  const fun = context.machine.value(context, x.fun, { condition: SCALAR_KNOWN, mode: YIELD });
  const f = calledFunction(context, x, fun);
  if (f === undefined || f.tag === 'validator') return f;
  if (f.body.kind === 'predeclared' && f.body.function.raw !== undefined) {
    return checkCount(context, f, x.args.length, x) ? f.body.function.raw(context, x) : undefined;
  }

  const saved = context.origin;
  context.origin = { ...saved, fromDefinition: false, fromEmbed: false };
  const result = withArguments(context, x, f, flags);
  context.origin = { ...context.origin, fromDefinition: saved.fromDefinition, fromEmbed: saved.fromEmbed };
  return result;
}

function calledFunction(
  context: Context,
  x: BuiltinCallExpression,
  fun: Value | undefined,
): FunctionValue | ValidatorValue | undefined {
  if (fun?.tag === 'function') return fun;
  if (fun?.tag === 'validator') {
    if (fun.call === undefined) {
      if (!isValidatorCall(fun.function, x.args.length)) return fun.function;
      return { ...fun, call: x, at: x.at };
    }
    context.addError(EVALUATION, () => `cannot call previously called validator ${describe(x.fun)}`);
    return undefined;
  }
  // Of alternatives without a default there is no value, and CUE asks it for its type.
  if (fun === undefined) throw context.budget.fault();
  const kind = kindOf(fun);
  if (!isConcrete(fun) && (kind & FUNC_KIND) !== 0) {
    context.addError(
      INCOMPLETE,
      () => `cannot call non-concrete value ${describe(x.fun)} (type ${kindName(kind)})`,
    );
  } else {
    context.addError(
      EVALUATION,
      () => `cannot call non-function ${describe(x.fun)} (type ${kindName(kind)})`,
    );
  }
  return undefined;
}

function withArguments(
  context: Context,
  x: BuiltinCallExpression,
  f: FunctionValue,
  flags: Flags,
): Value | undefined {
  const args: Value[] = [];
  let { condition } = flags;
  for (const a of x.args) {
    const saved = context.errors;
    context.errors = undefined;
    let v: Value | undefined;
    if (f.nonConcrete) {
      v = context.machine.evaluateState(context, a, { condition, mode: flags.mode });
    } else {
      condition |= FIELD_SET_KNOWN | SCALAR_KNOWN;
      if (flags.mode === FINALIZE) condition |= DISJUNCTION_TASK;
      v = context.machine.value(context, a, { condition, mode: flags.mode });
    }
    if (v === undefined) {
      if (context.errors === undefined) {
        // CUE expects an error to be on record, and makes one that stays
        context.addError(EVALUATION, () => `argument to function ${describe(x.fun)} is incomplete`);
      }
    } else if (v.tag === 'bottom') context.errors = combine(context.errors, v);
    else args.push(v);
    context.errors = combine(saved, context.errors);
  }
  if (context.errors !== undefined) return undefined;
  if (isValidatorCall(f, args.length)) return { tag: 'validator', function: f, call: x, args, at: x.at };
  const result = callFunction(context, f, x, args, false);
  if (result === undefined) return undefined;
  const evaluated = context.machine.evaluateStateWithOrigin(context, result, { condition, mode: flags.mode });
  context.origin = evaluated.origin;
  return evaluated.value;
}

function checkCount(
  context: Context,
  f: FunctionValue,
  count: number,
  x: BuiltinCallExpression | undefined,
): boolean {
  const want = f.parameters.length;
  if (count === want) return true;
  // the parameters after one with a default have one too
  if (count < want && defaultParameter(f.parameters[count]) !== undefined) return true;
  const few = count < want ? 'not enough' : 'too many';
  context.addError(EVALUATION, () => `${few} arguments in call to ${f.name} (have ${count}, want ${want})`, {
    at: [x?.at],
  });
  return false;
}

/** A function applied to evaluated arguments; undefined with an error recorded, or for a validator that is content. */
export function callFunction(
  context: Context,
  f: FunctionValue,
  x: BuiltinCallExpression | undefined,
  given: readonly Value[],
  validator: boolean,
): Value | undefined {
  context.budget.step();
  if (!checkCount(context, f, given.length, x)) return undefined;
  const args = [...given, ...f.parameters.slice(given.length).flatMap((p) => defaultParameter(p) ?? [])];
  for (const [i, a] of args.entries()) {
    const parameter = f.parameters[i];
    if (parameter === undefined || parameter.kind === BOTTOM_KIND) continue;
    const b = bottomIn(a);
    if (b !== undefined) return b;
    const kind = kindOf(a);
    if ((parameter.kind & kind) !== 0) {
      const constrained = constrainedArgument(context, parameter, a);
      if (constrained !== undefined) {
        args[i] = constrained;
        continue;
      }
    }
    context.addError(
      EVALUATION,
      () =>
        `cannot use ${describe(a)} (type ${kindName(kind)}) as ${kindName(parameter.kind)} in argument ${i + 1} to ${f.name}`,
      { at: [positionOf(a) ?? x?.at] },
    );
    return undefined;
  }
  const savedValidator = context.isValidator;
  context.isValidator = validator;
  const origin = context.origin;
  context.origin = { ...origin, fromDefinition: false, fromEmbed: false };
  try {
    return f.body.kind === 'predeclared'
      ? f.body.function.call(context, args, x)
      : callPackage(context, f, f.body.function, args, validator);
  } finally {
    context.origin = {
      ...context.origin,
      fromDefinition: origin.fromDefinition,
      fromEmbed: origin.fromEmbed,
    };
    context.isValidator = savedValidator;
  }
}

/** An argument with what its parameter demands of it; undefined where that is an error. */
function constrainedArgument(context: Context, parameter: Parameter, a: Value): Value | undefined {
  if (parameter.constraint === undefined) return a;
  const v = unifyValues(context, parameter.constraint, a);
  return v.bottom() === undefined ? v : undefined;
}

function bottomIn(v: Value): Bottom | undefined {
  const inner = v.tag === 'vertex' ? v.value() : v;
  return inner?.tag === 'bottom' ? inner : undefined;
}

/** Why a validator refuses a value; undefined if it does not. */
export function validateWith(context: Context, x: ValidatorValue, v: Value): Bottom | undefined {
  const args = [v, ...x.args];
  const result = callFunction(context, x.function, x.call, args, true);
  if (result === undefined) return undefined;
  let code = EVALUATION;
  let cause: Bottom | undefined;
  if (result.tag === 'bottom') {
    cause = result;
    ({ code } = result);
  } else if (result.tag === 'bool') {
    if (result.value) return undefined;
  } else return context.fail(() => `invalid validator ${x.function.name}`);

  const own = unwrap(v);
  if (own?.tag === 'bottom') return own;
  const found = describeLater(v);
  const because = cause?.issues[0];
  return bottomOf(
    code,
    context.vertex,
    () =>
      `invalid value ${found()} (does not satisfy ${describe(x)})${because === undefined ? '' : `: ${because.message()}`}`,
    { at: [x.at, x.call?.at, atOf(v)], expected: () => describe(x), found },
  );
}
