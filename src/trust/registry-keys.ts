import { fromBase64 } from '#core/bytes/base64';
import { parseSpki } from '#core/crypto/public-key';
import { EdgesealError, refuse } from '#core/errors/error';
import { parseJsonBytes } from '#core/json/parse';
import {
  arrayAt,
  at,
  objectAt,
  objectOf,
  optionalObjectOf,
  optionalStringAt,
  stringAt,
  type Where,
} from '#core/json/shape';
import { member, type JsonValue } from '#core/json/value';
import type { TrustedKey } from './trust.ts';

const CODE = 'TRUST_ROOT_INVALID';

/**
 * The keys with which an npm registry signs publish attestations (the `keys.json` target beside Sigstore's
 * trusted root), each with the time for which it counts. Keys for other uses are passed over.
 * @param name the file's name, for messages
 * @throws TRUST_ROOT_INVALID
 */
export function parseRegistryKeys(bytes: Uint8Array, name: string): readonly TrustedKey[] {
  try {
    const where: Where = { code: CODE, path: '' };
    const document = objectOf(parseJsonBytes(bytes, name), where);
    const keys = arrayAt(document, 'keys', where).flatMap((item, i) =>
      readKey(item, at(at(where, 'keys'), i)),
    );
    if (keys.length > 0) return keys;
    return refuse(CODE, 'it has no key for attestations', {
      expected: 'a key with keyUsage npm:attestations',
    });
  } catch (cause) {
    if (!(cause instanceof EdgesealError)) throw cause;
    const { code: _code, message, ...detail } = cause.reason;
    return refuse(CODE, `${name} does not hold the keys of a registry: ${message}`, { ...detail, cause });
  }
}

function readKey(item: JsonValue, where: Where): readonly TrustedKey[] {
  const object = objectOf(item, where);
  if (stringAt(object, 'keyUsage', where) !== 'npm:attestations') return [];
  const id = stringAt(object, 'keyId', where);
  const key = objectAt(object, 'publicKey', where);
  const here = at(where, 'publicKey');
  const range = optionalObjectOf(member(key, 'validFor'), at(here, 'validFor')) ?? {};
  return [
    {
      name: id,
      key: parseSpki(fromBase64(stringAt(key, 'rawBytes', here), at(here, 'rawBytes').path)),
      hints: [id],
      notBefore: optionalStringAt(range, 'start', at(here, 'validFor')),
      notAfter: optionalStringAt(range, 'end', at(here, 'validFor')),
      transparencyLog: 'required',
    },
  ];
}
