import type { VerifyEcdsaDigest } from '#core/crypto/signature';
import type { Reason } from '#core/errors/reason';
import { noPolicyMatch, policyWindow, requirementsFor } from '#core/policy/applies';
import type { Policy } from '#core/policy/policy';
import type { EvidenceItem } from '#core/sigstore/evidence';
import type { Trust } from '#core/trust/trust';
import type { Verdict } from '#core/verdict/verdict';
import type { Artifact } from './artifact.ts';
import { examine } from './examine.ts';
import { judge } from './judge.ts';
import { worstOutcome } from './outcome.ts';

export interface VerifyInput {
  readonly artifact: Artifact;
  /** What parseEvidence made of the files and of the registry's answers. */
  readonly evidence: readonly EvidenceItem[];
  readonly policy: Policy;
  readonly trust: Trust;
  /** The time that the policy and the freshness of reports are judged at; signatures are judged at their own. */
  readonly now: Date;
  /** ECDSA over a digest: needed only for a signature over an artifact whose bytes are not here. */
  readonly ecdsaDigest?: VerifyEcdsaDigest | undefined;
}

/**
 * The one decision: is the artifact what the policy asks for? Pure: the same input gives the same Verdict. A
 * refused artifact is a Verdict, not an exception, whatever its evidence holds. With `mode: "warn"` the
 * outcome is the true one all the same; not to enforce it is the caller's part.
 */
export function verify({ artifact, evidence, policy, trust, now, ecdsaDigest }: VerifyInput): Verdict {
  // The policy is in force and speaks about this artifact; else refused (design 4.2: nothing matches = deny).
  const requirements = requirementsFor(policy, artifact);
  const reasons: Reason[] = [...policyWindow(policy, now)];
  if (requirements.length === 0) reasons.push(noPolicyMatch(policy, artifact));
  if (evidence.length === 0) reasons.push(noEvidence(artifact));
  // Sigstore: who signed, when. in-toto: a statement about this artifact. SLSA: facts, borne out by the
  // certificate. Each piece of evidence once, whatever the number of requirements.
  const examined =
    reasons.length > 0 ? [] : distinct(evidence).map((item) => examine(item, artifact, trust, ecdsaDigest));
  // SLSA v1.2, "Verifying artifacts" step 2: expectations. All requirements must pass.
  const judged =
    reasons.length > 0 ? [] : requirements.map((requirement) => judge(requirement, examined, policy, now));
  return {
    outcome: worstOutcome(reasons, judged),
    artifact: { name: artifact.name, digests: artifact.digests },
    policy: { name: policy.name, digest: policy.digest, mode: policy.mode },
    trustRoot: trust.root?.digest,
    reasons,
    requirements: judged,
  };
}

/** The same evidence twice is one piece of evidence. */
function distinct(evidence: readonly EvidenceItem[]): readonly EvidenceItem[] {
  const byDigest = new Map<string, EvidenceItem>();
  for (const item of evidence) {
    const { digest } = item.kind === 'evidence' ? item.evidence : item;
    if (!byDigest.has(digest)) byDigest.set(digest, item);
  }
  return [...byDigest.values()];
}

function noEvidence(artifact: Artifact): Reason {
  return {
    code: 'EVIDENCE_EMPTY',
    message: 'there is no evidence about the artifact',
    expected: 'at least one bundle or envelope',
    found: 'nothing',
    hint: `ask the publisher of ${JSON.stringify(artifact.name)} for its attestations; unsigned means unproven`,
  };
}
