import { refuse } from '#core/errors/error';
import { at, objectOf, stringOf, type Where } from '#core/json/shape';
import { member, type JsonValue } from '#core/json/value';
import type { DigestSet } from './types.ts';

/** Lengths in bytes of the algorithms that the specification sizes. */
const SIZES: ReadonlyMap<string, readonly number[]> = new Map([
  ['md5', [16]],
  ['sha1', [20]],
  ['sha224', [28]],
  ['sha256', [32]],
  ['sha384', [48]],
  ['sha512', [64]],
  ['sha512_224', [28]],
  ['sha512_256', [32]],
  ['sha3_224', [28]],
  ['sha3_256', [32]],
  ['sha3_384', [48]],
  ['sha3_512', [64]],
  ['gitCommit', [20, 32]],
  ['gitTree', [20, 32]],
  ['gitBlob', [20, 32]],
  ['gitTag', [20, 32]],
  ['dirHash', [32]],
  ['dirHash1', [32]],
]);

/**
 * A DigestSet: values of known algorithms are lower-case hex of their length, values of unknown ones are
 * kept as they are and never match anything. May be empty.
 * @see https://github.com/in-toto/attestation/blob/main/spec/v1/digest_set.md
 * @throws the code of `where` for a wrong shape, DIGEST_INVALID for a wrong value
 */
export function parseDigestSet(value: JsonValue | undefined, where: Where): DigestSet {
  const object = objectOf(value, where);
  const entries: [string, string][] = [];
  for (const algorithm in object) {
    const text = stringOf(member(object, algorithm), at(where, algorithm));
    entries.push([algorithm, text]);
    const sizes = SIZES.get(algorithm);
    if (sizes === undefined) continue;
    if (!sizes.some((size) => text.length === size * 2) || !/^[0-9a-f]*$/.test(text)) {
      refuse('DIGEST_INVALID', `not a ${algorithm} digest`, {
        path: at(where, algorithm).path,
        expected: `${sizes.map((size) => size * 2).join(' or ')} lower-case hexadecimal digits`,
        found: text.length > 140 ? `${text.length} characters` : JSON.stringify(text),
      });
    }
  }
  return Object.fromEntries(entries);
}
