import type { Expression } from '../compile/expression.ts';
import { LIST_KIND, STRUCT_KIND } from '../value/kind.ts';
import type { Position } from '../value/position.ts';
import type { Value } from '../value/value.ts';
import { CYCLE, INCOMPLETE } from '../value/value.ts';
import { CYCLE_PLACEHOLDER, unwrap } from './bottom.ts';
import { concreteness, CONCRETE, kindOf } from './concreteness.ts';
import type { Flags } from './condition.ts';
import { ALL_KNOWN, FINALIZE, IGNORE, NEED_TASKS_DONE, YIELD } from './condition.ts';
import type { Context } from './context.ts';
import { resolveDefault } from './default.ts';
import { hasDepthCycle } from './cycle.ts';
import type { Environment, Vertex } from './vertex.ts';

const isFinalError = (v: Vertex): boolean => {
  const b = unwrap(v.deref());
  return b?.tag === 'bottom' && b.code < INCOMPLETE;
};

/** `x == _|_` and `x != _|_`: whether an expression is an error; what may still change is checked again at the end. */
export function compareToBottom(
  context: Context,
  env: Environment,
  at: Position | undefined,
  x: Expression,
  op: '==' | '!=',
  flags: Flags,
): Value | undefined {
  const frame = context.pushState(env, at);
  context.validating++;
  try {
    const isErrorMatch = op === '==';
    const v = context.machine.evaluateState(context, x, { condition: NEED_TASKS_DONE, mode: FINALIZE });
    let u = unwrap(resolveDefault(context, v));
    if (u !== undefined && (kindOf(u) & (STRUCT_KIND | LIST_KIND)) !== 0) u = v;
    let match = !isErrorMatch;
    const verify = (expectError: boolean) => {
      context.vertexOf(env)?.state?.postChecks.push({ env, x, expectError });
    };

    if (u === undefined) {
      // Nothing is known: not an error.
    } else if (u.tag === 'bottom') {
      if (u.code === CYCLE) {
        context.popState(frame);
        context.add(u);
        return undefined;
      }
      if (u.code === INCOMPLETE) {
        context.machine.evaluateState(context, x, { condition: ALL_KNOWN, mode: IGNORE });
        verify(true);
      }
      match = isErrorMatch;
    } else if (u.tag === 'vertex') {
      if (hasDepthCycle(context, u)) {
        verify(true);
        match = isErrorMatch;
      } else {
        context.machine.finalize(context, u);
        if (isFinalError(u)) match = isErrorMatch;
      }
    } else {
      const composite = (kindOf(u) & (STRUCT_KIND | LIST_KIND)) !== 0;
      if (composite && concreteness(u) > CONCRETE && flags.final !== true) {
        context.popState(frame);
        context.add(CYCLE_PLACEHOLDER);
        return undefined;
      }
      verify(false);
      if (concreteness(u) > CONCRETE) match = isErrorMatch;
      context.machine.evaluateState(context, x, { condition: NEED_TASKS_DONE, mode: YIELD });
    }
    context.popState(frame);
    return { tag: 'bool', value: match, at };
  } finally {
    context.validating--;
  }
}
