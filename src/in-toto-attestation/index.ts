/** in-toto attestations: statements, subjects, resource descriptors, predicate types. */
export { parseDigestSet } from './digest-set.ts';
export { matchSubject, type MatchedSubject } from './match-subject.ts';
export { aliasOfPredicateType, predicateTypeMatches, resolvePredicateType } from './predicate-type.ts';
export { parseResourceDescriptor } from './resource-descriptor.ts';
export { isStatementPayloadType, parseStatement, STATEMENT_PAYLOAD_TYPE } from './statement.ts';
export { parseTimestamp } from './timestamp.ts';
export type { DigestSet, ResourceDescriptor, Statement, Subject } from './types.ts';
export { parseResourceUri, parseTypeUri } from './uri.ts';
