import { isArray, isObject, member, type JsonObject, type JsonValue } from '#core/json/value';
import { NotConvertible } from './go-cell.ts';
import { jsonText } from './json-text.ts';
import { protoBytes } from './proto-bytes.ts';

/** A statement as the message `in_toto_attestation.v1.Statement` holds it: fields that are not set are left out. */
export interface ProtoStatement {
  readonly predicateType: string;
  /** By JSON name. */
  readonly fields: JsonObject;
}

type Read = (value: JsonValue, name: string) => JsonValue | undefined;

interface MessageField {
  readonly name: string;
  /** The name in the .proto file, which the JSON mapping takes too. */
  readonly alias?: string;
  /** Undefined where proto3 does not tell the value from one that is not set. */
  readonly read: Read;
}

const RESOURCE_DESCRIPTOR: readonly MessageField[] = [
  { name: 'name', read: string },
  { name: 'uri', read: string },
  { name: 'digest', read: digestSet },
  { name: 'content', read: content },
  { name: 'downloadLocation', alias: 'download_location', read: string },
  { name: 'mediaType', alias: 'media_type', read: string },
  { name: 'annotations', read: struct },
];

const STATEMENT: readonly MessageField[] = [
  { name: '_type', alias: 'type', read: string },
  { name: 'subject', read: subjects },
  { name: 'predicateType', alias: 'predicate_type', read: string },
  { name: 'predicate', read: struct },
];

/**
 * Reads a statement by protobuf's JSON mapping.
 * @throws NotConvertible for an unknown field, one that stands twice or is of another type
 */
export function protoStatement(value: JsonValue): ProtoStatement {
  const fields = message(value, STATEMENT, 'the statement');
  const predicateType = member(fields, 'predicateType');
  return { predicateType: typeof predicateType === 'string' ? predicateType : '', fields };
}

/** The statement as protojson writes it. */
export function protoText({ fields }: ProtoStatement): string {
  return jsonText(fields);
}

function message(value: JsonValue, fields: readonly MessageField[], what: string): JsonObject {
  if (!isObject(value)) throw new NotConvertible(`${what} is no object`);
  const read = new Map<string, JsonValue | undefined>();
  for (const key of Object.keys(value)) {
    const field = fields.find(({ name, alias }) => key === name || key === alias);
    if (field === undefined) throw new NotConvertible(`unknown field ${quote(key)} in ${what}`);
    if (read.has(field.name)) throw new NotConvertible(`duplicate field ${quote(key)} in ${what}`);
    const item = member(value, key) ?? null;
    read.set(field.name, item === null ? undefined : field.read(item, key));
  }
  return Object.fromEntries(
    [...read].flatMap(([name, item]) => (item === undefined ? [] : [[name, item] as const])),
  );
}

function string(value: JsonValue, name: string): JsonValue | undefined {
  if (typeof value !== 'string') throw new NotConvertible(`${quote(name)} is no string`);
  return value === '' ? undefined : value;
}

function digestSet(value: JsonValue, name: string): JsonValue | undefined {
  if (!isObject(value)) throw new NotConvertible(`${quote(name)} is no object`);
  for (const item of Object.values(value))
    if (typeof item !== 'string')
      throw new NotConvertible(`${quote(name)} holds something else than strings`);
  return Object.keys(value).length === 0 ? undefined : value;
}

function content(value: JsonValue, name: string): JsonValue | undefined {
  const bytes = typeof value === 'string' ? protoBytes(value) : undefined;
  if (bytes === undefined) throw new NotConvertible(`${quote(name)} is no base64`);
  return bytes.length === 0 ? undefined : Buffer.from(bytes).toString('base64');
}

/** `google.protobuf.Struct`: any object; its members are as they were read. */
function struct(value: JsonValue, name: string): JsonValue {
  if (!isObject(value)) throw new NotConvertible(`${quote(name)} is no object`);
  return value;
}

function subjects(value: JsonValue, name: string): JsonValue | undefined {
  if (!isArray(value)) throw new NotConvertible(`${quote(name)} is no array`);
  if (value.length === 0) return undefined;
  return value.map((item) => message(item, RESOURCE_DESCRIPTOR, 'a subject'));
}

function quote(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}...` : name);
}
