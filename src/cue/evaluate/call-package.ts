import type { BuiltinFunction } from '../builtin/builtin.ts';
import { BuiltinError, ValidationError } from '../builtin/builtin.ts';
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
    if (thrown instanceof CallEnded) return thrown.bottom;
    if (thrown instanceof ValidationError && !validator) return { tag: 'bool', value: false };
    if (thrown instanceof BuiltinError)
      return call.pending(body.parameters) ?? refuse(context, thrown, `error in call to ${f.name}`);
    throw thrown;
  }
}
