import type { Reason } from '#core/errors/reason';
import { coversLevel } from '#core/vsa/level';
import type { VsaRule } from './policy.ts';
import { expectValue, shown, type RuleContext } from './rule-context.ts';

/**
 * The steps of "How to verify" that need expectations. A summary that did not pass never passes, whether the
 * policy has a rule about it or not.
 * @see https://slsa.dev/spec/v1.2/verification_summary#how-to-verify
 */
export function evaluateVsa(rule: VsaRule | undefined, { facts, site }: RuleContext): readonly Reason[] {
  if (facts.kind !== 'vsa') {
    if (rule === undefined) return [];
    return [
      {
        code: 'VSA_INVALID',
        message: 'the attestation is not a verification summary',
        path: 'predicateType',
        expected: 'https://slsa.dev/verification_summary/v1',
        found: shown(facts.predicateType),
        at: site.position('vsa'),
      },
    ];
  }
  const { verifierId, resourceUri, verifiedLevels = [] } = rule ?? {};
  const reasons: Reason[] = [];
  if (verifierId !== undefined) {
    const at = site.child('vsa', 'verifierId');
    const hint = 'somebody else verified this; their summary is theirs to answer for';
    reasons.push(
      ...expectValue(
        { code: 'VSA_VERIFIER_MISMATCH', what: 'the verifier', expected: verifierId, at, hint },
        facts.verifierId,
        'predicate.verifier.id',
      ),
    );
  }
  if (resourceUri !== undefined) {
    const at = site.child('vsa', 'resourceUri');
    const hint = 'the summary is about another resource, even where the bytes are the same';
    reasons.push(
      ...expectValue(
        { code: 'VSA_RESOURCE_MISMATCH', what: 'the resource', expected: resourceUri, at, hint },
        facts.resourceUri,
        'predicate.resourceUri',
      ),
    );
  }
  if (facts.verificationResult !== 'PASSED') {
    reasons.push({
      code: 'VSA_RESULT_NOT_PASSED',
      message: 'the verification that the summary reports did not pass',
      path: 'predicate.verificationResult',
      expected: '"PASSED"',
      found: shown(facts.verificationResult),
      at: site.position('vsa'),
    });
  }
  for (const [i, level] of verifiedLevels.entries()) {
    if (coversLevel(facts.verifiedLevels, level)) continue;
    reasons.push({
      code: 'VSA_LEVEL_TOO_LOW',
      message: 'the summary does not cover a level that is asked for',
      path: 'predicate.verifiedLevels',
      expected: shown(level),
      found:
        facts.verifiedLevels.length === 0
          ? 'nothing'
          : facts.verifiedLevels.slice(0, 20).map(shown).join(', '),
      at: site.position('vsa', 'verifiedLevels', i),
    });
  }
  return reasons;
}
