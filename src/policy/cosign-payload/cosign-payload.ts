import { EdgesealError } from '#core/errors/error';
import { resolvePredicateType } from '#core/in-toto-attestation/predicate-type';
import { parseJson } from '#core/json/parse';
import { isObject, member, type JsonObject, type JsonValue } from '#core/json/value';
import { NotConvertible, type Origin } from './go-cell.ts';
import { legacyStatement } from './legacy-statement.ts';
import { protoStatement, protoText, type ProtoStatement } from './proto-statement.ts';
import { typedStatement } from './typed-statement.ts';

/** What cosign gives its policy languages to look at, or why it gives them nothing. */
export type CosignPayload =
  | { readonly kind: 'document'; readonly text: string }
  /** Not the type that was asked for: cosign passes over it. */
  | { readonly kind: 'other-type'; readonly predicateType: string }
  /** No statement to cosign, which drops it beside others. */
  | { readonly kind: 'unreadable'; readonly message: string }
  /** A statement that is not what its type demands: cosign ends with an error, whatever other attestations say. */
  | { readonly kind: 'refused'; readonly message: string };

/**
 * The document that cosign 3.1.3 evaluates policies on (`AttestationToPayloadJSON`): a statement, read and written
 * again. Read by protobuf's JSON mapping, numbers become doubles and unknown or repeated members are errors; of the
 * types that cosign knows by name (`slsaprovenance`, `link`, `spdx`, `spdxjson`, `cyclonedx`, `vuln`) Go's structures
 * then drop what they do not know and add what is not there. The order of members is not cosign's.
 * @param statement the bytes that were signed
 * @param type as given to `--type`: an alias or a URI
 */
export function cosignPayload(statement: Uint8Array, type: string): CosignPayload {
  const given = convertible(() => readStatement(statement));
  if (typeof given === 'string') return { kind: 'unreadable', message: given };
  const { read, origin, legacy } = given;
  if (read.predicateType !== resolvePredicateType(type))
    return { kind: 'other-type', predicateType: read.predicateType };
  const written = convertible(() => ({ text: typedStatement(type, origin) ?? legacy ?? protoText(read) }));
  return typeof written === 'string'
    ? { kind: 'refused', message: written }
    : { kind: 'document', text: written.text };
}

/** What the work gives, or why it is not to be had. */
function convertible<T extends object>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    if (error instanceof NotConvertible) return error.message;
    throw error;
  }
}

interface Read {
  readonly read: ProtoStatement;
  readonly origin: Origin;
  /** What a statement with a text for a predicate is written as. */
  readonly legacy: string | undefined;
}

function readStatement(bytes: Uint8Array): Read {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  try {
    const value = strict(bytes, text);
    return { read: protoStatement(value), origin: { value, text }, legacy: undefined };
  } catch (error) {
    if (!(error instanceof NotConvertible)) throw error;
    const value = lenient(text, error);
    const { read, text: legacy } = legacyStatement(value, text);
    return { read, origin: { value, text }, legacy };
  }
}

/** Texts in bytes that are no UTF-8 are read by Go's second reader alone, and so are keys that stand twice. */
function strict(bytes: Uint8Array, text: string): JsonValue {
  if (!Buffer.from(text, 'utf8').equals(bytes)) throw new NotConvertible('invalid UTF-8');
  try {
    return parseJson(text, 'the statement');
  } catch (error) {
    if (error instanceof EdgesealError) throw new NotConvertible(error.message);
    throw error;
  }
}

/** As Go's encoding/json reads it: the last of equal keys counts. */
function lenient(text: string, cause: NotConvertible): JsonObject {
  let value: JsonValue;
  try {
    value = JSON.parse(text, (_, item: JsonValue) => (isOverflow(item) ? notANumber() : item));
  } catch {
    throw cause;
  }
  if (!isObject(value) || typeof member(value, 'predicate') !== 'string') throw cause;
  return value;
}

function isOverflow(item: JsonValue): boolean {
  return typeof item === 'number' && !Number.isFinite(item);
}

function notANumber(): never {
  throw new RangeError('a number beyond the range of a double');
}
