import type {
  BinaryExpression,
  BoundExpression,
  Expression,
  InterpolationExpression,
  SliceExpression,
  UnaryExpression,
} from '../compile/expression.ts';
import { fromUtf8 } from '../builtin/rune.ts';
import { fromInteger, negate } from '../number/decimal.ts';
import { toInteger } from '../number/integer.ts';
import { toText } from '../number/text.ts';
import {
  BOOL_KIND,
  BYTES_KIND,
  INT_KIND,
  kindName,
  LIST_KIND,
  NULL_KIND,
  NUMBER_KIND,
  STRING_KIND,
  STRUCT_KIND,
} from '../value/kind.ts';
import { indexLabel, isIndex, labelName, isString, NO_LABEL } from '../value/label.ts';
import type { Value } from '../value/value.ts';
import { EVALUATION, INCOMPLETE } from '../value/value.ts';
import { combine, fromIssues, isError, isLiteralBottom } from './bottom.ts';
import { evaluateCall } from './call.ts';
import { compareToBottom } from './compare-bottom.ts';
import { concreteness, CONCRETE, isConcrete, kindOf } from './concreteness.ts';
import type { Flags } from './condition.ts';
import { FIELD_SET_KNOWN, FINALIZE, SCALAR_KNOWN, YIELD } from './condition.ts';
import type { Context } from './context.ts';
import { resolveDefault } from './default.ts';
import { describe } from './describe.ts';
import { isResolver } from './is-resolver.ts';
import { operate } from './operate.ts';
import { FINALIZED, MEMBER, ROOT_ORIGIN, Vertex } from './vertex.ts';
import type { Conjunct } from './vertex.ts';
import { unwrap } from './bottom.ts';

const SCALAR: Flags = { condition: SCALAR_KNOWN, mode: YIELD };

/** A vertex that is part of an expression only. */
function inlineVertex(context: Context, conjuncts: Conjunct[]): Vertex {
  const v = new Vertex(undefined, NO_LABEL);
  v.isDynamic = true;
  v.arcType = MEMBER;
  v.conjuncts = conjuncts;
  context.scope.at(-1)?.inline.push(v);
  if (context.detached > 0) v.anonymous = true;
  return v;
}

/** The value of an expression that is no reference. */
export function computeValue(
  context: Context,
  x: Exclude<Expression, { tag: 'field-reference' }>,
  flags: Flags,
): Value | undefined {
  switch (x.tag) {
    case 'struct':
    case 'list': {
      const env = context.up(0);
      const v = inlineVertex(context, [{ env, x, origin: context.origin }]);
      context.machine.unify(context, v, FIELD_SET_KNOWN, FINALIZE, false);
      return v;
    }
    case 'disjunction-expression': {
      const v = inlineVertex(context, [{ env: context.up(0), x, origin: context.origin }]);
      context.machine.finalize(context, v);
      return v;
    }
    case 'label-reference': {
      const label = context.up(x.up).dynamicLabel;
      if (label === NO_LABEL) return { tag: 'type', kind: STRING_KIND };
      if (isString(label)) return { tag: 'string', value: labelName(label) };
      return { tag: 'number', kind: INT_KIND, value: fromInteger(Number(labelName(label))) };
    }
    case 'binary':
      return computeBinary(context, x, flags);
    case 'unary':
      return computeUnary(context, x);
    case 'bound-expression':
      return computeBound(context, x);
    case 'interpolation':
      return computeInterpolation(context, x);
    case 'slice':
      return computeSlice(context, x);
    case 'call':
      return evaluateCall(context, x, flags);
    default:
      return isResolver(x) ? undefined : x;
  }
}

/** False, with an error recorded, where an operand can never be concrete. */
function concretePossible(context: Context, op: string, x: Expression): boolean {
  const never =
    x.tag === 'bound-expression' ||
    x.tag === 'top' ||
    x.tag === 'type' ||
    x.tag === 'bound' ||
    x.tag === 'conjunction';
  if (never)
    context.addError(EVALUATION, () => `invalid operand ${describe(x)} ('${op}' requires concrete value)`);
  return !never;
}

function computeBinary(context: Context, x: BinaryExpression, flags: Flags): Value | undefined {
  const env = context.up(0);
  if (x.op === '&') {
    const origin = { ...ROOT_ORIGIN, references: context.origin.references };
    const v = inlineVertex(context, [{ env, x, origin }]);
    const around = context.vertexOf(env);
    if ((context.detached === 0 && around?.isDynamic === true) || context.validating > 0)
      context.machine.finalize(context, v);
    else context.machine.unify(context, v, FIELD_SET_KNOWN, FINALIZE, false);
    return v;
  }
  if (!concretePossible(context, x.op, x.x) || !concretePossible(context, x.op, x.y)) return undefined;
  if (x.op === '==' || x.op === '!=') {
    if (isLiteralBottom(x.x)) return compareToBottom(context, env, x.at, x.y, x.op, flags);
    if (isLiteralBottom(x.y)) return compareToBottom(context, env, x.at, x.x, x.op, flags);
  }
  const left = concreteOperand(context, x.x, x.op);
  const right = concreteOperand(context, x.y, x.op);
  const error = combine(left, right) ?? context.takeErrors();
  if (error !== undefined) return error;
  return left === undefined || right === undefined ? undefined : operate(context, x.op, left, right);
}

function concreteOperand(context: Context, x: Expression, op: string): Value | undefined {
  const env = context.up(0);
  const frame = context.pushState(env, 'at' in x ? x.at : undefined);
  const w = context.machine.evaluateState(context, x, SCALAR);
  context.popState(frame);
  const resolved = w === undefined ? undefined : resolveDefault(context, w);
  if (w !== undefined && resolved === undefined) return undefined;
  const v = unwrap(resolved);
  if (isConcrete(v)) return v;
  return context.error(INCOMPLETE, () => `non-concrete value ${describe(resolved)} in operand to ${op}`);
}

function computeUnary(context: Context, x: UnaryExpression): Value | undefined {
  if (!concretePossible(context, x.op, x.x)) return undefined;
  const v = context.machine.value(context, x.x, SCALAR);
  if (v === undefined || isError(v)) return v;
  let expected = BOOL_KIND;
  if (x.op === '!') {
    if (v.tag === 'bool') return { tag: 'bool', value: !v.value, at: x.at };
  } else {
    if (v.tag === 'number') return x.op === '+' ? v : { ...v, value: negate(v.value), at: x.at };
    expected = NUMBER_KIND;
  }
  const kind = kindOf(v);
  if ((kind & expected) !== 0) {
    context.addError(
      INCOMPLETE,
      () => `operand ${describe(x.x)} of '${x.op}' not concrete (was ${kindName(kind)})`,
    );
    return undefined;
  }
  return context.fail(() => `invalid operation ${describe(x)} (${x.op} ${kindName(kind)})`);
}

function computeBound(context: Context, x: BoundExpression): Value | undefined {
  const v = context.machine.value(context, x.x, SCALAR);
  if (v === undefined || isError(v)) return v;
  const kind = kindOf(v);
  const equality = x.op === '!=' || x.op === '==';
  const composite = kind === NULL_KIND || kind === STRUCT_KIND || kind === LIST_KIND;
  if (composite) {
    if (!equality) return context.fail(() => `cannot use ${kindName(kind)} for bound ${x.op}`);
  } else if (![INT_KIND, 8, NUMBER_KIND, STRING_KIND, BYTES_KIND].includes(kind)) {
    const allowed =
      NUMBER_KIND | STRING_KIND | BYTES_KIND | (equality ? NULL_KIND | STRUCT_KIND | LIST_KIND : 0);
    if ((kind & allowed) !== 0) {
      context.addError(INCOMPLETE, () => `non-concrete value ${describe(x.x)} for bound ${x.op}`);
      return undefined;
    }
    return context.fail(() => `invalid value ${describe(v)} (type ${kindName(kind)}) for bound ${x.op}`);
  }
  if (concreteness(v) > CONCRETE) {
    if (x.x === v) return context.fail(() => 'bound has fixed non-concrete value');
    context.addError(INCOMPLETE, () => `non-concrete value ${describe(x.x)} for bound ${x.op}`);
    return undefined;
  }
  return { tag: 'bound', op: x.op, value: v, at: x.at };
}

function computeInterpolation(context: Context, x: InterpolationExpression): Value | undefined {
  const parts: Uint8Array[] = [];
  let text = '';
  for (const part of x.parts) {
    const v = context.machine.value(context, part, SCALAR);
    if (x.bytes) parts.push(v?.tag === 'bytes' ? v.value : Buffer.from(textOf(context, v)));
    else text += textOf(context, v);
  }
  const error = context.takeErrors();
  if (error !== undefined) return fromIssues(error.code, error.issues, context.vertex);
  context.budget.step(1 + (text.length >> 6));
  return x.bytes
    ? { tag: 'bytes', value: Buffer.concat(parts), at: x.at }
    : { tag: 'string', value: text, at: x.at };
}

/** A scalar as text; anything else is recorded as an error. */
export function textOf(context: Context, given: Value | undefined): string {
  const v = unwrap(given);
  if (v === undefined || isError(v)) return '';
  const kind = kindOf(v);
  if (v.tag === 'string') return v.value;
  if (v.tag === 'bytes') return fromUtf8(v.value);
  if (v.tag === 'number') return toText(v.value);
  if (v.tag === 'bool') return String(v.value);
  if ((kind & (STRING_KIND | NUMBER_KIND | BYTES_KIND | BOOL_KIND)) === 0) {
    context.addError(EVALUATION, () => `cannot use ${describe(v)} (type ${kindName(kind)}) as text`);
  } else context.addError(INCOMPLETE, () => `non-concrete value ${describe(v)} (type ${kindName(kind)})`);
  return '';
}

function computeSlice(context: Context, x: SliceExpression): Value | undefined {
  const v = context.machine.value(context, x.x, { condition: FIELD_SET_KNOWN, mode: YIELD });
  if (v === undefined) {
    context.addError(INCOMPLETE, () => `non-concrete slice subject ${describe(x.x)}`);
    return undefined;
  }
  if (v.tag === 'bytes') {
    const range = sliceRange(context, x, v.value.length);
    return Array.isArray(range) ? { tag: 'bytes', value: v.value.subarray(range[0], range[1]) } : range;
  }
  if (v.tag === 'vertex' && v.isList()) {
    const elements = v.arcs.filter((a) => isIndex(a.label));
    const range = sliceRange(context, x, elements.length);
    if (!Array.isArray(range)) return range;
    const list = inlineVertex(context, []);
    list.base = { tag: 'list-marker', open: false };
    list.arcs = elements.slice(range[0], range[1]).map((a, i) => {
      const arc = a.copy();
      arc.parent = list;
      arc.label = indexLabel(i);
      return arc;
    });
    list.status = FINALIZED;
    return list;
  }
  return isError(v) ? v : context.fail(() => `cannot slice ${describe(v)} (type ${kindName(kindOf(v))})`);
}

function sliceRange(context: Context, x: SliceExpression, length: number): [number, number] | Value {
  const low = x.low === undefined ? 0 : sliceIndex(context, x.low);
  const high = x.high === undefined ? length : sliceIndex(context, x.high);
  if (high > length) return context.fail(() => `index ${high} out of range`);
  return low > high ? context.fail(() => `invalid slice index: ${low} > ${high}`) : [low, high];
}

function sliceIndex(context: Context, x: Expression): number {
  const v = context.machine.value(context, x, SCALAR);
  if (v === undefined || isError(v)) return 0;
  if (v.tag !== 'number') {
    const kind = kindOf(v);
    context.addError(
      (kind & INT_KIND) === 0 ? EVALUATION : INCOMPLETE,
      () => `cannot use ${describe(v)} as slice index`,
    );
    return 0;
  }
  const index = toInteger(v.value);
  if (index >= 0n && index < 2n ** 31n) return Number(index);
  context.addError(EVALUATION, () => `cannot convert ${describe(v)} to uint64`);
  return 0;
}
