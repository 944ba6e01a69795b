import { fromBase64 } from '#core/bytes/base64';
import { parseJson } from '#core/json/parse';
import { at, noOtherKeys, objectOf, stringAt, type Where } from '#core/json/shape';

const FIELD = 'SignedRFC3161Timestamp';
const FIELDS: ReadonlySet<string> = new Set([FIELD]);

/**
 * The TimeStampResp, DER, in cosign's own spelling of it: `{"SignedRFC3161Timestamp": base64}`.
 * @throws the code of `where`, BASE64_INVALID, JSON_*
 */
export function readCosignTimestamp(text: string, where: Where): Uint8Array {
  const object = objectOf(parseJson(text, where.path), where);
  noOtherKeys(object, FIELDS, where);
  return fromBase64(stringAt(object, FIELD, where), at(where, FIELD).path);
}
