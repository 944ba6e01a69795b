import type { Reason } from '#core/errors/reason';
import type { ProvenanceFacts } from '#core/slsa/facts';
import { anyFits, patternText } from './pattern.ts';
import type { ProvenanceRule } from './policy.ts';
import { shown } from './rule-context.ts';
import type { Site } from './site.ts';

/** Dependencies beyond these are not reported one by one. */
const REPORTED = 10;

/** What the builder states about the build's closedness: no network, all dependencies listed, from known hosts. */
export function evaluateDependencies(
  rule: ProvenanceRule,
  facts: ProvenanceFacts,
  site: Site,
): readonly Reason[] {
  const reasons: Reason[] = [];
  if (rule.hermetic === true && facts.hermetic?.value !== true) {
    reasons.push({
      code: 'NOT_HERMETIC',
      message: 'the builder does not state that the build had no network',
      path: facts.hermetic?.path,
      expected: 'true',
      found: facts.hermetic === undefined ? 'nothing' : String(facts.hermetic.value),
      at: site.position('hermetic'),
      hint: 'use a hermetic builder, or drop "hermetic" where the network is acceptable',
    });
  }
  if (rule.dependenciesComplete === true && facts.dependenciesComplete?.value !== true) {
    reasons.push({
      code: 'DEPENDENCIES_INCOMPLETE',
      message: 'the builder does not state that its list of dependencies is complete',
      path: facts.dependenciesComplete?.path ?? facts.dependencies.path,
      expected: 'true',
      found: facts.dependenciesComplete === undefined ? 'nothing' : String(facts.dependenciesComplete.value),
      at: site.position('dependenciesComplete'),
      hint: 'use a builder that records every input, or drop "dependenciesComplete"',
    });
  }
  return rule.dependencyHosts === undefined ? reasons : [...reasons, ...hostReasons(rule, facts, site)];
}

function hostReasons(
  { dependencyHosts = [] }: ProvenanceRule,
  facts: ProvenanceFacts,
  site: Site,
): readonly Reason[] {
  const { value: dependencies, path } = facts.dependencies;
  const reasons: Reason[] = [];
  for (const [i, { uri, name }] of dependencies.entries()) {
    const host = uri === undefined ? undefined : hostOf(uri);
    if (host !== undefined && anyFits(dependencyHosts, host)) continue;
    reasons.push({
      code: 'DEPENDENCY_HOST_NOT_ALLOWED',
      message:
        host === undefined
          ? 'a dependency does not say where it is from'
          : 'a dependency is from a host that the policy does not list',
      path: `${path}[${i}].uri`,
      expected: dependencyHosts.map(patternText).join(' or '),
      found: host === undefined ? shown(uri ?? name ?? 'no URI') : `${shown(host)} in ${shown(uri ?? '')}`,
      at: site.position('dependencyHosts'),
    });
  }
  const left = reasons.length - REPORTED;
  if (left <= 0) return reasons;
  const hint = `${left} more dependencies are refused for the same`;
  return reasons.slice(0, REPORTED).map((reason, i) => (i === REPORTED - 1 ? { ...reason, hint } : reason));
}

/** `git+https://github.com/o/r@ref` -> `github.com`; a package URL (`pkg:npm/x`) names no host. */
function hostOf(uri: string): string | undefined {
  const plain = uri.replace(/^[a-z0-9.-]+\+(?=[a-z]+:\/\/)/, '');
  const host = URL.canParse(plain) ? new URL(plain).host : '';
  return host === '' ? undefined : host;
}
