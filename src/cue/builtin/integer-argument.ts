/** Machine integers of CUE's arbitrary ones, as its functions receive them. */

import { BuiltinError, type BuiltinCall } from './builtin.ts';

const overflow = (value: bigint, type: string): BuiltinError =>
  new BuiltinError(`int ${String(value).slice(0, 40)} overflows ${type}`);

/** A signed 64-bit integer: one whose magnitude needs just 64 bits is clipped. */
export const int64 = (call: BuiltinCall, index: number): bigint => {
  const value = call.bigInt(index);
  const narrow = BigInt.asIntN(64, value);
  if (narrow === value) return value;
  if (value >= 2n ** 64n || value <= -(2n ** 64n)) throw overflow(value, 'int64');
  return value < 0n ? -(2n ** 63n) : 2n ** 63n - 1n;
};

/** As `int64`, the nearest double beyond 2^53: for callers that only compare it or take it as a limit. */
export const int = (call: BuiltinCall, index: number): number => Number(int64(call, index));

/** A signed 32-bit integer: the low bits of one whose magnitude needs just 32 bits. */
export const int32 = (call: BuiltinCall, index: number): number => {
  const value = call.bigInt(index);
  if (value >= 2n ** 32n || value <= -(2n ** 32n)) throw overflow(value, 'int32');
  return Number(BigInt.asIntN(32, value));
};

const unsigned =
  (bits: 8 | 64) =>
  (call: BuiltinCall, index: number): bigint => {
    const value = call.bigInt(index);
    if (value < 0n || value >= 1n << BigInt(bits)) throw overflow(value, `uint${bits}`);
    return value;
  };

export const uint8 = unsigned(8);
export const uint64 = unsigned(64);
