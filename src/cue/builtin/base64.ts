/** Package encoding/base64: the standard alphabet alone, named by null. */

import { BYTES_KIND, INT_KIND, NULL_KIND, STRING_KIND, TOP_KIND } from '../value/kind.ts';
import { BuiltinError, type BuiltinCall, type BuiltinPackage, type Result } from './builtin.ts';
import { define } from './define.ts';
import { int64 } from './integer-argument.ts';

const OCTETS = BYTES_KIND | STRING_KIND;
const PADDED = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function standard<T extends Result>(call: BuiltinCall, answer: () => T): T {
  const encoding = call.kind(call.defaultOf(call.concreteOpaque(0)));
  const result = answer();
  if (encoding !== NULL_KIND) throw new BuiltinError('base64: unsupported encoding');
  return result;
}

function decode(call: BuiltinCall): Uint8Array {
  const text = call.string(1).replaceAll(/[\r\n]/g, '');
  if (!PADDED.test(text)) throw new BuiltinError('illegal base64 data');
  return Buffer.from(text, 'base64');
}

export const base64: BuiltinPackage = {
  path: 'encoding/base64',
  functions: [
    define('EncodedLen', [TOP_KIND, INT_KIND], INT_KIND, (c) =>
      standard(c, () => BigInt.asIntN(64, (BigInt.asIntN(64, int64(c, 1) + 2n) / 3n) * 4n)),
    ),
    define('DecodedLen', [TOP_KIND, INT_KIND], INT_KIND, (c) => standard(c, () => (int64(c, 1) / 4n) * 3n)),
    define('Encode', [TOP_KIND, OCTETS], STRING_KIND, (c) =>
      standard(c, () => Buffer.from(c.octets(1)).toString('base64')),
    ),
    define('Decode', [TOP_KIND, STRING_KIND], OCTETS, (c) => standard(c, () => decode(c))),
  ],
};
