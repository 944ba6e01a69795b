import type { Expression } from '../compile/expression.ts';
import { toInteger } from '../number/integer.ts';
import { INT_KIND, kindName, NUMBER_KIND, STRING_KIND } from '../value/kind.ts';
import type { Label } from '../value/label.ts';
import { indexLabel, NO_LABEL, stringLabel } from '../value/label.ts';
import type { Value } from '../value/value.ts';
import { EVALUATION, INCOMPLETE } from '../value/value.ts';
import { isError, unwrap } from './bottom.ts';
import { kindOf } from './concreteness.ts';
import type { Context } from './context.ts';
import { resolveDefault } from './default.ts';
import { describe } from './describe.ts';

/** The greatest index that a list can have. */
const LAST_INDEX = 2 ** 28 - 2;

/** A value as a label; where it is none an error is recorded. */
export function labelOf(context: Context, x: Expression, given: Value | undefined): Label {
  const v = resolveDefault(context, given);
  if (v === undefined || isError(v)) return NO_LABEL;
  const kind = kindOf(v);
  const value = unwrap(v);
  if (kind === INT_KIND || kind === NUMBER_KIND) {
    if (value?.tag !== 'number') return incomplete(context, v, 'int');
    if (value.kind !== INT_KIND) return invalid(context, `invalid index ${describe(x)}`);
    const index = toInteger(value.value);
    if (index < 0n) return invalid(context, `index ${describe(x)} out of range [${index}]`);
    if (index > BigInt(LAST_INDEX)) return invalid(context, `int label out of range (${index})`);
    return indexLabel(Number(index));
  }
  if (kind === STRING_KIND) {
    return value?.tag === 'string' ? stringLabel(value.value) : incomplete(context, v, 'string');
  }
  return invalid(context, `invalid index ${describe(x)} (invalid type ${kindName(kind)})`);
}

function incomplete(context: Context, v: Value, type: string): Label {
  context.addError(INCOMPLETE, () => `invalid non-ground value ${describe(v)} (must be concrete ${type})`);
  return NO_LABEL;
}

function invalid(context: Context, message: string): Label {
  context.addError(EVALUATION, () => message);
  return NO_LABEL;
}
