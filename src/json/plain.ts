import type { JsonValue } from './value.ts';

/**
 * A value of ours as JSON: plain objects, arrays and scalars; members that are undefined are left out. For
 * what is typed by an interface and so is not a {@link JsonValue} by name.
 * @throws TypeError for what JSON cannot hold: a fault of the caller
 */
export function plainJson(value: unknown): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint')
    return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map(plainJson);
  if (typeof value !== 'object') throw new TypeError(`${typeof value} is not JSON`);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      item === undefined ? [] : [[key, plainJson(item)] as const],
    ),
  );
}
