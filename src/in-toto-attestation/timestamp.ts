import { refuse } from '#core/errors/error';
import type { Where } from '#core/json/shape';

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;

/**
 * A Timestamp: RFC 3339 in UTC, written with `Z`, a day and an hour that exist. Returns the text as it is.
 * @see https://github.com/in-toto/attestation/blob/main/spec/v1/field_types.md
 * @throws the code of `where`
 */
export function parseTimestamp(text: string, where: Where): string {
  if (TIMESTAMP.test(text)) {
    const time = new Date(`${text.slice(0, 19)}Z`);
    if (!Number.isNaN(time.getTime()) && time.toISOString().slice(0, 19) === text.slice(0, 19)) return text;
  }
  return refuse(where.code, `${where.path} is not a timestamp`, {
    path: where.path,
    expected: 'RFC 3339 with Z, as 2026-01-31T23:59:59Z',
    found: JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text),
  });
}
