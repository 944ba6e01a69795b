import type { Reason } from '#core/errors/reason';
import { escapeControls, escapeXml } from './escape.ts';
import { placesText } from './reasons.ts';
import type { Outcome, RequirementVerdict, Verdict } from './verdict.ts';

/** A reason, and the evidence that it stands with. */
interface SourcedReason {
  readonly reason: Reason;
  readonly source: string | undefined;
}

/** One test of the report: the policy itself, or one requirement. */
interface Case {
  readonly name: string;
  readonly outcome: Outcome;
  readonly reasons: readonly SourcedReason[];
  /** What is said without counting. */
  readonly remarks: readonly string[];
}

/** Verdicts as JUnit XML: a suite for each artifact and policy, a case for each requirement; no times, no host. */
export function renderJunit(verdicts: readonly Verdict[]): string {
  const suites = verdicts.map((verdict) => ({ verdict, cases: casesOf(verdict) }));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="edgeseal" ${countsOf(suites.flatMap(({ cases }) => cases))}>`,
    ...suites.flatMap(({ verdict, cases }) => [
      `  <testsuite name="${xmlText(verdict.artifact.name)}" ${countsOf(cases)}>`,
      ...cases.flatMap((one) => caseLines(one, verdict.policy.name)),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function casesOf({ outcome, reasons, requirements, policy }: Verdict): readonly Case[] {
  const own = reasons.map((reason) => ({ reason, source: undefined }));
  const cases = [
    ...(own.length === 0 ? [] : [{ name: 'policy', outcome, reasons: own, remarks: [] }]),
    ...requirements.map(caseOf),
  ];
  return policy.mode === 'warn' ? cases.map(warned) : cases;
}

/** A refusal by a policy that only warns is no failure, as it is none for the exit code. */
function warned(one: Case): Case {
  if (one.outcome !== 'fail') return one;
  const warnings = one.reasons.map((reason) => `warning: ${describe(reason)}`);
  return { ...one, outcome: 'pass', reasons: [], remarks: [...warnings, ...one.remarks] };
}

function countsOf(cases: readonly Case[]): string {
  const count = (wanted: Outcome): number => cases.filter(({ outcome }) => outcome === wanted).length;
  return `tests="${cases.length}" failures="${count('fail')}" errors="${count('error')}"`;
}

function caseOf({ name, outcome, reasons, attestations, cueCompat }: RequirementVerdict): Case {
  return {
    name,
    outcome,
    reasons: [
      ...reasons.map((reason) => ({ reason, source: undefined })),
      ...attestations.flatMap(({ source, reasons: own }) => own.map((reason) => ({ reason, source }))),
    ],
    remarks: [
      ...(cueCompat === 'cosign' ? ['as cosign: what its CUE policy constrains may be absent'] : []),
      ...attestations.flatMap(({ source, safeMode }) =>
        (safeMode?.reasons ?? []).map((reason) => `in safe mode: ${describe({ reason, source })}`),
      ),
    ],
  };
}

function caseLines({ name, outcome, reasons, remarks }: Case, policy: string): readonly string[] {
  const open = `    <testcase classname="${xmlText(policy)}" name="${xmlText(name)}"`;
  const beside =
    remarks.length === 0
      ? []
      : ['      <system-out>', ...remarks.map((line) => `        ${xmlText(line)}`), '      </system-out>'];
  if (outcome === 'pass')
    return beside.length === 0 ? [`${open}/>`] : [`${open}>`, ...beside, '    </testcase>'];
  const element = outcome === 'fail' ? 'failure' : 'error';
  const [first] = reasons;
  const lines = reasons.map((one) => xmlText(describe(one)));
  return [
    `${open}>`,
    `      <${element} type="${first?.reason.code ?? outcome}" message="${xmlText(first?.reason.message ?? '')}">`,
    ...lines.map((line) => `        ${line}`),
    `      </${element}>`,
    ...beside,
    '    </testcase>',
  ];
}

function describe({ reason, source }: SourcedReason): string {
  const { code, message } = reason;
  return [`${source === undefined ? '' : `${source}: `}${code}: ${message}`, ...details(reason)].join('; ');
}

function details(reason: Reason): readonly string[] {
  const { expected, found, path, hint, alternatives = [] } = reason;
  const places = placesText(reason);
  const parts: string[] = [];
  if (expected !== undefined) parts.push(`expected ${expected}`);
  if (found !== undefined) parts.push(`found ${found}`);
  if (path !== undefined) parts.push(`at ${path}`);
  if (places !== undefined) parts.push(`asked by ${places}`);
  if (hint !== undefined) parts.push(`next: ${hint}`);
  for (const one of alternatives) parts.push(`not this (${[one.message, ...details(one)].join('; ')})`);
  return parts;
}

function xmlText(text: string): string {
  return escapeXml(escapeControls(text));
}
