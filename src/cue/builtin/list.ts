/** Package list. */

import {
  BOOL_KIND,
  BOTTOM_KIND,
  INT_KIND,
  LIST_KIND,
  NUMBER_KIND,
  STRUCT_KIND,
  TOP_KIND,
} from '../value/kind.ts';
import {
  BuiltinError,
  ValidationError,
  type BuiltinCall,
  type BuiltinPackage,
  type Opaque,
  type ResultList,
} from './builtin.ts';
import { define } from './define.ts';
import { int } from './integer-argument.ts';
import { limitItems } from './limits.ts';
import { average, maximum, minimum, product, range, sum } from './list-numbers.ts';
import { compareText } from './rune.ts';
import { isSorted, sortStable } from './sort.ts';

const LIST = [LIST_KIND] as const;
const LIST_INT = [LIST_KIND, INT_KIND] as const;

/** Compiled beside the functions: what list.Sort's examples name. */
const COMPARERS = `{
  Comparer: {T: _, x: T, y: T, less: bool}
  Ascending: {Comparer, T: number | string, x: T, y: T, less: x < y}
  Descending: {Comparer, T: number | string, x: T, y: T, less: x > y}
}`;

function notNegative(value: number, what: string): number {
  if (value < 0) throw new BuiltinError(`negative ${what}`);
  return value;
}

function flatten(call: BuiltinCall, items: readonly Opaque[], depth: number): readonly Opaque[] {
  const flat = items.flatMap((item) => {
    const value = call.defaultOf(item);
    const nested = depth === 0 ? undefined : call.items(value);
    return nested === undefined ? [value] : flatten(call, nested, depth - 1);
  });
  limitItems(flat.length);
  return flat;
}

function itemsOf(call: BuiltinCall, list: Opaque): readonly Opaque[] {
  const items = call.items(list);
  if (items === undefined) throw new BuiltinError('an item is not a list');
  return items;
}

/** An item that may still become a list is no error yet; nor is one without a value, which would else be the list's. */
function concatenated(call: BuiltinCall, item: Opaque): readonly Opaque[] {
  const value = call.defaultOf(item);
  const possible = call.possibleKind(value);
  const mayBecome = possible === BOTTOM_KIND || (possible & LIST_KIND) !== 0;
  if (call.kind(value) === BOTTOM_KIND && mayBecome)
    throw new BuiltinError('an item is no list yet', 'incomplete');
  return itemsOf(call, value);
}

function concat(call: BuiltinCall): ResultList {
  const list = call.list(0).flatMap((item) => concatenated(call, item));
  limitItems(list.length);
  return { list };
}

function repeat(call: BuiltinCall): ResultList {
  const items = call.list(0);
  const times = notNegative(int(call, 1), 'count');
  if (items.length === 0) return { list: [] };
  limitItems(items.length * times);
  return { list: Array.from({ length: times }, () => items).flat() };
}

function slice(call: BuiltinCall): ResultList {
  const items = call.list(0);
  const from = notNegative(int(call, 1), 'index');
  const to = int(call, 2);
  if (from > to) throw new BuiltinError(`invalid index: ${from} > ${to}`);
  if (to > items.length) throw new BuiltinError('slice bounds out of range');
  return { list: items.slice(from, to) };
}

function minItems(call: BuiltinCall): boolean {
  const { items, open } = call.cueList(0);
  const least = int(call, 1);
  if (items.length >= least) return true;
  throw new ValidationError(
    `len(list) < MinItems(${least}) (${items.length} < ${least})`,
    open ? 'incomplete' : 'evaluation',
  );
}

function maxItems(call: BuiltinCall): boolean {
  const { items } = call.cueList(0);
  const most = int(call, 1);
  if (items.length <= most) return true;
  throw new ValidationError(`len(list) > MaxItems(${most}) (${items.length} > ${most})`);
}

function uniqueItems(call: BuiltinCall): boolean {
  const items = call.list(0);
  let found: ValidationError | undefined;
  for (const [i, x] of items.entries()) {
    for (let j = i + 1; j < items.length; j++) {
      const y = items[j];
      if (y === undefined || !call.equal(x, y, 'regular')) continue;
      const message = `equal values at position ${i} and ${j}`;
      if (call.isFinal(y)) throw new ValidationError(message);
      found = new ValidationError(message, 'incomplete');
    }
  }
  if (found !== undefined) throw found;
  return true;
}

function contains(call: BuiltinCall): boolean {
  const value = call.concreteOpaque(1);
  return call.list(0).some((item) => call.equal(item, value, 'all'));
}

function matchN(call: BuiltinCall): boolean {
  const schema = call.opaque(2);
  const matches = call.list(0).filter((item) => call.unifies(schema, item, true)).length;
  if (call.accepts(call.opaque(1), BigInt(matches))) return true;
  throw new ValidationError(`number of matched elements is ${matches}`);
}

function requireLess(call: BuiltinCall, comparer: Opaque): void {
  if (call.has(comparer, 'less')) return;
  const mayGrow = call.kind(comparer) === STRUCT_KIND && call.struct(1).open;
  throw new BuiltinError('field not found: less', mayGrow ? 'incomplete' : 'evaluation');
}

function sort(call: BuiltinCall): ResultList {
  const comparer = call.concreteOpaque(1);
  const items = [...call.list(0)];
  requireLess(call, comparer);
  sortStable(items, (x, y) => {
    const less = call.less(comparer, x, y);
    if (less === undefined) throw new BuiltinError('the comparer has an error');
    return less;
  });
  return { list: items };
}

function isSortedBy(call: BuiltinCall): boolean {
  const comparer = call.concreteOpaque(1);
  const items = call.list(0);
  if (!call.has(comparer, 'less')) return true;
  return isSorted(items, (x, y) => call.less(comparer, x, y) ?? true);
}

export const list: BuiltinPackage = {
  path: 'list',
  cue: COMPARERS,
  functions: [
    define('Drop', LIST_INT, LIST_KIND, (c) => ({ list: c.list(0).slice(notNegative(int(c, 1), 'index')) })),
    define('FlattenN', [TOP_KIND, INT_KIND], LIST_KIND, (c) => ({
      list: flatten(c, itemsOf(c, c.concreteOpaque(0)), int(c, 1)),
    })),
    define('Repeat', LIST_INT, LIST_KIND, repeat),
    define('Concat', LIST, LIST_KIND, concat),
    define('Take', LIST_INT, LIST_KIND, (c) => ({
      list: c.list(0).slice(0, notNegative(int(c, 1), 'index')),
    })),
    define('Slice', [LIST_KIND, INT_KIND, INT_KIND], LIST_KIND, slice),
    define('Reverse', LIST, LIST_KIND, (c) => ({ list: c.list(0).toReversed() })),
    define('MinItems', LIST_INT, BOOL_KIND, minItems),
    define('MaxItems', LIST_INT, BOOL_KIND, maxItems),
    define('UniqueItems', LIST, BOOL_KIND, uniqueItems),
    define('Contains', [LIST_KIND, TOP_KIND], BOOL_KIND, contains),
    { ...define('MatchN', [LIST_KIND, TOP_KIND, TOP_KIND], BOOL_KIND, matchN), nonConcrete: true },
    define('Avg', LIST, NUMBER_KIND, (c) => average(c.decimalList(0))),
    define('Max', LIST, NUMBER_KIND, (c) => maximum(c.decimalList(0))),
    define('Min', LIST, NUMBER_KIND, (c) => minimum(c.decimalList(0))),
    define('Product', LIST, NUMBER_KIND, (c) => product(c.decimalList(0))),
    define('Range', [NUMBER_KIND, NUMBER_KIND, NUMBER_KIND], LIST_KIND, (c) => ({
      list: range(c.decimal(0), c.decimal(1), c.decimal(2)),
    })),
    define('Sum', LIST, NUMBER_KIND, (c) => sum(c.decimalList(0))),
    define('Sort', [LIST_KIND, TOP_KIND], LIST_KIND, sort),
    define('SortStable', [LIST_KIND, TOP_KIND], LIST_KIND, sort),
    define('SortStrings', LIST, LIST_KIND, (c) => ({ list: c.stringList(0).toSorted(compareText) })),
    define('IsSorted', [LIST_KIND, TOP_KIND], BOOL_KIND, isSortedBy),
    define('IsSortedStrings', LIST, BOOL_KIND, (c) =>
      isSorted(c.stringList(0), (x, y) => compareText(x, y) < 0),
    ),
  ],
};
