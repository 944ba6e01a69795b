import { BOOL_KIND, BOTTOM_KIND } from '../value/kind.ts';
import type { FunctionValue, Parameter, ValidatorValue, Value } from '../value/value.ts';

/** A function of one argument that answers yes or no is a validator by its name alone. */
export function bareValidator(f: FunctionValue): ValidatorValue | undefined {
  if (f.parameters.length !== 1 || (f.result !== BOOL_KIND && f.result !== BOTTOM_KIND)) return undefined;
  return { tag: 'validator', function: f, call: undefined, args: [] };
}

export const isValidatorCall = (f: FunctionValue, count: number): boolean =>
  count === f.parameters.length - 1 &&
  (f.result & ~BOOL_KIND) === 0 &&
  defaultParameter(f.parameters[count]) === undefined;

/** What stands for an argument that is left out. */
export const defaultParameter = (parameter: Parameter | undefined): Value | undefined => {
  const { constraint } = parameter ?? {};
  return constraint?.tag === 'disjunction' && constraint.defaults === 1 ? constraint.values[0] : undefined;
};
