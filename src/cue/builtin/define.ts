import { DecimalError } from '../number/decimal.ts';
import type { Kind } from '../value/kind.ts';
import {
  BuiltinError,
  type BuiltinCall,
  type BuiltinFunction,
  type Conversion,
  type Result,
} from './builtin.ts';

/** A function of concrete arguments. */
export const define = (
  name: string,
  parameters: readonly Kind[],
  result: Kind,
  call: (call: BuiltinCall) => Result,
  conversions: readonly Conversion[] = [],
): BuiltinFunction => ({
  name,
  parameters,
  result,
  conversions,
  call: (arguments_) => calculated(() => call(arguments_)),
});

/** A calculation beyond what decimals can hold is an error of the call. */
function calculated(call: () => Result): Result {
  try {
    return call();
  } catch (thrown) {
    if (thrown instanceof DecimalError) throw new BuiltinError(thrown.message);
    throw thrown;
  }
}

/** A function that CUE has and we refuse. */
export const refused = (name: string, parameters: readonly Kind[], result: Kind): BuiltinFunction => ({
  name,
  parameters,
  result,
  unsupported: true,
  call: () => {
    throw new BuiltinError(`${name} is not supported`, 'unsupported');
  },
});
