import { refuse } from '#core/errors/error';
import { at, optionalStringAt, type Where } from '#core/json/shape';
import type { JsonObject } from '#core/json/value';
import type { SbomFacts } from '#core/slsa/facts';

/** What every format of bill of materials has. */
export type SbomContents = Pick<SbomFacts, 'version' | 'created' | 'packages'>;

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** The text at a key; unset, null and empty are one. */
export function textAt(object: JsonObject, key: string, where: Where): string | undefined {
  const text = optionalStringAt(object, key, where);
  return text === '' ? undefined : text;
}

/** The RFC 3339 time at a key, with any offset. */
export function dateTimeAt(object: JsonObject, key: string, where: Where): string | undefined {
  const text = textAt(object, key, where);
  if (text === undefined || (DATE_TIME.test(text) && !Number.isNaN(Date.parse(text)))) return text;
  const { path } = at(where, key);
  return refuse(where.code, `${path} is not a time`, {
    path,
    expected: 'RFC 3339, as 2026-01-31T23:59:59Z',
    found: JSON.stringify(text.slice(0, 60)),
  });
}
