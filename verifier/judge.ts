import type { Io } from '#core/io/io';
import type { Policy } from '#core/policy/policy';
import type { EvidenceItem } from '#core/sigstore/evidence';
import type { Trust } from '#core/trust/trust';
import type { Verdict } from '#core/verdict/verdict';
import type { Artifact } from '#core/verify/artifact';
import { verify } from '#core/verify/verify';

/** What is asked about one artifact. All policies must pass. */
export interface Question {
  readonly artifact: Artifact;
  readonly evidence: readonly EvidenceItem[];
  readonly policies: readonly Policy[];
  readonly trust: Trust;
}

/** One verdict a policy. */
export async function judge(io: Io, { policies, ...question }: Question): Promise<readonly Verdict[]> {
  const now = io.now();
  const ecdsaDigest = question.evidence.some(signsArtifact)
    ? (await import('#core/crypto/ecdsa-prehashed')).verifyEcdsaDigest
    : undefined;
  return policies.map((policy) => verify({ ...question, policy, now, ecdsaDigest }));
}

/** Whether it is a signature over the artifact itself, which is known by digest. */
function signsArtifact(item: EvidenceItem): boolean {
  return item.kind === 'evidence' && item.evidence.content.kind === 'message';
}

/** Whether nothing stands in the way: passed, or refused by a policy that only warns. */
export function accepts({ outcome, policy }: Verdict): boolean {
  return outcome === 'pass' || (outcome === 'fail' && policy.mode === 'warn');
}

/** 0 where all are accepted; 1 where any is refused; 3 where any could not be decided. */
export function exitCode(verdicts: readonly Verdict[]): number {
  const refused = verdicts.filter((verdict) => !accepts(verdict));
  if (refused.length === 0) return 0;
  return refused.some(({ outcome }) => outcome === 'fail') ? 1 : 3;
}

/** The evidence that passed under any of the verdicts, in the order in which it was given. */
export function acceptedEvidence(
  verdicts: readonly Verdict[],
  evidence: readonly EvidenceItem[],
): readonly (EvidenceItem & { readonly kind: 'evidence' })['evidence'][] {
  const digests = new Set(
    verdicts.flatMap(({ requirements }) =>
      requirements.flatMap(({ attestations }) =>
        attestations.filter(({ outcome }) => outcome === 'pass').map(({ digest }) => digest),
      ),
    ),
  );
  return evidence.flatMap((item) => {
    if (item.kind !== 'evidence' || !digests.delete(item.evidence.digest)) return [];
    return [item.evidence];
  });
}
