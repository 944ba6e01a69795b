import { refuse } from '#core/errors/error';
import type { DigestSet, Statement, Subject } from './types.ts';

/** Strong enough to name an artifact, strongest last; md5 and sha1 never are. */
const ACCEPTABLE = ['sha256', 'sha384', 'sha512'] as const;
const SHOWN_SUBJECTS = 3;

/** The subject that an artifact is. */
export interface MatchedSubject {
  readonly subject: Subject;
  /** Index in the statement. */
  readonly index: number;
  /** The strongest algorithm that matched. */
  readonly algorithm: string;
}

/**
 * The first subject that has one of the artifact's digests and contradicts none of them; names do not count.
 * @param artifactDigests algorithm to lower-case hex
 * @see https://github.com/in-toto/attestation/blob/main/spec/v1/digest_set.md
 * @throws ARTIFACT_DIGEST_MISMATCH
 */
export function matchSubject(
  statement: Statement,
  artifactDigests: Readonly<Record<string, string>>,
): MatchedSubject {
  for (const [index, subject] of statement.subjects.entries()) {
    const algorithm = commonAlgorithm(subject.digest, artifactDigests);
    if (algorithm !== undefined) return { subject, index, algorithm };
  }
  return refuse('ARTIFACT_DIGEST_MISMATCH', 'the attestation speaks of another artifact', {
    path: 'subject',
    expected: describe(artifactDigests),
    found: foundSubjects(statement.subjects),
    hint: 'this evidence belongs to other bytes, or the artifact was changed after it was built',
  });
}

function commonAlgorithm(digest: DigestSet, artifact: Readonly<Record<string, string>>): string | undefined {
  let matched: string | undefined;
  for (const algorithm of ACCEPTABLE) {
    const stated = valueOf(digest, algorithm);
    const wanted = valueOf(artifact, algorithm);
    if (stated === undefined || wanted === undefined) continue;
    if (stated !== wanted) return undefined;
    matched = algorithm;
  }
  return matched;
}

function foundSubjects(subjects: readonly Subject[]): string {
  const shown = subjects.slice(0, SHOWN_SUBJECTS).map((subject) => {
    const name = subject.name === undefined ? '' : `${JSON.stringify(subject.name.slice(0, 100))} `;
    return `${name}${describe(subject.digest)}`;
  });
  const more = subjects.length - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`;
}

function describe(digests: Readonly<Record<string, string>>): string {
  const parts = ACCEPTABLE.flatMap((algorithm) => {
    const value = valueOf(digests, algorithm);
    return value === undefined ? [] : [`${algorithm}:${value}`];
  });
  return parts.length === 0 ? 'no sha256, sha384 or sha512 digest' : parts.join(' ');
}

function valueOf(digests: Readonly<Record<string, string>>, algorithm: string): string | undefined {
  return Object.hasOwn(digests, algorithm) ? digests[algorithm] : undefined;
}
