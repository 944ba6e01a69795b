import { refuse } from '#core/errors/error';
import type { DigestSet, Statement, Subject } from './types.ts';

/** Too weak to name an artifact, whoever asks for it: broken hashes, and what git builds on them. */
const WEAK: ReadonlySet<string> = new Set([
  'md5',
  'sha1',
  'ripemd160',
  'gitCommit',
  'gitTree',
  'gitBlob',
  'gitTag',
]);
const SHOWN_SUBJECTS = 3;

/** The subject that an artifact is. */
export interface MatchedSubject {
  readonly subject: Subject;
  /** Index in the statement. */
  readonly index: number;
  /** An algorithm that matched; of SHA-2 the strongest. */
  readonly algorithm: string;
}

/**
 * The first subject that has one of the artifact's digests and contradicts none of them; names do not count.
 * @param artifactDigests algorithm to lower-case hex. What a file or an image is known by is SHA-2; a caller may
 * name any other algorithm that it takes as proof, as `gce_image_id`, save weak ones, which never count
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
  for (const algorithm of Object.keys(artifact).toSorted()) {
    if (WEAK.has(algorithm)) continue;
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
  const names = Object.keys(digests).filter((algorithm) => !WEAK.has(algorithm));
  const parts = names
    .toSorted()
    .map((algorithm) => `${quoted(algorithm)}:${quoted(digests[algorithm] ?? '')}`);
  return parts.length === 0 ? 'no digest that is strong enough' : parts.slice(0, 8).join(' ');
}

function valueOf(digests: Readonly<Record<string, string>>, algorithm: string): string | undefined {
  return Object.hasOwn(digests, algorithm) ? digests[algorithm] : undefined;
}

/** As it stands where it is plain; else quoted and cut. */
function quoted(text: string): string {
  return /^[\w.-]{1,128}$/.test(text) ? text : JSON.stringify(text.slice(0, 128));
}
