import type { BuiltinFunction } from '../builtin/builtin.ts';
import { ValidationError } from '../builtin/builtin.ts';
import { lastRefusal } from '../builtin/conversion.ts';
import type { FunctionValue, Value } from '../value/value.ts';
import { Arguments, CallEnded } from './call-arguments.ts';
import type { Context } from './context.ts';
import { refuse } from './operate.ts';
import { fromResult } from './from-concrete.ts';

/** Calls a function of a standard package. */
export function callPackage(
  context: Context,
  f: FunctionValue,
  body: BuiltinFunction,
  args: readonly Value[],
  validator: boolean,
): Value | undefined {
  const call = new Arguments(context, f, args, validator);
  try {
    return fromResult(body.call(call));
  } catch (thrown) {
    const wrong = lastRefusal(body, call) ?? thrown;
    if (wrong instanceof CallEnded) return wrong.bottom;
    if (wrong instanceof ValidationError && !validator) return { tag: 'bool', value: false };
    return refuse(context, wrong, `error in call to ${f.name}`);
  }
}
