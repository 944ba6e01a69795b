import { refuse } from '#core/errors/error';
import { arrayAt, at, objectOf, stringAt, type Where } from '#core/json/shape';
import { parseJsonBytes } from '#core/json/parse';
import { member, type JsonObject, type JsonValue } from '#core/json/value';
import { limits } from '#core/limits';
import { parseResourceDescriptor } from './resource-descriptor.ts';
import { parseTypeUri } from './uri.ts';
import type { Statement, Subject } from './types.ts';

/** The DSSE payload type of any in-toto statement. */
export const STATEMENT_PAYLOAD_TYPE = 'application/vnd.in-toto+json';

const TYPED_PAYLOAD = /^application\/vnd\.in-toto\.[A-Za-z0-9][A-Za-z0-9!#$&^_.-]*\+json$/;
const TOP: Where = { code: 'STATEMENT_INVALID', path: '' };

/**
 * Whether a DSSE payload type announces an in-toto statement: `application/vnd.in-toto+json` or
 * `application/vnd.in-toto.<predicate>+json`. The predicate type is never derived from it.
 */
export function isStatementPayloadType(payloadType: string): boolean {
  return payloadType === STATEMENT_PAYLOAD_TYPE || TYPED_PAYLOAD.test(payloadType);
}

/**
 * An in-toto Statement v0.1 or v1 from the bytes that were signed. Subjects may share a name (uniqueness is
 * a SHOULD); unknown fields are ignored here and kept in `document`.
 * @param name the document's name, for messages
 * @see https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
 * @throws STATEMENT_INVALID, STATEMENT_TYPE_UNSUPPORTED, DIGEST_INVALID, RESOURCE_DESCRIPTOR_INVALID, and what
 * strict JSON throws
 */
export function parseStatement(payload: Uint8Array, name = 'the statement'): Statement {
  const document = objectOf(parseJsonBytes(payload, name), TOP);
  const type = statementType(document);
  const subjects = arrayAt(document, 'subject', TOP, limits.subjects);
  if (subjects.length === 0) {
    refuse('STATEMENT_INVALID', 'the statement has no subject', {
      path: 'subject',
      expected: 'at least one subject',
      found: 'none',
    });
  }
  const predicate = member(document, 'predicate');
  return {
    type,
    subjects: subjects.map((value, index) => parseSubject(value, index, type)),
    predicateType: parseTypeUri(stringAt(document, 'predicateType', TOP), at(TOP, 'predicateType')),
    predicate: predicate === undefined || predicate === null ? {} : predicate,
    document,
    payload,
  };
}

function statementType(document: JsonObject): Statement['type'] {
  const type = stringAt(document, '_type', TOP);
  if (type === 'https://in-toto.io/Statement/v1' || type === 'https://in-toto.io/Statement/v0.1') return type;
  return refuse('STATEMENT_TYPE_UNSUPPORTED', 'not an in-toto statement of a known version', {
    path: '_type',
    expected: 'https://in-toto.io/Statement/v1 or https://in-toto.io/Statement/v0.1',
    found: JSON.stringify(type.slice(0, 200)),
  });
}

function parseSubject(value: JsonValue, index: number, type: Statement['type']): Subject {
  const where: Where = { code: 'STATEMENT_INVALID', path: `subject[${index}]` };
  const { name, uri, digest, annotations } = parseResourceDescriptor(value, where);
  if (digest === undefined) {
    return refuse('STATEMENT_INVALID', 'a subject has no digest', {
      path: `${where.path}.digest`,
      expected: 'at least one digest: subjects are matched by digest only',
      found: 'none',
    });
  }
  if (name === undefined && type === 'https://in-toto.io/Statement/v0.1') {
    return refuse('STATEMENT_INVALID', 'a subject of a v0.1 statement has no name', {
      path: `${where.path}.name`,
      expected: 'a name',
      found: 'nothing',
    });
  }
  return annotations === undefined ? { name, uri, digest } : { name, uri, digest, annotations };
}
