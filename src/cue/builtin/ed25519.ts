/** Package crypto/ed25519. */

import { createPublicKey, verify } from 'node:crypto';
import { BOOL_KIND, BYTES_KIND, STRING_KIND } from '../value/kind.ts';
import { BuiltinError, type BuiltinCall, type BuiltinPackage } from './builtin.ts';
import { define } from './define.ts';

const OCTETS = BYTES_KIND | STRING_KIND;
const KEY_SIZE = 32;

/** y of the points whose order divides 8: about these, and about y of no canonical form, libraries disagree. */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000001',
  '05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826',
  '7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7',
  '7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec',
]);
const PRIME = '7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed';

function isValid(call: BuiltinCall): boolean {
  const [key, message, signature] = [call.octets(0), call.octets(1), call.octets(2)];
  if (key.length !== KEY_SIZE) throw new BuiltinError('ed25519: publicKey must be 32 bytes');
  if (isDisputed(key)) throw new BuiltinError('a key of small order, or in no canonical form', 'unsupported');
  const x = Buffer.from(key).toString('base64url');
  try {
    const handle = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return verify(null, message, handle, signature);
  } catch {
    // OpenSSL reports some malformed keys and signatures by an error instead of by "false".
    return false;
  }
}

function isDisputed(key: Uint8Array): boolean {
  const y = Buffer.from(key.toReversed());
  y.writeUInt8(y.readUInt8(0) & 0x7f, 0);
  const digits = y.toString('hex');
  return digits >= PRIME || SMALL_ORDER.has(digits);
}

export const ed25519: BuiltinPackage = {
  path: 'crypto/ed25519',
  constants: { PublicKeySize: '32' },
  functions: [define('Valid', [OCTETS, OCTETS, OCTETS], BOOL_KIND, isValid)],
};
