import { refuse, reasonOf } from '#core/errors/error';
import { parseStatement } from '#core/in-toto-attestation/index';
import type { EvidenceItem } from '#core/sigstore/evidence';
import type { Artifact } from '#core/verify/artifact';

/**
 * What the first readable attestation says that it is about, as if it were the artifact: for who asks only who
 * signed. The claim is not checked against anything.
 * @throws ARTIFACT_CONTENT_REQUIRED where no attestation names anything
 */
export function claimedArtifact(evidence: readonly EvidenceItem[]): readonly Artifact[] {
  const artifacts = evidence.flatMap((item) => claimOf(item));
  if (artifacts.length > 0) return artifacts;
  return refuse('ARTIFACT_CONTENT_REQUIRED', 'no attestation says what it is about', {
    expected: 'an in-toto statement with a subject',
    hint: 'leave out --check-claims=false and name the artifact',
  });
}

/** What one attestation says that it is about. */
export function claimOf(item: EvidenceItem): readonly Artifact[] {
  if (item.kind !== 'evidence' || item.evidence.content.kind !== 'dsse') return [];
  try {
    const [subject] = parseStatement(item.evidence.content.envelope.payload, item.evidence.source).subjects;
    if (subject === undefined) return [];
    return [{ name: subject.name ?? subject.uri ?? 'unnamed', kind: 'digest', digests: subject.digest }];
  } catch (error) {
    if (reasonOf(error).code === 'INTERNAL_ERROR') throw error;
    return [];
  }
}
