import type { Reason } from '#core/errors/reason';
import { escapeXml } from './escape.ts';
import type { Outcome, RequirementVerdict, Verdict } from './verdict.ts';

/** One test of the report: the policy itself, or one requirement. */
interface Case {
  readonly name: string;
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
}

/** The verdict as JUnit XML: one suite for the artifact, one case for each requirement; no times, no host. */
export function renderJunit(verdict: Verdict): string {
  const own: Case[] =
    verdict.reasons.length === 0
      ? []
      : [{ name: 'policy', outcome: verdict.outcome, reasons: verdict.reasons }];
  const cases = [...own, ...verdict.requirements.map(caseOf)];
  const failures = cases.filter(({ outcome }) => outcome === 'fail').length;
  const errors = cases.filter(({ outcome }) => outcome === 'error').length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="${errors}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="edgeseal" ${counts}>`,
    `  <testsuite name="${escapeXml(verdict.artifact.name)}" ${counts}>`,
    ...cases.flatMap((one) => caseLines(one, verdict.policy.name)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function caseOf({ name, outcome, reasons, attestations }: RequirementVerdict): Case {
  return {
    name,
    outcome,
    reasons: [...reasons, ...attestations.flatMap((attestation) => attestation.reasons)],
  };
}

function caseLines({ name, outcome, reasons }: Case, policy: string): readonly string[] {
  const open = `    <testcase classname="${escapeXml(policy)}" name="${escapeXml(name)}"`;
  if (outcome === 'pass') return [`${open}/>`];
  const element = outcome === 'fail' ? 'failure' : 'error';
  const [first] = reasons;
  return [
    `${open}>`,
    `      <${element} type="${first?.code ?? 'unknown'}" message="${escapeXml(first?.message ?? '')}">${escapeXml(reasons.map(describe).join('\n')).replaceAll('&#10;', '\n')}</${element}>`,
    '    </testcase>',
  ];
}

function describe({ code, message, expected, found, path, at, hint }: Reason): string {
  const parts = [`${code}: ${message}`];
  if (expected !== undefined) parts.push(`expected ${expected}`);
  if (found !== undefined) parts.push(`found ${found}`);
  if (path !== undefined) parts.push(`at ${path}`);
  if (at !== undefined) parts.push(`asked by ${at.file}:${at.line}:${at.column}`);
  if (hint !== undefined) parts.push(`next: ${hint}`);
  return parts.join('; ');
}
