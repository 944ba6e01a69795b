import { isArray, isObject, type JsonValue } from './value.ts';

/**
 * Canonical JSON (RFC 8785): keys sorted by UTF-16 code units, no white space, ECMAScript's numbers. An
 * integer beyond a double's exact range keeps its digits.
 */
export function canonicalize(value: JsonValue): string {
  if (isObject(value)) {
    const parts: string[] = [];
    for (const key of Object.keys(value).sort()) {
      const item = value[key];
      if (item !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalize(item)}`);
    }
    return `{${parts.join(',')}}`;
  }
  if (isArray(value)) return `[${value.map(canonicalize).join(',')}]`;
  if (typeof value === 'bigint') return value.toString();
  return JSON.stringify(value);
}
