/** How CUE converts arguments before it calls a function: all of them in order, and of several errors the last counts. */

import {
  BOOL_KIND,
  BYTES_KIND,
  INT_KIND,
  LIST_KIND,
  NUMBER_KIND,
  STRING_KIND,
  STRUCT_KIND,
  TOP_KIND,
  type Kind,
} from '../value/kind.ts';
import type { BuiltinCall, BuiltinFunction, Conversion } from './builtin.ts';
import { int64 } from './integer-argument.ts';

export const bigInt: Conversion = (call, index) => call.bigInt(index);

/** Any value that is concrete at its top. */
export const value: Conversion = (call, index) => call.concreteOpaque(index);

/** What the type of a parameter says, unless the function has it otherwise. */
const BY_KIND: ReadonlyMap<Kind, Conversion> = new Map<Kind, Conversion>([
  [BOOL_KIND, (call, index) => call.bool(index)],
  [INT_KIND, int64],
  [NUMBER_KIND, (call, index) => call.decimal(index)],
  [STRING_KIND, (call, index) => call.string(index)],
  [BYTES_KIND | STRING_KIND, (call, index) => call.octets(index)],
  [LIST_KIND, (call, index) => call.list(index)],
  [STRUCT_KIND, (call, index) => call.struct(index)],
]);

/** What the last argument throws that cannot be converted; undefined where all can. */
export function lastRefusal(f: BuiltinFunction, call: BuiltinCall): unknown {
  let last: unknown;
  for (const [index, kind] of f.parameters.entries()) {
    const known = f.conversions?.[index] ?? BY_KIND.get(kind);
    const convert = known ?? (kind === TOP_KIND && f.nonConcrete !== true ? value : undefined);
    if (index >= call.count || convert === undefined) continue;
    try {
      convert(call, index);
    } catch (thrown) {
      last = thrown;
    }
  }
  return last;
}
