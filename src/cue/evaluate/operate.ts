import { isUtf8 } from 'node:buffer';
import type { BinaryOperator } from '../compile/expression.ts';
import { compileRegexp } from '../builtin/regexp-engine.ts';
import { BuiltinError } from '../builtin/builtin.ts';
import { fromUtf8 } from '../builtin/rune.ts';
import { add, divide, multiply, subtract } from '../number/arithmetic.ts';
import { compare, DecimalError } from '../number/decimal.ts';
import type { Decimal } from '../number/decimal.ts';
import { div, mod, quo, rem } from '../number/integer.ts';
import { CueError } from '../syntax/cue-error.ts';
import {
  BOOL_KIND,
  BYTES_KIND,
  FLOAT_KIND,
  INT_KIND,
  kindName,
  LIST_KIND,
  NUMBER_KIND,
  STRING_KIND,
  STRUCT_KIND,
} from '../value/kind.ts';
import type { BoundOp, Bottom, NumberValue, Value } from '../value/value.ts';
import { INCOMPLETE } from '../value/value.ts';
import { combine, unwrap } from './bottom.ts';
import { concreteness, CONCRETE, kindOf } from './concreteness.ts';
import type { Context } from './context.ts';
import { describe } from './describe.ts';
import { equal, REGULAR_ONLY } from './equal.ts';
import { validateFinal } from './validate-final.ts';

const LONGEST_TEXT = 1 << 24;

/** Order by code points, which is the order of UTF-8. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const high = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;
    if (high(x) !== high(y)) return high(x) ? 1 : -1;
    return x < y ? -1 : 1;
  }
  return a.length < b.length ? -1 : 1;
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Math.sign(Buffer.compare(a, b));
}

/** Whether a comparison of two values is true; false too where it is an error. */
export function holds(context: Context, op: BoundOp, left: Value, right: Value): boolean {
  const v = operate(context, op, left, right);
  return v !== undefined && v.tag === 'bool' && v.value;
}

/** A binary operation on two values (CUE language specification, "Operators"). */
export function operate(
  context: Context,
  op: Exclude<BinaryOperator, '&'>,
  left: Value,
  right: Value,
): Value | undefined {
  context.budget.step();
  for (const [side, v] of [['left', left] as const, ['right', right] as const]) {
    const b = requireConcrete(context, v);
    if (b !== undefined) {
      const { code } = b;
      return context.error(
        code,
        () => `invalid ${side}-hand value to '${op}': ${b.issues[0]?.message() ?? ''}`,
      );
    }
  }
  const error = combine(left, right);
  if (error !== undefined) return error;
  const a = unwrap(left);
  const b = unwrap(right);
  if (a !== undefined && b !== undefined) {
    const result = compute(context, op, a, b, left, right);
    // Where an error is on record already, that is the result: so CUE makes its values.
    if (result !== undefined) return result.tag === 'bottom' ? result : (context.takeErrors() ?? result);
  }
  return context.fail(
    () =>
      `invalid operands ${describe(left)} and ${describe(right)} to '${op}' (type ${kindName(kindOf(left))} and ${kindName(kindOf(right))})`,
  );
}

function requireConcrete(context: Context, v: Value) {
  if (concreteness(v) > CONCRETE) return context.error(INCOMPLETE, () => `non-concrete value ${describe(v)}`);
  if (v.tag !== 'vertex') return undefined;
  if ((kindOf(v) & (STRUCT_KIND | LIST_KIND)) !== 0) {
    context.machine.finalize(context, v);
  }
  return validateFinal(context, v, { concrete: true, final: true, incomplete: false });
}

const bool = (value: boolean): Value => ({ tag: 'bool', value });

function compute(
  context: Context,
  op: Exclude<BinaryOperator, '&'>,
  a: Value,
  b: Value,
  left: Value,
  right: Value,
): Value | undefined {
  const ka = kindOf(left);
  const kb = kindOf(right);
  switch (op) {
    case '==':
    case '!=': {
      const same = isEqual(context, a, b, ka, kb, left, right);
      return same === undefined ? undefined : bool(same === (op === '=='));
    }
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const order = orderOf(a, b);
      if (order === undefined) return undefined;
      if (op === '<') return bool(order < 0);
      if (op === '<=') return bool(order <= 0);
      return bool(op === '>' ? order > 0 : order >= 0);
    }
    case '&&':
    case '||':
      if (a.tag !== 'bool') return wrongType(context, left, BOOL_KIND);
      // As CUE has it, the right side is not looked at where the left one decides.
      if (a.value === (op === '||')) return bool(a.value);
      return b.tag === 'bool' ? bool(b.value) : wrongType(context, right, BOOL_KIND);
    case '=~':
    case '!~':
      return matches(context, op, a, b, left, right);
    case '+':
      if (a.tag === 'string' && b.tag === 'string')
        return text(context, a.value.length + b.value.length, () => a.value + b.value);
      if (a.tag === 'bytes' && b.tag === 'bytes')
        return { tag: 'bytes', value: Buffer.concat([a.value, b.value]) };
      return a.tag === 'number' && b.tag === 'number' ? arithmetic(context, add, a, b) : undefined;
    case '-':
      if (a.tag !== 'number' || b.tag !== 'number')
        return wrongType(context, a.tag === 'number' ? right : left, NUMBER_KIND);
      return arithmetic(context, subtract, a, b);
    case '*':
      if (a.tag === 'number' && b.tag === 'number') return arithmetic(context, multiply, a, b);
      return repeat(context, a, b) ?? repeat(context, b, a);
    case '/': {
      if (a.tag !== 'number' || b.tag !== 'number') return undefined;
      const v = arithmetic(context, divide, a, b);
      return v.tag === 'number' ? { ...v, kind: FLOAT_KIND } : v;
    }
    case 'div':
      return integer(context, div, a, b);
    case 'mod':
      return integer(context, mod, a, b);
    case 'quo':
      return integer(context, quo, a, b);
    case 'rem':
      return integer(context, rem, a, b);
  }
}

function isEqual(
  context: Context,
  a: Value,
  b: Value,
  ka: number,
  kb: number,
  left: Value,
  right: Value,
): boolean | undefined {
  if (a.tag === 'number' && b.tag === 'number') return compare(a.value, b.value) === 0;
  if (ka !== kb) return false;
  if (a.tag === 'null') return true;
  if (a.tag === 'bool' && b.tag === 'bool') return a.value === b.value;
  if (a.tag === 'string' && b.tag === 'string') return a.value === b.value;
  if (a.tag === 'bytes' && b.tag === 'bytes') return compareBytes(a.value, b.value) === 0;
  return ka === LIST_KIND || ka === STRUCT_KIND ? equal(context, left, right, REGULAR_ONLY) : undefined;
}

function orderOf(a: Value, b: Value): number | undefined {
  if (a.tag === 'string' && b.tag === 'string') return compareText(a.value, b.value);
  if (a.tag === 'bytes' && b.tag === 'bytes') return compareBytes(a.value, b.value);
  return a.tag === 'number' && b.tag === 'number' ? compare(a.value, b.value) : undefined;
}

function wrongType(context: Context, v: Value, kind: number): Value {
  return context.fail(
    () => `cannot use ${describe(v)} (type ${kindName(kindOf(v))}) as type ${kindName(kind)}`,
  );
}

function matches(context: Context, op: '=~' | '!~', a: Value, b: Value, left: Value, right: Value): Value {
  if (b.tag !== 'string' && b.tag !== 'bytes') return wrongType(context, right, STRING_KIND | BYTES_KIND);
  const pattern = b.tag === 'string' ? b.value : fromUtf8(b.value);
  if (b.tag === 'bytes' && !isUtf8(b.value)) return context.fail(() => 'invalid regexp: invalid UTF-8');
  try {
    const regexp = compileRegexp(pattern);
    if (a.tag !== 'string') return wrongType(context, left, STRING_KIND);
    context.budget.step(1 + (a.value.length >> 4));
    return bool(regexp.test(a.value) === (op === '=~'));
  } catch (thrown) {
    return refuse(context, thrown, 'invalid regexp');
  }
}

/** What a builtin function or RE2 says, as an error of the evaluation; what is not CUE's own answer ends it. */
export function refuse(context: Context, thrown: unknown, what: string): Bottom {
  if (!(thrown instanceof BuiltinError)) throw thrown;
  if (thrown.reason === 'unsupported' || thrown.reason === 'limit') {
    const code = thrown.reason === 'limit' ? 'CUE_LIMIT' : 'CUE_UNSUPPORTED';
    const at = context.at;
    throw new CueError(
      code,
      `${what}: ${thrown.message}`,
      at?.file ?? { name: '', text: '' },
      at?.offset ?? 0,
    );
  }
  const { message } = thrown;
  const b = context.fail(() => `${what}: ${message}`);
  if (thrown.reason === 'incomplete') b.code = INCOMPLETE;
  return b;
}

function arithmetic(
  context: Context,
  operation: (x: Decimal, y: Decimal) => Decimal,
  a: NumberValue,
  b: NumberValue,
): Value {
  try {
    const kind = a.kind & b.kind;
    return { tag: 'number', kind: kind === 0 ? FLOAT_KIND : kind, value: operation(a.value, b.value) };
  } catch (thrown) {
    if (!(thrown instanceof DecimalError)) throw thrown;
    const { message } = thrown;
    return context.fail(() => `failed arithmetic: ${message}`);
  }
}

function integer(
  context: Context,
  operation: (x: Decimal, y: Decimal) => Decimal,
  a: Value,
  b: Value,
): Value | undefined {
  if (a.tag !== 'number' || b.tag !== 'number' || (a.kind & INT_KIND) === 0 || (b.kind & INT_KIND) === 0) {
    return undefined;
  }
  const result = arithmetic(context, operation, a, b);
  return result.tag === 'number' ? { ...result, kind: INT_KIND } : result;
}

function repeat(context: Context, a: Value, b: Value): Value | undefined {
  if (b.tag !== 'number' || b.kind !== INT_KIND || (a.tag !== 'string' && a.tag !== 'bytes'))
    return undefined;
  if (b.value.coefficient < 0n) return context.fail(() => 'cannot convert negative number to uint64');
  const count = Number(b.value.coefficient) * 10 ** b.value.exponent;
  const size = a.value.length * count;
  if (a.tag === 'string') return text(context, size, () => a.value.repeat(count));
  if (size > LONGEST_TEXT) return tooLong(context);
  const whole = new Uint8Array(size);
  for (let i = 0; i < count; i++) whole.set(a.value, i * a.value.length);
  return { tag: 'bytes', value: whole };
}

function text(context: Context, size: number, make: () => string): Value {
  if (size > LONGEST_TEXT) return tooLong(context);
  context.budget.step(1 + (size >> 6));
  return { tag: 'string', value: make() };
}

/** @throws CUE_LIMIT */
function tooLong(context: Context): never {
  const at = context.at;
  throw new CueError(
    'CUE_LIMIT',
    'a text becomes too long',
    at?.file ?? { name: '', text: '' },
    at?.offset ?? 0,
  );
}
