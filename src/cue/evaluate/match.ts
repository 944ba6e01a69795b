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
import { unifyValues } from './unify-values.ts';
import { validateFinal } from './validate-final.ts';
import { Environment, Vertex } from './vertex.ts';

const FINAL = { concrete: false, final: true, incomplete: true } as const;
const NO: Value = { tag: 'bool', value: false };
const YES: Value = { tag: 'bool', value: true };

const selfOf = (context: Context, v: Value): Value => (v.tag === 'vertex' ? toData(context, v) : v);

function bottomOfValue(context: Context, v: Value): Bottom | undefined {
  if (v.tag !== 'vertex') return v.tag === 'bottom' ? v : undefined;
  context.machine.finalize(context, v);
  return v.bottom();
}

const fits = (context: Context, self: Value, schema: Value): Bottom | undefined =>
  validateFinal(context, unifyValues(context, self, schema), FINAL);

/** matchN(n, [schemas]): as many of the schemas hold as n says. */
export function matchN(context: Context, args: readonly Value[]): Value | undefined {
  const [given, bound, schemas] = args;
  if (given === undefined || bound === undefined || schemas === undefined) return NO;
  if (!context.isValidator)
    return context.fail(() => 'matchN is a validator and should not be used as a function');
  const self = selfOf(context, given);
  if (bottomOfValue(context, self) !== undefined) return NO;
  const list = resolveDefault(context, schemas);
  if (list?.tag !== 'vertex' || !list.isList()) return context.error(INCOMPLETE, () => 'matchN needs a list');
  context.machine.finalize(context, list);

  let count = 0;
  let possible = 0;
  const errors: Bottom[] = [];
  for (const schema of list.arcs.filter((a) => isIndex(a.label))) {
    const error = fits(context, self, schema);
    if (error === undefined) count++;
    else {
      errors.push(error);
      if (isIncomplete(error)) possible++;
    }
  }
  const b = checkCount(context, bound, count, count + possible);
  if (b === undefined) return YES;
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
  const schema = fits(context, self, condition) === undefined ? consequence : alternative;
  return fits(context, self, schema) ?? YES;
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
  if (unified(context, [bound, count(found)]).base?.tag !== 'bottom') return undefined;
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
