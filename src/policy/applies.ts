import type { Reason } from '#core/errors/reason';
import type { Artifact } from '#core/verify/artifact';
import { patternText } from './pattern.ts';
import type { Pattern, Policy, Requirement } from './policy.ts';
import { shown } from './rule-context.ts';
import { subjectFits } from './subject.ts';
import { parseTime } from './time.ts';

/** Why the policy cannot be used now, if so: its own validity window. */
export function policyWindow(policy: Policy, now: Date): readonly Reason[] {
  const { notBefore, expires } = policy;
  const found = now.toISOString();
  const from = notBefore === undefined ? undefined : parseTime(notBefore);
  if (from !== undefined && now.getTime() < from) {
    return [
      {
        code: 'POLICY_NOT_YET_VALID',
        message: 'the policy is not valid yet',
        expected: `a time from ${notBefore} on`,
        found,
        at: policy.locate(['notBefore']),
        hint: 'use the policy that is in force now, and check the clock',
      },
    ];
  }
  const until = expires === undefined ? undefined : parseTime(expires);
  if (until === undefined || now.getTime() < until) return [];
  return [
    {
      code: 'POLICY_EXPIRED',
      message: 'the policy has expired',
      expected: `a time before ${expires}`,
      found,
      at: policy.locate(['expires']),
      hint: 'get the current policy from whoever keeps it, and check the clock',
    },
  ];
}

/** The requirements that speak about the artifact; with none of them the artifact is refused. */
export function requirementsFor(policy: Policy, artifact: Artifact): readonly Requirement[] {
  if (!speaksAbout(policy.subjects, artifact)) return [];
  return policy.requirements.filter(({ subjects }) => speaksAbout(subjects, artifact));
}

/** The reason where no requirement speaks about the artifact: what no policy covers is refused. */
export function noPolicyMatch(policy: Policy, artifact: Artifact): Reason {
  const subjects = [
    ...(policy.subjects ?? []),
    ...policy.requirements.flatMap((requirement) => requirement.subjects ?? []),
  ];
  return {
    code: 'POLICY_NO_MATCH',
    message: 'the policy says nothing about this artifact, so it is refused',
    expected: `a name that fits ${subjects.slice(0, 10).map(patternText).join(' or ')}`,
    found: shown(artifact.name),
    at: policy.locate(['subjects']),
    hint: 'add the artifact under "subjects", or use the policy that is meant for it',
  };
}

function speaksAbout(subjects: readonly Pattern[] | undefined, artifact: Artifact): boolean {
  return subjects === undefined || subjects.some((subject) => subjectFits(subject, artifact));
}
