/** Package struct. */

import { BOOL_KIND, INT_KIND, STRUCT_KIND } from '../value/kind.ts';
import { ValidationError, type BuiltinCall, type BuiltinPackage } from './builtin.ts';
import { define } from './define.ts';
import { int } from './integer-argument.ts';

function minFields(call: BuiltinCall): boolean {
  const { length, constraintFields, open } = call.struct(0);
  const least = int(call, 1);
  if (length >= least) return true;
  const mayGrow = open || length + constraintFields >= least;
  throw new ValidationError(
    `len(fields) < MinFields(${least}) (${length} < ${least})`,
    mayGrow ? 'incomplete' : 'evaluation',
  );
}

function maxFields(call: BuiltinCall): boolean {
  const { length } = call.struct(0);
  const most = int(call, 1);
  if (length <= most) return true;
  throw new ValidationError(`len(fields) > MaxFields(${most}) (${length} > ${most})`);
}

export const struct: BuiltinPackage = {
  path: 'struct',
  functions: [
    define('MinFields', [STRUCT_KIND, INT_KIND], BOOL_KIND, minFields),
    define('MaxFields', [STRUCT_KIND, INT_KIND], BOOL_KIND, maxFields),
  ],
};
