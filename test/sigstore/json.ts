/** A JSON value as fixtures build it; open to edits, unlike the core's. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json | undefined };

/** Canonical JSON (RFC 8785) of what fixtures hold: no numbers beyond 2^53, no fractions. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value)
    .filter((entry): entry is [string, Json] => entry[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}

export const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64');
