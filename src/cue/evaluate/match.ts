import { fromInteger } from '../number/decimal.ts';
import { toInteger } from '../number/integer.ts';
import { INT_KIND } from '../value/kind.ts';
import { isIndex } from '../value/label.ts';
import type { Bottom, BoundValue, Value } from '../value/value.ts';
import { INCOMPLETE } from '../value/value.ts';
import { isIncomplete } from './bottom.ts';
import type { Context } from './context.ts';
import { toData } from './data.ts';
import { resolveDefault } from './default.ts';
import { describe } from './describe.ts';
import { missingFields, recordGap, type CueMissing } from './presence.ts';
import { unifyValues } from './unify-values.ts';
import { validateFinal } from './validate-final.ts';
import { Environment, Vertex } from './vertex.ts';

const FINAL = { concrete: false, final: true, incomplete: true } as const;
const NONE: ReadonlySet<never> = new Set();
const NO: Value = { tag: 'bool', value: false };
const YES: Value = { tag: 'bool', value: true };

const selfOf = (context: Context, v: Value): Value => (v.tag === 'vertex' ? toData(context, v) : v);

function bottomOfValue(context: Context, v: Value): Bottom | undefined {
  if (v.tag !== 'vertex') return v.tag === 'bottom' ? v : undefined;
  context.machine.finalize(context, v);
  return v.bottom();
}

/** Why a value does not fit a schema; or, where it fits, what the schema constrains and the value lacks. */
type Fit = { readonly error: Bottom | undefined; readonly gap: CueMissing | undefined };

function fit(context: Context, self: Value, schema: Value): Fit {
  const unified = unifyValues(context, self, schema);
  const error = validateFinal(context, unified, FINAL);
  if (error !== undefined) return { error, gap: undefined };
  const [gap] = self.tag === 'vertex' ? missingFields(context, unified, self, NONE, NONE) : [];
  return { error, gap };
}

/** matchN(n, [schemas]): as many of the schemas hold as n says. */
export function matchN(context: Context, args: readonly Value[]): Value | undefined {
  const [given, bound, schemas] = args;
  if (given === undefined || bound === undefined || schemas === undefined) return NO;
  if (!context.isValidator)
    return context.fail(() => 'matchN is a validator and should not be used as a function');
  const self = selfOf(context, given);
  if (bottomOfValue(context, self) !== undefined) return NO;
  const list = resolveDefault(context, schemas);
  if (list?.tag !== 'vertex' || !list.isList()) return mismatch(context, bound, 0, 0);
  context.machine.finalize(context, list);

  let count = 0;
  let possible = 0;
  const errors: Bottom[] = [];
  const gaps: CueMissing[] = [];
  for (const schema of list.arcs.filter((a) => isIndex(a.label))) {
    const { error, gap } = fit(context, self, schema);
    if (gap !== undefined) gaps.push(gap);
    if (error === undefined) count++;
    else {
      errors.push(error);
      if (isIncomplete(error)) possible++;
    }
  }
  const b = checkCount(context, bound, count, count + possible);
  if (b === undefined) {
    const [gap] = gaps;
    const certain = count - gaps.length;
    if (gap !== undefined && checkCount(context, bound, certain, certain) !== undefined)
      recordGap(context, gap);
    return YES;
  }
  for (const error of errors) if (!isIncomplete(b) || isIncomplete(error)) context.add(error);
  return b;
}

/** matchIf(if, then, else) */
export function matchIf(context: Context, args: readonly Value[]): Value | undefined {
  const [given, condition, consequence, alternative] = args;
  if (
    given === undefined ||
    condition === undefined ||
    consequence === undefined ||
    alternative === undefined
  )
    return NO;
  if (!context.isValidator)
    return context.fail(() => 'matchIf is a validator and should not be used as a function');
  const self = selfOf(context, given);
  if (bottomOfValue(context, self) !== undefined) return NO;
  const asked = fit(context, self, condition);
  const schema = asked.error === undefined ? consequence : alternative;
  const { error, gap } = fit(context, self, schema);
  if (error !== undefined) return error;
  for (const each of [asked.gap, gap]) if (each !== undefined) recordGap(context, each);
  return YES;
}

const count = (n: number): Value => ({ tag: 'number', kind: INT_KIND, value: fromInteger(n) });

function unified(context: Context, values: readonly Value[]): Vertex {
  const v = new Vertex(undefined, '');
  const env = new Environment(undefined, undefined);
  v.conjuncts = values.map((x) => ({ env, x, origin: context.origin }));
  context.machine.finalize(context, v);
  return v;
}

function checkCount(context: Context, bound: Value, found: number, most: number): Bottom | undefined {
  const fits = unified(context, [bound, count(found)]).base?.tag !== 'bottom';
  return fits ? undefined : mismatch(context, bound, found, most);
}

/** The error of a count: incomplete where another count, up to `most`, may come to be. */
function mismatch(context: Context, bound: Value, found: number, most: number): Bottom {
  const b = context.fail(() => `${found} matched, expected ${describe(bound)}`, {
    expected: () => describe(bound),
  });
  if (bound.tag === 'number') {
    const wanted = toInteger(bound.value);
    if (wanted > BigInt(found) && wanted <= BigInt(most)) b.code = INCOMPLETE;
  } else if (bound.tag === 'bound') {
    const low: BoundValue = { tag: 'bound', op: '>=', value: count(found) };
    const high: BoundValue = { tag: 'bound', op: '<=', value: count(most) };
    if (unified(context, [bound, low, high]).base?.tag !== 'bottom') b.code = INCOMPLETE;
  } else b.code = INCOMPLETE;
  return b;
}
