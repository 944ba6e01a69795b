/** The packages of hashes: crypto/md5, crypto/sha1, crypto/sha256, crypto/sha512, crypto/hmac. */

import { createHmac, hash } from 'node:crypto';
import { BYTES_KIND, STRING_KIND } from '../value/kind.ts';
import { BuiltinError, type BuiltinCall, type BuiltinFunction, type BuiltinPackage } from './builtin.ts';
import { define } from './define.ts';

const OCTETS = BYTES_KIND | STRING_KIND;

/** The hashes by their names in crypto/hmac, with Node's. */
const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ['MD5', 'md5'],
  ['SHA1', 'sha1'],
  ['SHA224', 'sha224'],
  ['SHA256', 'sha256'],
  ['SHA384', 'sha384'],
  ['SHA512', 'sha512'],
  ['SHA512_224', 'sha512-224'],
  ['SHA512_256', 'sha512-256'],
]);

/** The digest by one of Node's algorithms. */
export const digest = (algorithm: string, data: Uint8Array): Uint8Array => hash(algorithm, data, 'buffer');

const sum = (name: string, algorithm: string): BuiltinFunction =>
  define(name, [OCTETS], OCTETS, (c) => digest(algorithm, c.octets(0)));

function sign(call: BuiltinCall): Uint8Array {
  const algorithm = ALGORITHMS.get(call.string(0));
  const key = call.octets(1);
  const data = call.octets(2);
  if (algorithm === undefined) throw new BuiltinError('unsupported hash function');
  return createHmac(algorithm, key).update(data).digest();
}

export const md5: BuiltinPackage = {
  path: 'crypto/md5',
  constants: { Size: '16', BlockSize: '64' },
  functions: [sum('Sum', 'md5')],
};

export const sha1: BuiltinPackage = {
  path: 'crypto/sha1',
  constants: { Size: '20', BlockSize: '64' },
  functions: [sum('Sum', 'sha1')],
};

export const sha256: BuiltinPackage = {
  path: 'crypto/sha256',
  constants: { Size: '32', Size224: '28', BlockSize: '64' },
  functions: [sum('Sum256', 'sha256'), sum('Sum224', 'sha224')],
};

export const sha512: BuiltinPackage = {
  path: 'crypto/sha512',
  constants: { Size: '64', Size224: '28', Size256: '32', Size384: '48', BlockSize: '128' },
  functions: [
    sum('Sum512', 'sha512'),
    sum('Sum384', 'sha384'),
    sum('Sum512_224', 'sha512-224'),
    sum('Sum512_256', 'sha512-256'),
  ],
};

export const hmac: BuiltinPackage = {
  path: 'crypto/hmac',
  constants: Object.fromEntries([...ALGORITHMS.keys()].map((name) => [name, `"${name}"`])),
  functions: [define('Sign', [STRING_KIND, OCTETS, OCTETS], OCTETS, sign)],
};
