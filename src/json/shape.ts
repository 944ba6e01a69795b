import type { ReasonCode } from '#core/errors/codes';
import { refuse } from '#core/errors/error';
import {
  isArray,
  isObject,
  kindOf,
  member,
  type JsonArray,
  type JsonObject,
  type JsonValue,
} from './value.ts';

/** Where a value stands and which code its wrong shape gets. */
export interface Where {
  readonly code: ReasonCode;
  /** As `predicate.builder`; empty at the top. */
  readonly path: string;
}

const PLAIN_KEY = /^[\w$-]+$/;

export function at(where: Where, key: string | number): Where {
  let step: string;
  if (typeof key === 'number') step = `[${key}]`;
  else if (PLAIN_KEY.test(key)) step = where.path === '' ? key : `.${key}`;
  else step = `[${quoted(key)}]`;
  return { code: where.code, path: where.path + step };
}

/** A key as reasons show it: whatever an attacker put there, one short line. */
function quoted(key: string): string {
  return JSON.stringify(key.length > 100 ? `${key.slice(0, 100)}...` : key);
}

export function objectOf(value: JsonValue | undefined, where: Where): JsonObject {
  return isObject(value) ? value : wrong(value, 'an object', where);
}

/** Absent, null and empty are one in in-toto and protobuf JSON: an absent or null list is empty. */
export function arrayOf(value: JsonValue | undefined, where: Where, max?: number): JsonArray {
  if (value === undefined || value === null) return [];
  if (!isArray(value)) return wrong(value, 'an array', where);
  if (max !== undefined && value.length > max) {
    return refuse(where.code, `${nameOf(where)} is too long`, {
      path: where.path,
      expected: `at most ${max} elements`,
      found: `${value.length} elements`,
    });
  }
  return value;
}

export function stringOf(value: JsonValue | undefined, where: Where): string {
  return typeof value === 'string' ? value : wrong(value, 'a string', where);
}

function optionalStringOf(value: JsonValue | undefined, where: Where): string | undefined {
  return value === undefined || value === null ? undefined : stringOf(value, where);
}

export function optionalObjectOf(value: JsonValue | undefined, where: Where): JsonObject | undefined {
  return value === undefined || value === null ? undefined : objectOf(value, where);
}

export function optionalBooleanOf(value: JsonValue | undefined, where: Where): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'boolean' ? value : wrong(value, 'a boolean', where);
}

/** The string at `object[key]`. */
export function stringAt(object: JsonObject, key: string, where: Where): string {
  const value = member(object, key);
  return typeof value === 'string' ? value : stringOf(value, at(where, key));
}

export function objectAt(object: JsonObject, key: string, where: Where): JsonObject {
  const value = member(object, key);
  return isObject(value) ? value : objectOf(value, at(where, key));
}

export function optionalStringAt(object: JsonObject, key: string, where: Where): string | undefined {
  const value = member(object, key);
  return typeof value === 'string' ? value : optionalStringOf(value, at(where, key));
}

export function arrayAt(object: JsonObject, key: string, where: Where, max?: number): JsonArray {
  return arrayOf(member(object, key), at(where, key), max);
}

/** Refuses members that the format does not have. */
export function noOtherKeys(object: JsonObject, known: ReadonlySet<string>, where: Where): void {
  for (const key in object) {
    if (!known.has(key)) {
      refuse(where.code, `${nameOf(where)} has an unknown field`, {
        path: at(where, key).path,
        expected: `only ${[...known].join(', ')}`,
        found: quoted(key),
      });
    }
  }
}

/** Refuses a value of the wrong kind. */
export function wrong(value: JsonValue | undefined, expected: string, where: Where): never {
  return refuse(where.code, `${nameOf(where)} is not ${expected}`, {
    path: where.path === '' ? undefined : where.path,
    expected,
    found: kindOf(value),
  });
}

function nameOf(where: Where): string {
  return where.path === '' ? 'the document' : where.path;
}
