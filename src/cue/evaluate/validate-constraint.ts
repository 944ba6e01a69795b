import type { Bottom, BoundValue, Value } from '../value/value.ts';
import { EVALUATION } from '../value/value.ts';
import { atOf, bottomOf } from './bottom.ts';
import { validateWith } from './call.ts';
import { positionOf } from './conjunct.ts';
import type { Context } from './context.ts';
import { describe, describeLater } from './describe.ts';
import { operate } from './operate.ts';
import type { Conjunct } from './vertex.ts';

/** Why a bound or validator refuses a value; undefined if it does not. */
export function validate(context: Context, check: Conjunct, value: Value): Bottom | undefined {
  const { at, origin, env } = context;
  context.at = positionOf(check.x) ?? at;
  context.origin = check.origin;
  context.env = check.env;
  try {
    if (check.x.tag === 'validator') return validateWith(context, check.x, value);
    if (check.x.tag === 'bound') return validateBound(context, check.x, value);
    throw new Error('a check that is no constraint');
  } finally {
    context.at = at;
    context.origin = origin;
    context.env = env;
  }
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
