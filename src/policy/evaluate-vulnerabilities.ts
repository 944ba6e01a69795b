import type { Reason } from '#core/errors/reason';
import type { VulnerabilityRule } from './policy.ts';
import { shown, type RuleContext } from './rule-context.ts';
import { parseTime } from './time.ts';

/** Findings beyond these are not reported one by one. */
const REPORTED = 10;
/** How far a scanner's clock may run ahead, milliseconds. */
const CLOCK_SKEW = 5 * 60 * 1000;

/** How fresh a vulnerability report must be, and what it must not have found. */
export function evaluateVulnerabilities(
  rule: VulnerabilityRule,
  { facts, site, now }: RuleContext,
): readonly Reason[] {
  if (facts.kind !== 'vulnerabilities') {
    return [
      {
        code: 'PREDICATE_INVALID',
        message: 'the attestation is not a vulnerability report',
        path: 'predicateType',
        expected: 'a vulnerability report',
        found: shown(facts.predicateType),
        at: site.position('vulnerabilities'),
      },
    ];
  }
  const reasons: Reason[] = [];
  if (rule.maxAge !== undefined) {
    const finished = facts.scanFinishedOn === undefined ? undefined : parseTime(facts.scanFinishedOn);
    const age = finished === undefined ? undefined : now.getTime() - finished;
    if (age === undefined || age > rule.maxAge * 1000 || age < -CLOCK_SKEW) {
      reasons.push({
        code: 'VULNERABILITY_SCAN_STALE',
        message:
          age === undefined
            ? 'the report does not say when the scan ended'
            : age < 0
              ? 'the scan ended in the future'
              : 'the scan is too old',
        path: 'predicate.metadata.scanFinishedOn',
        expected: `at most ${rule.maxAge} seconds before ${now.toISOString()}`,
        found: facts.scanFinishedOn === undefined ? 'nothing' : shown(facts.scanFinishedOn),
        at: site.position('vulnerabilities', 'maxAge'),
        hint: 'scan again and attest the new report',
      });
    }
  }
  if (rule.forbidSeverities === undefined) return reasons;
  const forbidden = new Set(rule.forbidSeverities.map((severity) => severity.toUpperCase()));
  const found = facts.findings.filter(
    ({ severity }) => severity === undefined || forbidden.has(severity.toUpperCase()),
  );
  for (const [i, { id, severity }] of found.slice(0, REPORTED).entries()) {
    const left = i === REPORTED - 1 ? found.length - REPORTED : 0;
    reasons.push({
      code: 'VULNERABILITY_FOUND',
      message:
        severity === undefined
          ? 'a vulnerability of unknown severity was found'
          : 'a vulnerability of a forbidden severity was found',
      path: 'predicate',
      expected: `none of ${rule.forbidSeverities.join(', ')}`,
      found: severity === undefined ? shown(id) : `${shown(id)}, ${shown(severity)}`,
      at: site.position('vulnerabilities', 'forbidSeverities'),
      hint: left > 0 ? `and ${left} more` : undefined,
    });
  }
  return reasons;
}
