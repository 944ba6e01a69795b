import type { ErrorObject } from 'ajv/dist/2020.js';
import { isArray, isObject, kindOf, member, type JsonValue } from './value.ts';
import type { Path } from '#core/policy/site';

/** One thing that JSON Schema refuses, in words. */
export interface SchemaFault {
  readonly path: Path;
  readonly message: string;
  readonly expected: string | undefined;
  readonly found: string | undefined;
}

/** Keywords that only say that a subschema failed; what failed in it stands beside them. */
const UMBRELLAS: ReadonlySet<string> = new Set(['if', 'anyOf', 'oneOf', 'allOf', 'not', '$ref']);

/** What ajv reports, in words and with paths; umbrella errors only where nothing else was reported. */
export function schemaFaults(errors: readonly ErrorObject[], document: JsonValue): readonly SchemaFault[] {
  const telling = errors.filter(({ keyword }) => !UMBRELLAS.has(keyword));
  return (telling.length > 0 ? telling : errors).map((error) => faultOf(error, document));
}

function faultOf(error: ErrorObject, document: JsonValue): SchemaFault {
  const path = pathOf(error.instancePath, document);
  const value = valueAt(document, path);
  const found = shown(value);
  const parameter = (name: string): unknown => {
    const params: Readonly<Record<string, unknown>> = error.params;
    return Object.hasOwn(params, name) ? params[name] : undefined;
  };
  switch (error.keyword) {
    case 'type':
      return {
        path,
        message: 'has the wrong type',
        expected: String(parameter('type')).replaceAll(',', ' or '),
        found: kindOf(value),
      };
    case 'required':
      return {
        path,
        message: 'lacks a field',
        expected: JSON.stringify(parameter('missingProperty')),
        found: 'nothing',
      };
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const key = String(parameter('additionalProperty') ?? parameter('unevaluatedProperty'));
      return {
        path: [...path, key],
        message: 'is an unknown field',
        expected: knownFields(error),
        found: shown(key),
      };
    }
    case 'enum':
      return {
        path,
        message: 'is not one of the values allowed',
        expected: listed(parameter('allowedValues')),
        found,
      };
    case 'const':
      return {
        path,
        message: 'is not the value demanded',
        expected: JSON.stringify(parameter('allowedValue')),
        found,
      };
    default:
      return { path, message: 'does not fit the schema', expected: error.message, found };
  }
}

function knownFields(error: ErrorObject): string | undefined {
  const parent: unknown = error.parentSchema;
  if (typeof parent !== 'object' || parent === null || !('properties' in parent)) return 'no further field';
  const { properties } = parent;
  return typeof properties === 'object' && properties !== null
    ? `one of ${Object.keys(properties).join(', ')}`
    : undefined;
}

function listed(values: unknown): string | undefined {
  return Array.isArray(values) ? values.map((value) => JSON.stringify(value)).join(', ') : undefined;
}

/** An RFC 6901 JSON Pointer as a path in this document. */
function pathOf(pointer: string, document: JsonValue): Path {
  const path: (string | number)[] = [];
  let value: JsonValue | undefined = document;
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    const step: string | number = isArray(value) ? Number(key) : key;
    path.push(step);
    value = stepInto(value, step);
  }
  return path;
}

function valueAt(document: JsonValue, path: Path): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>(stepInto, document);
}

function stepInto(value: JsonValue | undefined, step: string | number): JsonValue | undefined {
  if (isArray(value)) return value[Number(step)];
  return isObject(value) ? member(value, String(step)) : undefined;
}

/** A value as a report shows it: short, on one line. */
function shown(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'object' && value !== null) return kindOf(value);
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
