import type { Reason } from '#core/errors/reason';
import type { DigestSet } from '#core/in-toto-attestation/types';
import type { Policy } from '#core/policy/policy';
import type { Trust } from '#core/trust/trust';
import type { RequirementVerdict, Verdict } from '#core/verdict/verdict';
import { outcomeOf, worstOutcome } from '#core/verify/outcome';
import type { Claim } from './claims.ts';
import type { ReleaseFile } from './release-file.ts';

/** How a file stands. Only a `proven` artifact is one that the policy accepts under its own name. */
export type Standing = 'proven' | 'refused' | 'unproven' | 'changed' | 'renamed' | 'empty' | 'unsafe';

/** One file while it is judged. */
export interface Member {
  readonly file: ReleaseFile;
  /** Attestations in the release that name its bytes. */
  readonly claims: readonly Claim[];
  /** The policies' answers, where an attestation names its bytes. */
  readonly verdicts: readonly Verdict[];
  standing: Standing;
  /** What is wrong with it as a part of the release. */
  readonly reasons: Reason[];
}

/** Under whose name verdicts of a release are given. */
export interface Ground {
  readonly policy: Policy;
  readonly trust: Trust;
}

/** The release's own requirement on a part of it, beside the policy's. */
const RELEASE_REQUIREMENT = 'release';

/** A verdict on a part of the release: the policy's requirements, where it was asked, and the release's own. */
export function memberVerdict(
  { policy, trust }: Ground,
  name: string,
  digests: DigestSet,
  reasons: readonly Reason[],
  base?: Verdict,
): Verdict {
  const own: RequirementVerdict = {
    name: RELEASE_REQUIREMENT,
    outcome: outcomeOf(reasons),
    reasons,
    attestations: [],
  };
  const requirements = [...(base?.requirements ?? []), own];
  return {
    outcome: worstOutcome(base?.reasons ?? [], requirements),
    artifact: { name, digests },
    policy: { name: policy.name, digest: policy.digest, mode: policy.mode },
    trustRoot: trust.root?.digest,
    reasons: base?.reasons ?? [],
    requirements,
  };
}

/**
 * The verdicts on a part of the release: the policies', and in the one of the ground's policy, or in one more,
 * the release's own requirement.
 */
export function memberVerdicts(
  ground: Ground,
  name: string,
  digests: DigestSet,
  reasons: readonly Reason[],
  verdicts: readonly Verdict[],
): readonly Verdict[] {
  const base = verdicts.find(({ policy }) => policy.digest === ground.policy.digest);
  const others = verdicts.filter((verdict) => verdict !== base);
  if (base === undefined && reasons.length === 0 && others.length > 0) return others;
  const shown = base?.artifact ?? others[0]?.artifact ?? { name, digests };
  return [memberVerdict(ground, shown.name, shown.digests, reasons, base), ...others];
}

/** Digests of evidence that passed in a verdict. */
export function passedIn(verdicts: readonly Verdict[]): readonly string[] {
  return verdicts.flatMap(({ requirements }) =>
    requirements.flatMap(({ attestations }) =>
      attestations.filter(({ outcome }) => outcome === 'pass').map(({ digest }) => digest),
    ),
  );
}
