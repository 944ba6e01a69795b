import { refuse } from '#core/errors/error';
import { parseTimestamp } from '#core/in-toto-attestation/timestamp';
import { at, optionalStringAt, stringAt, type Where } from '#core/json/shape';
import type { JsonObject } from '#core/json/value';

/** The text at a key; unset, null and empty are one. */
export function textAt(object: JsonObject, key: string, where: Where): string | undefined {
  const text = optionalStringAt(object, key, where);
  return text === '' ? undefined : text;
}

/** The text at a key, which must not be empty. */
export function requiredTextAt(object: JsonObject, key: string, where: Where): string {
  const text = stringAt(object, key, where);
  if (text !== '') return text;
  const { path } = at(where, key);
  return refuse(where.code, `${path} is empty`, { path, expected: 'a text', found: 'an empty text' });
}

/** The RFC 3339 timestamp at a key. */
export function timeAt(object: JsonObject, key: string, where: Where): string | undefined {
  const text = textAt(object, key, where);
  return text === undefined ? undefined : parseTimestamp(text, at(where, key));
}
