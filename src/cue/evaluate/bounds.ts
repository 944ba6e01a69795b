import { compare, fromInteger, isIntegral } from '../number/decimal.ts';
import type { Decimal } from '../number/decimal.ts';
import { add, subtract } from '../number/arithmetic.ts';
import { BYTES_KIND, FLOAT_KIND, STRING_KIND } from '../value/kind.ts';
import type { Kind } from '../value/kind.ts';
import type { BoundOp, BoundValue, ValidatorValue, Value } from '../value/value.ts';
import type { Context } from './context.ts';
import { describe } from './describe.ts';
import { equal, STRUCTURAL } from './equal.ts';
import { compareBytes, compareText, holds } from './operate.ts';
import { floor, ceiling } from '../number/round.ts';

type Category = { readonly tighter: BoundOp; readonly side: number };

function categoryOf(op: BoundOp): Category {
  switch (op) {
    case '>':
      return { tighter: '>=', side: 1 };
    case '>=':
      return { tighter: '>', side: 1 };
    case '<':
      return { tighter: '<=', side: -1 };
    case '<=':
      return { tighter: '<', side: -1 };
    case '==':
      return { tighter: '==', side: 4 };
    case '!=':
      return { tighter: '!=', side: 0 };
    case '=~':
      return { tighter: '=~', side: 2 };
    case '!~':
      return { tighter: '!~', side: 3 };
  }
}

/** One value in place of two bounds: the tighter one, or an error where they exclude each other. */
export function simplifyBounds(
  context: Context,
  kind: Kind,
  x: BoundValue,
  y: BoundValue,
): Value | undefined {
  const xc = categoryOf(x.op);
  const yc = categoryOf(y.op);
  if (xc.side === yc.side) {
    if (xc.side === 1 || xc.side === -1) return holds(context, xc.tighter, x.value, y.value) ? x : y;
    return holds(context, '==', x.value, y.value) ? x : undefined;
  }
  if (xc.side === -yc.side) {
    return xc.side === -1 ? oppose(context, kind, y, x) : oppose(context, kind, x, y);
  }
  if (x.op === '==') return holds(context, y.op, x.value, y.value) ? x : undefined;
  if (y.op === '==') return holds(context, x.op, y.value, x.value) ? y : undefined;
  if (x.op === '!=') return holds(context, y.op, x.value, y.value) ? undefined : y;
  if (y.op === '!=') return holds(context, x.op, y.value, x.value) ? undefined : x;
  return undefined;
}

/** A lower bound x against an upper bound y. */
function oppose(context: Context, kind: Kind, x: BoundValue, y: BoundValue): Value | undefined {
  const conflict = () =>
    context.fail(() => `incompatible bounds ${describe(x)} and ${describe(y)}`, { at: [x.at, y.at] });
  const touching = x.op === '>=' && y.op === '<=';
  if (kind === STRING_KIND || kind === BYTES_KIND) {
    const order = orderOf(kind, x.value, y.value);
    if (order === undefined || order < 0 || (order === 0 && touching)) return undefined;
    return conflict();
  }
  if (x.value.tag !== 'number' || y.value.tag !== 'number') return undefined;
  return excludes(kind, x, x.value.value, y, y.value.value) ? conflict() : undefined;
}

function orderOf(kind: Kind, a: Value, b: Value): number | undefined {
  if (kind === STRING_KIND)
    return a.tag === 'string' && b.tag === 'string' ? compareText(a.value, b.value) : undefined;
  return a.tag === 'bytes' && b.tag === 'bytes' ? compareBytes(a.value, b.value) : undefined;
}

function excludes(kind: Kind, x: BoundValue, low: Decimal, y: BoundValue, high: Decimal): boolean {
  const integers = (kind & FLOAT_KIND) === 0;
  let lo = low;
  let hi = high;
  if (integers) {
    if (!isIntegral(lo)) lo = x.op === '>=' ? ceiling(lo) : floor(lo);
    if (!isIntegral(hi)) hi = y.op === '<=' ? floor(hi) : ceiling(hi);
  }
  const order = compare(hi, lo);
  if (order < 0) return isExact(hi, lo);
  if (order === 0) return !(x.op === '>=' && y.op === '<=');
  if (!integers || x.op !== '>' || y.op !== '<') return false;
  return compare(subtract(hi, lo), fromInteger(1)) === 0;
}

/** Whether a difference has no more digits than CUE calculates with: of others it does not decide. */
function isExact(hi: Decimal, lo: Decimal): boolean {
  const difference = subtract(hi, lo);
  return compare(add(difference, lo), hi) === 0 && compare(subtract(hi, difference), lo) === 0;
}

/** Whether two validators ask the same. */
export function simplifyValidator(context: Context, x: ValidatorValue, y: ValidatorValue): boolean {
  if (x === y) return true;
  if (x.function.body.function !== y.function.body.function || x.args.length !== y.args.length) return false;
  return x.args.every((a, i) => {
    const b = y.args[i];
    if (a.tag === 'vertex') context.machine.finalize(context, a);
    if (b?.tag === 'vertex') context.machine.finalize(context, b);
    return b !== undefined && equal(context, a, b, STRUCTURAL);
  });
}
