/** Checks that a document's parts surely pass. What fails them may pass still: the evaluator decides. */

import type { Expression } from '../compile/expression.ts';
import { compare } from '../number/decimal.ts';
import { validateWith } from '../evaluate/call.ts';
import { kindOf } from '../evaluate/concreteness.ts';
import type { Context } from '../evaluate/context.ts';
import { holds } from '../evaluate/operate.ts';
import { INT_KIND, LIST_KIND, NUMBER_KIND, STRUCT_KIND, type Kind } from '../value/kind.ts';
import { isIndex, isString, labelIndex, type Label } from '../value/label.ts';
import type { BoundValue, NumberValue, ValidatorValue, Value } from '../value/value.ts';

/** Whether a part of a document surely passes; `at` is the check of what it holds under a label. */
export type Check = ((context: Context, x: Expression) => boolean) & {
  readonly at?: ((label: Label) => Check | undefined) | undefined;
};

export const all =
  (checks: readonly Check[]): Check =>
  (context, x) =>
    checks.every((check) => check(context, x));

const some =
  (checks: readonly Check[]): Check =>
  (context, x) =>
    checks.some((check) => check(context, x));

const anything: Check = () => true;

const isScalar = (x: Expression): x is Value =>
  x.tag === 'string' || x.tag === 'number' || x.tag === 'bool' || x.tag === 'null';

/** What a struct or a list may hold can depend on the disjunct, as far as definitions are about. */
const ofScalars = (check: Check | undefined): Check | undefined =>
  check === undefined ? undefined : (context, x) => isScalar(x) && check(context, x);

/** The check of what is neither struct nor list; nothing else surely passes. */
export const scalarOnly =
  (check: Check): Check =>
  (context, x) =>
    isScalar(x) && check(context, x);

const kindOfPart = (x: Expression): Kind => {
  if (x.tag === 'struct') return STRUCT_KIND;
  if (x.tag === 'list') return LIST_KIND;
  return isScalar(x) ? kindOf(x) : 0;
};

const ofKind =
  (kind: Kind): Check =>
  (_, x) =>
    (kindOfPart(x) & kind) !== 0;

const number =
  ({ kind, value }: NumberValue): Check =>
  (_, x) =>
    x.tag === 'number' && x.kind === kind && compare(x.value, value) === 0;

const bound =
  ({ op, value }: BoundValue): Check =>
  (context, x) =>
    isScalar(x) && (kindOf(x) & comparable(kindOf(value))) !== 0 && holds(context, op, x, value);

/** Numbers of either kind compare. */
const comparable = (kind: Kind): Kind => ((kind & NUMBER_KIND) === 0 ? kind : NUMBER_KIND);

const COUNTED: Readonly<Record<string, readonly [part: 'list' | 'struct', sign: 1 | -1]>> = {
  'list.MinItems': ['list', 1],
  'list.MaxItems': ['list', -1],
  'struct.MinFields': ['struct', 1],
  'struct.MaxFields': ['struct', -1],
};

function validator(v: ValidatorValue): Check | undefined {
  const name = v.function.name;
  if (v.function.nonConcrete) return undefined;
  if (!Object.hasOwn(COUNTED, name)) {
    const kind = v.function.parameters[0]?.kind ?? 0;
    return (context, x) => {
      if (!isScalar(x) || (kindOf(x) & kind) === 0) return false;
      const error = validateWith(context, v, x) ?? context.errors;
      context.errors = undefined;
      return error === undefined;
    };
  }
  const [part, sign] = COUNTED[name] ?? ['list', 1];
  const [limit] = v.args;
  // Other numbers are errors there, but for some large ones.
  if (limit?.tag !== 'number' || limit.kind !== INT_KIND || limit.value.exponent !== 0) return undefined;
  const count = Number(limit.value.coefficient);
  if (!Number.isSafeInteger(count)) return undefined;
  return (_, x) => {
    if (x.tag !== part) return false;
    const length = x.tag === 'list' ? x.elements.length : x.declarations.length;
    return sign > 0 ? length >= count : length <= count;
  };
}

/** The check that a value makes; undefined where only evaluation tells. */
export function checkOf(value: Value): Check | undefined {
  switch (value.tag) {
    case 'top':
      return anything;
    case 'type':
      return ofKind(value.kind);
    case 'null':
      return (_, x) => x.tag === 'null';
    case 'string':
    case 'bool':
      return (_, x) => x.tag === value.tag && x.value === value.value;
    case 'number':
      return number(value);
    case 'bound':
      return isScalar(value.value) ? bound(value) : undefined;
    case 'validator':
      return validator(value);
    case 'conjunction':
      return combined(value.values, all);
    case 'disjunction':
      return ofScalars(combined(value.values, some));
    case 'vertex': {
      const base = value.deref().base;
      if (base === undefined || base.tag === 'struct-marker' || base.tag === 'list-marker') return undefined;
      return checkOf(base);
    }
    case 'bytes':
    case 'function':
    case 'bottom':
      return undefined;
  }
}

function combined(values: readonly Value[], join: (checks: readonly Check[]) => Check): Check | undefined {
  const checks = values.map(checkOf).filter((check) => check !== undefined);
  return checks.length === values.length ? join(checks) : undefined;
}

export type FieldCheck = { readonly check: Check; readonly needed: boolean };

/** A struct: fields that must be there, fields that may, and whether others may. */
export function structCheck(fields: ReadonlyMap<Label, FieldCheck>, open: boolean): Check {
  const needed = [...fields.values()].filter((field) => field.needed).length;
  const at = (label: Label): Check | undefined =>
    isString(label) ? (fields.get(label)?.check ?? (open ? anything : undefined)) : undefined;
  const check: Check = (context, x) => {
    if (x.tag !== 'struct') return false;
    let met = 0;
    for (const declaration of x.declarations) {
      if (declaration.tag !== 'field') return false;
      const field = fields.get(declaration.label);
      if (field === undefined) {
        if (!open) return false;
      } else {
        if (!field.check(context, declaration.value)) return false;
        if (field.needed) met++;
      }
    }
    return met === needed;
  };
  return Object.assign(check, { at });
}

/** A list: its first items, and what more there may be. */
export function listCheck(items: readonly Check[], more: Check | undefined): Check {
  const at = (label: Label): Check | undefined =>
    isIndex(label) ? (items[labelIndex(label)] ?? more) : undefined;
  const check: Check = (context, x) => {
    if (x.tag !== 'list' || x.elements.length < items.length) return false;
    if (more === undefined && x.elements.length > items.length) return false;
    return x.elements.every((element, index) => {
      if (element.tag === 'comprehension' || element.tag === 'ellipsis') return false;
      return (items[index] ?? more)?.(context, element) ?? false;
    });
  };
  return Object.assign(check, { at });
}
