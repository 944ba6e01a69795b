import type { Reason } from '#core/errors/reason';
import { anyFits, patternText } from './pattern.ts';
import type { SbomRule } from './policy.ts';
import { shown, type RuleContext } from './rule-context.ts';

/** Packages beyond these are not reported one by one. */
const REPORTED = 10;

/** What a bill of materials must be, and must not list. */
export function evaluateSbom(rule: SbomRule, { facts, site }: RuleContext): readonly Reason[] {
  const code = 'SBOM_MISMATCH';
  if (facts.kind !== 'sbom') {
    const message = 'the attestation is not a bill of materials';
    return [
      {
        code,
        message,
        path: 'predicateType',
        expected: 'CycloneDX or SPDX',
        found: shown(facts.predicateType),
        at: site.position('sbom'),
      },
    ];
  }
  const reasons: Reason[] = [];
  if (rule.formats !== undefined && !rule.formats.includes(facts.format)) {
    reasons.push({
      code,
      message: 'the bill of materials has another format',
      path: 'predicate',
      expected: rule.formats.join(' or '),
      found: facts.format,
      at: site.position('sbom', 'formats'),
    });
  }
  if (rule.minimumPackages !== undefined && facts.packages.length < rule.minimumPackages) {
    reasons.push({
      code,
      message: 'the bill of materials lists too few packages',
      path: 'predicate',
      expected: `at least ${rule.minimumPackages}`,
      found: String(facts.packages.length),
      at: site.position('sbom', 'minimumPackages'),
      hint: 'a bill that lists nearly nothing was made from the wrong thing',
    });
  }
  for (const [i, pattern] of (rule.forbidPackages ?? []).entries()) {
    const listed = facts.packages.filter(({ purl, name }) => anyFits([pattern], purl ?? name));
    for (const { purl, name, version } of listed.slice(0, REPORTED)) {
      reasons.push({
        code,
        message: 'the bill of materials lists a package that the policy forbids',
        path: 'predicate',
        expected: `nothing that fits ${patternText(pattern)}`,
        found: shown(purl ?? (version === undefined ? name : `${name} ${version}`)),
        at: site.position('sbom', 'forbidPackages', i),
      });
    }
  }
  return reasons;
}
