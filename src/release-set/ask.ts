import type { VerifyEcdsaDigest } from '#core/crypto/signature';
import type { Reason } from '#core/errors/reason';
import { requirementsFor } from '#core/policy/applies';
import type { Policy } from '#core/policy/policy';
import type { EvidenceItem } from '#core/sigstore/evidence';
import type { Verdict } from '#core/verdict/verdict';
import type { Artifact } from '#core/verify/artifact';
import { verify } from '#core/verify/verify';
import { passedIn, type Ground } from './member.ts';

/** Asks the policies about one thing. */
export interface Ask {
  /** By the attestations that name it: a verdict of each policy that speaks of it. */
  readonly of: (artifact: Artifact, evidence: readonly EvidenceItem[]) => readonly Verdict[];
  /** What is required of it, as a name for each requirement. */
  readonly requirementsOf: (artifact: Artifact) => readonly string[];
}

export interface AskInput extends Pick<Ground, 'trust'> {
  readonly policies: readonly Policy[];
  readonly now: Date;
  readonly ecdsaDigest?: VerifyEcdsaDigest | undefined;
}

/**
 * Asks by these policies. What none of them speaks of is refused by the first that enforces.
 * @param passed gets the digests of the attestations that pass
 */
export function askBy({ policies, trust, now, ecdsaDigest }: AskInput, passed: Set<string>): Ask {
  const ground = groundPolicy(policies);
  const of: Ask['of'] = (artifact, evidence) => {
    const speaking = policies.filter((policy) => requirementsFor(policy, artifact).length > 0);
    const asked = speaking.length > 0 ? speaking : [ground];
    const verdicts = asked.map((policy) => verify({ artifact, evidence, policy, trust, now, ecdsaDigest }));
    for (const digest of passedIn(verdicts)) passed.add(digest);
    if (speaking.length > 0 || policies.length === 1) return verdicts;
    return verdicts.map((verdict) => ({ ...verdict, reasons: verdict.reasons.map(forAll(policies)) }));
  };
  const requirementsOf: Ask['requirementsOf'] = (artifact) =>
    policies.flatMap((policy, index) =>
      requirementsFor(policy, artifact).map(({ path }) => `${index}.${path.join('.')}`),
    );
  return { of, requirementsOf };
}

/** Under whose name the release's own findings are given: the first policy that enforces, else the first. */
export function groundPolicy(policies: readonly Policy[]): Policy {
  const ground = policies.find(({ mode }) => mode === 'enforce') ?? policies[0];
  if (ground === undefined) throw new TypeError('a release is verified by at least one policy');
  return ground;
}

/** Whether all that enforce passed; where none enforces, whether all did. */
export function isAccepted(verdicts: readonly Verdict[]): boolean {
  const enforcing = verdicts.filter(({ policy }) => policy.mode === 'enforce');
  return (enforcing.length > 0 ? enforcing : verdicts).every(({ outcome }) => outcome === 'pass');
}

function forAll(policies: readonly Policy[]): (reason: Reason) => Reason {
  const names = policies.slice(0, 10).map(({ name }) => JSON.stringify(name.slice(0, 100)));
  return (reason) => {
    if (reason.code !== 'POLICY_NO_MATCH') return reason;
    const { expected: _first, at: _place, ...rest } = reason;
    return {
      ...rest,
      message: 'none of the policies says anything about this artifact, so it is refused',
      expected: `a name that is among the subjects of ${names.join(', ')}`,
    };
  };
}
