/** Package math/bits: over two's complement of any length. */

import { INT_KIND } from '../value/kind.ts';
import { BuiltinError, type BuiltinCall, type BuiltinPackage } from './builtin.ts';
import { define } from './define.ts';
import { int64, uint } from './integer-argument.ts';
import { bitLength } from './strconv-integer.ts';

const ONE = [INT_KIND] as const;
const TWO = [INT_KIND, INT_KIND] as const;
const MAX_BITS = 100_000n;
const MAX_INDEX = 2n ** 31n - 1n;

function limitBits(bits: bigint): bigint {
  if (bits > MAX_BITS) throw new BuiltinError('an integer of so many bits', 'limit');
  return bits;
}

function shiftLeft(call: BuiltinCall): bigint {
  const value = call.bigInt(0);
  const by = uint(call, 1, 64);
  return value === 0n ? 0n : value << limitBits(by);
}

function bitAt(call: BuiltinCall): bigint {
  const index = uint(call, 1, 64);
  if (index > MAX_INDEX) throw new BuiltinError('bit index too large');
  return (call.bigInt(0) >> index) & 1n;
}

function setBit(call: BuiltinCall): bigint {
  const value = call.bigInt(0);
  const index = int64(call, 1);
  const bit = uint(call, 2, 64);
  if (index < 0n) throw new BuiltinError('negative bit index');
  if (bit > 1n) throw new BuiltinError('set bit is not 0 or 1');
  const mask = 1n << limitBits(index);
  return bit === 1n ? value | mask : value & ~mask;
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

export const bits: BuiltinPackage = {
  path: 'math/bits',
  functions: [
    define('Lsh', TWO, INT_KIND, shiftLeft),
    define('Rsh', TWO, INT_KIND, (c) => c.bigInt(0) >> uint(c, 1, 64)),
    define('At', TWO, INT_KIND, bitAt),
    define('Set', [INT_KIND, INT_KIND, INT_KIND], INT_KIND, setBit),
    define('And', TWO, INT_KIND, (c) => c.bigInt(0) & c.bigInt(1)),
    define('Or', TWO, INT_KIND, (c) => c.bigInt(0) | c.bigInt(1)),
    define('Xor', TWO, INT_KIND, (c) => c.bigInt(0) ^ c.bigInt(1)),
    define('Clear', TWO, INT_KIND, (c) => c.bigInt(0) & ~c.bigInt(1)),
    define('OnesCount', ONE, INT_KIND, (c) =>
      BigInt(magnitude(c.bigInt(0)).toString(2).replaceAll('0', '').length),
    ),
    define('Len', ONE, INT_KIND, (c) => BigInt(bitLength(c.bigInt(0)))),
  ],
};
