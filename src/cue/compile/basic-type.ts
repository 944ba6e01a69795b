/** Predeclared types and ranges of numbers (CUE language specification, "Predeclared identifiers"). */

import type { Decimal } from '../number/decimal.ts';
import {
  BOOL_KIND,
  BYTES_KIND,
  FLOAT_KIND,
  INT_KIND,
  NUMBER_KIND,
  STRING_KIND,
  type Kind,
} from '../value/kind.ts';
import type { Position } from '../value/position.ts';
import type { BoundOp, BoundValue, ConjunctionValue, TypeValue } from '../value/value.ts';

const TYPES: ReadonlyMap<string, Kind> = new Map([
  ['string', STRING_KIND],
  ['bytes', BYTES_KIND],
  ['bool', BOOL_KIND],
  ['int', INT_KIND],
  ['float', FLOAT_KIND],
  ['number', NUMBER_KIND],
]);

type Range = { readonly kind: Kind; readonly low: Decimal; readonly high?: Decimal };

const whole = (coefficient: bigint, exponent = 0): Decimal => ({ coefficient, exponent });

const signed = (bits: bigint): Range => ({
  kind: INT_KIND,
  low: whole(-(2n ** (bits - 1n))),
  high: whole(2n ** (bits - 1n) - 1n),
});
const unsigned = (bits: bigint): Range => ({ kind: INT_KIND, low: whole(0n), high: whole(2n ** bits - 1n) });
/** The greatest finite number of a format, to as many digits as CUE writes. */
const floating = (coefficient: bigint, exponent: number): Range => ({
  kind: FLOAT_KIND,
  low: whole(-coefficient, exponent),
  high: whole(coefficient, exponent),
});

const RANGES: ReadonlyMap<string, Range> = new Map([
  ['rune', { kind: INT_KIND, low: whole(0n), high: whole(0x10ffffn) }],
  ['int8', signed(8n)],
  ['int16', signed(16n)],
  ['int32', signed(32n)],
  ['int64', signed(64n)],
  ['int128', signed(128n)],
  ['uint', { kind: INT_KIND, low: whole(0n) }],
  ['uint8', unsigned(8n)],
  ['uint16', unsigned(16n)],
  ['uint32', unsigned(32n)],
  ['uint64', unsigned(64n)],
  ['uint128', unsigned(128n)],
  ['float32', floating(340282346638528859811704183484516925440n, 0)],
  ['float64', floating(1797693134862315708145274237317043567981n, 269)],
]);

const rangeOf = ({ kind, low, high }: Range, at: Position): ConjunctionValue => {
  const bound = (op: BoundOp, value: Decimal): BoundValue => ({
    tag: 'bound',
    op,
    value: { tag: 'number', kind, value, at },
    at,
  });
  const bounds = [bound('>=', low), ...(high === undefined ? [] : [bound('<=', high)])];
  return {
    tag: 'conjunction',
    values: kind === INT_KIND ? [{ tag: 'type', kind, at }, ...bounds] : bounds,
    at,
  };
};

/** `int`, `uint8`, `float32`, ...; a range of ints is the type and its bounds, of floats the bounds alone. */
export const basicType = (name: string, at: Position): TypeValue | ConjunctionValue | undefined => {
  const kind = TYPES.get(name);
  if (kind !== undefined) return { tag: 'type', kind, at };
  const range = RANGES.get(name);
  return range === undefined ? undefined : rangeOf(range, at);
};
