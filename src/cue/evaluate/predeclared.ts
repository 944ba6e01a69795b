import type { BuiltinCallExpression } from '../compile/expression.ts';
import { fromInteger } from '../number/decimal.ts';
import { div, mod, quo, rem } from '../number/integer.ts';
import type { Decimal } from '../number/decimal.ts';
import {
  BOOL_KIND,
  BOTTOM_KIND,
  BYTES_KIND,
  INT_KIND,
  LIST_KIND,
  STRING_KIND,
  STRUCT_KIND,
  TOP_KIND,
} from '../value/kind.ts';
import { isIndex, isRegular } from '../value/label.ts';
import type { FunctionValue, Value } from '../value/value.ts';
import { EVALUATION, INCOMPLETE, USER } from '../value/value.ts';
import { unwrap } from './bottom.ts';
import { textOf } from './compute.ts';
import { isConcrete, kindOf } from './concreteness.ts';
import type { Context } from './context.ts';
import { SCALAR_KNOWN, YIELD } from './condition.ts';
import { resolveDefault } from './default.ts';
import { isDefined } from './defined.ts';
import { describe } from './describe.ts';
import { share } from './sharing.ts';
import { getState } from './state.ts';
import { Environment, MEMBER, NO_CYCLE, ROOT_ORIGIN, Vertex } from './vertex.ts';
import { walkOn } from './walk.ts';
import { matchIf, matchN } from './match.ts';

/** A function of the language itself. */
export type PredeclaredFunction = {
  readonly call: (
    context: Context,
    args: readonly Value[],
    x: BuiltinCallExpression | undefined,
  ) => Value | undefined;
  /** Takes its arguments unevaluated. */
  readonly raw?: (context: Context, x: BuiltinCallExpression) => Value | undefined;
};

const NOWHERE = new Environment(undefined, undefined);

/** The regular fields that are there, or turn out to be; none of those that come while they are counted. */
function countFields(context: Context, v: Vertex): number {
  const { arcs } = v;
  let found = 0;
  for (let i = 0, count = arcs.length; i < count; i++) {
    walkOn(context, v, arcs);
    const a = arcs[i];
    if (a !== undefined && isRegular(a.label) && isDefined(context, a)) found++;
  }
  return found;
}

function len(context: Context, args: readonly Value[]): Value {
  const [given] = args;
  const v = unwrap(given);
  const count = (n: number): Value => ({ tag: 'number', kind: INT_KIND, value: fromInteger(n) });
  if (v?.tag === 'vertex') {
    if (v.isList()) return count(v.arcs.filter((a) => isIndex(a.label)).length);
    return count(countFields(context, v));
  }
  if (v?.tag === 'bytes') return count(v.value.length);
  if (v?.tag === 'string') return count(Buffer.byteLength(v.value));
  return context.error(INCOMPLETE, () => `incomplete argument ${describe(v)}`);
}

/** close({...}): closed at this level only. */
function close(context: Context, args: readonly Value[]): Value {
  const [s] = args;
  if (s?.tag !== 'vertex') return context.fail(() => 'struct argument must be concrete');
  const w = new Vertex(undefined, '');
  w.isDynamic = true;
  w.arcType = MEMBER;
  w.conjuncts = [...s.conjuncts];
  context.scope.at(-1)?.inline.push(w);
  const n = getState(context, w);
  if (n !== undefined)
    share(n, { env: NOWHERE, x: s, origin: { ...ROOT_ORIGIN, cycle: NO_CYCLE } }, s, context.origin);
  w.closedOnce = true;
  return w;
}

function elements(context: Context, v: Value | undefined): Vertex[] {
  const list = resolveDefault(context, v);
  if (list?.tag === 'vertex' && list.isList()) return list.arcs.filter((a) => isIndex(a.label));
  if (list !== undefined && list.tag !== 'bottom') {
    const code = !isConcrete(list) && (kindOf(list) & LIST_KIND) !== 0 ? INCOMPLETE : EVALUATION;
    context.addError(code, () => `cannot use ${describe(list)} as type list`);
  }
  return [];
}

function and(context: Context, args: readonly Value[]): Value {
  const values = elements(context, args[0]);
  return values.length === 0 ? { tag: 'top' } : { tag: 'conjunction', values };
}

function or(context: Context, args: readonly Value[]): Value {
  const values = elements(context, args[0]);
  if (values.length === 0) return context.error(INCOMPLETE, () => 'empty list in call to or');
  const v = new Vertex(undefined, '');
  const disjuncts = values.map((value) => ({ value, default: false }));
  v.conjuncts = [
    {
      env: NOWHERE,
      x: { tag: 'disjunction-expression', disjuncts, marked: false, at: undefined },
      origin: context.origin,
    },
  ];
  context.machine.finalize(context, v);
  return v;
}

const integer =
  (name: string, operation: (x: Decimal, y: Decimal) => Decimal) =>
  (context: Context, args: readonly Value[]): Value | undefined => {
    const [a, b] = args.map((v) => unwrap(v));
    if (a?.tag !== 'number' || b?.tag !== 'number') {
      return context.error(INCOMPLETE, () => `incomplete argument to ${name} builtin`);
    }
    if (b.value.coefficient === 0n) return context.fail(() => 'division by zero');
    return { tag: 'number', kind: INT_KIND, value: operation(a.value, b.value) };
  };

/** error("message"): an error of the policy's author. */
function error(context: Context, x: BuiltinCallExpression): Value {
  const [argument] = x.args;
  const flags = { condition: SCALAR_KNOWN, mode: YIELD } as const;
  const saved = context.takeErrors();
  const v = argument === undefined ? undefined : context.machine.value(context, argument, flags);
  const message = textOf(context, v);
  context.errors = saved;
  return context.error(USER, () => (message === '' ? 'error' : message), { at: [x.at] });
}

const define = (
  name: string,
  kinds: readonly number[],
  result: number,
  body: PredeclaredFunction,
  nonConcrete = false,
): [string, FunctionValue] => [
  name,
  {
    tag: 'function',
    name,
    parameters: kinds.map((kind) => ({ kind })),
    result,
    nonConcrete,
    body: { kind: 'predeclared', function: body },
  },
];

export const PREDECLARED: ReadonlyMap<string, FunctionValue> = new Map([
  define('len', [STRUCT_KIND | BYTES_KIND | STRING_KIND | LIST_KIND], INT_KIND, { call: len }),
  define('close', [STRUCT_KIND], STRUCT_KIND, { call: close }),
  define('and', [LIST_KIND], INT_KIND, { call: and }),
  define('or', [LIST_KIND], INT_KIND, { call: or }, true),
  define('div', [INT_KIND, INT_KIND], INT_KIND, { call: integer('div', div) }),
  define('mod', [INT_KIND, INT_KIND], INT_KIND, { call: integer('mod', mod) }),
  define('quo', [INT_KIND, INT_KIND], INT_KIND, { call: integer('quo', quo) }),
  define('rem', [INT_KIND, INT_KIND], INT_KIND, { call: integer('rem', rem) }),
  define('error', [STRING_KIND], BOTTOM_KIND, {
    call: (context) => context.error(USER, () => 'error'),
    raw: error,
  }),
  define('matchN', [TOP_KIND, INT_KIND, LIST_KIND], BOOL_KIND, { call: matchN }, true),
  define('matchIf', [TOP_KIND, TOP_KIND, TOP_KIND, TOP_KIND], BOOL_KIND, { call: matchIf }, true),
]);
