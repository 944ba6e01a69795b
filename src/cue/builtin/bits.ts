/** Package math/bits: over two's complement of any length. */

import { INT_KIND } from '../value/kind.ts';
import { BuiltinError, type BuiltinCall, type BuiltinPackage } from './builtin.ts';
import { bigInt } from './conversion.ts';
import { define } from './define.ts';
import { int64, uint64 } from './integer-argument.ts';
import { bitLength } from './strconv-integer.ts';

const ONE = [INT_KIND] as const;
const TWO = [INT_KIND, INT_KIND] as const;
/** Of a number and the index of one of its bits. */
const INDEXED = [bigInt, uint64];
const WHOLE = [bigInt, bigInt];
const MAX_BITS = 100_000n;
const MAX_INDEX = 2n ** 31n - 1n;

function limitBits(bits: bigint): bigint {
  if (bits > MAX_BITS) throw new BuiltinError('an integer of so many bits', 'limit');
  return bits;
}

function shiftLeft(call: BuiltinCall): bigint {
  const value = call.bigInt(0);
  const by = uint64(call, 1);
  return value === 0n ? 0n : value << limitBits(by);
}

function bitAt(call: BuiltinCall): bigint {
  const index = uint64(call, 1);
  if (index > MAX_INDEX) throw new BuiltinError('bit index too large');
  return (call.bigInt(0) >> index) & 1n;
}

function setBit(call: BuiltinCall): bigint {
  const value = call.bigInt(0);
  const index = int64(call, 1);
  const bit = uint64(call, 2);
  if (index < 0n) throw new BuiltinError('negative bit index');
  if (bit > 1n) throw new BuiltinError('set bit is not 0 or 1');
  const mask = 1n << limitBits(index);
  return bit === 1n ? value | mask : value & ~mask;
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

export const bits: BuiltinPackage = {
  path: 'math/bits',
  functions: [
    define('Lsh', TWO, INT_KIND, shiftLeft, INDEXED),
    define('Rsh', TWO, INT_KIND, (c) => c.bigInt(0) >> uint64(c, 1), INDEXED),
    define('At', TWO, INT_KIND, bitAt, INDEXED),
    define('Set', [INT_KIND, INT_KIND, INT_KIND], INT_KIND, setBit, [bigInt, int64, uint64]),
    define('And', TWO, INT_KIND, (c) => c.bigInt(0) & c.bigInt(1), WHOLE),
    define('Or', TWO, INT_KIND, (c) => c.bigInt(0) | c.bigInt(1), WHOLE),
    define('Xor', TWO, INT_KIND, (c) => c.bigInt(0) ^ c.bigInt(1), WHOLE),
    define('Clear', TWO, INT_KIND, (c) => c.bigInt(0) & ~c.bigInt(1), WHOLE),
    define('OnesCount', ONE, INT_KIND, (c) =>
      BigInt(magnitude(c.bigInt(0)).toString(2).replaceAll('0', '').length),
    ),
    define('Len', ONE, INT_KIND, (c) => BigInt(bitLength(c.bigInt(0)))),
  ],
};
