import { isArray, isObject, member, type JsonValue } from '#core/json/value';

/**
 * JSON as Go writes what it read: each number is a double in its shortest form, as ECMAScript writes it but for the
 * negative zero; lone surrogates have become U+FFFD.
 */
export function jsonText(value: JsonValue): string {
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed());
  if (typeof value === 'number' || typeof value === 'bigint') return numberText(Number(value));
  if (isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  return `{${Object.keys(value)
    .map((key) => `${jsonText(key)}:${jsonText(member(value, key) ?? null)}`)
    .join(',')}}`;
}

function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
