import { refuse } from '#core/errors/error';
import { objectOf, type Where } from '#core/json/shape';
import type { Statement } from '#core/in-toto-attestation/types';
import { requiredTextAt, textAt } from './fields.ts';
import type { PublishFacts } from './facts.ts';

const PREDICATE: Where = { code: 'PREDICATE_INVALID', path: 'predicate' };

/** npm's publish attestation, any minor version. */
export function isPublishType(predicateType: string): boolean {
  return /^https:\/\/github\.com\/npm\/attestation\/tree\/main\/specs\/publish\/v0\.\d+$/.test(predicateType);
}

/**
 * The registry's word on a package's name and version. Each subject must be that package's URL.
 * @see https://github.com/npm/attestation/tree/main/specs/publish/v0.1
 * @throws PREDICATE_INVALID
 */
export function parsePublish(statement: Statement): PublishFacts {
  const predicate = objectOf(statement.predicate, PREDICATE);
  const name = requiredTextAt(predicate, 'name', PREDICATE);
  const version = requiredTextAt(predicate, 'version', PREDICATE);
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  for (const [index, subject] of statement.subjects.entries()) {
    if (subject.name === purl) continue;
    refuse('PREDICATE_INVALID', 'the publish attestation names another package than its subject', {
      path: `subject[${index}].name`,
      expected: JSON.stringify(purl.slice(0, 300)),
      found: JSON.stringify(subject.name?.slice(0, 300) ?? null),
    });
  }
  return {
    kind: 'publish',
    predicateType: statement.predicateType,
    name,
    version,
    registry: textAt(predicate, 'registry', PREDICATE),
  };
}
