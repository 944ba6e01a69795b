import type { Bottom, BoundValue, Value } from '../value/value.ts';
import { EVALUATION } from '../value/value.ts';
import { atOf, bottomOf } from './bottom.ts';
import { validateWith } from './call.ts';
import { positionOf } from './conjunct.ts';
import type { Context } from './context.ts';
import { describe, describeLater } from './describe.ts';
import { operate } from './operate.ts';
import type { Conjunct, ConjunctNode } from './vertex.ts';

/** Why a bound or validator refuses a value; undefined if it does not. */
export function validate(context: Context, check: Conjunct, value: Value): Bottom | undefined {
  const { at, origin, env } = context;
  context.at = positionOf(check.x) ?? at;
  context.origin = check.origin;
  context.env = check.env;
  const error = refusal(context, check.x, value);
  context.at = at;
  context.origin = origin;
  context.env = env;
  return error;
}

function refusal(context: Context, x: ConjunctNode, value: Value): Bottom | undefined {
  if (x.tag === 'validator') return validateWith(context, x, value);
  if (x.tag === 'bound') return validateBound(context, x, value);
  throw new Error('a check that is no constraint');
}

function validateBound(context: Context, x: BoundValue, value: Value): Bottom | undefined {
  if (context.errors !== undefined) return context.takeErrors();
  const v = operate(context, x.op, value, x.value);
  if (v?.tag === 'bottom') return v;
  if (v?.tag === 'bool' && v.value) return undefined;
  const found = describeLater(value);
  const message = () => `invalid value ${found()} (out of bound ${describe(x)})`;
  return bottomOf(EVALUATION, context.vertex, message, {
    at: [x.at, context.at, atOf(value)],
    expected: () => describe(x),
    found,
  });
}
