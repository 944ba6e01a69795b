import type { Position, Reason } from '#core/errors/reason';
import type { ConsideredAttestation, RequirementVerdict, Verdict } from './verdict.ts';

/** A reason and what it is about. */
export interface PlacedReason {
  readonly reason: Reason;
  readonly requirement: RequirementVerdict | undefined;
  readonly attestation: ConsideredAttestation | undefined;
}

/**
 * Every reason that stands against the artifact, in the order of the report. Attestations that failed beside
 * others that made their requirement pass are not against it.
 */
export function reasonsAgainst(verdict: Verdict): readonly PlacedReason[] {
  const placed: PlacedReason[] = verdict.reasons.map((reason) => ({
    reason,
    requirement: undefined,
    attestation: undefined,
  }));
  for (const requirement of verdict.requirements) {
    if (requirement.outcome === 'pass') continue;
    for (const reason of requirement.reasons) placed.push({ reason, requirement, attestation: undefined });
    for (const attestation of requirement.attestations) {
      for (const reason of attestation.reasons) placed.push({ reason, requirement, attestation });
    }
  }
  return placed;
}

/** What the safe mode says where cosign's way of judging CUE was asked for, and let pass. */
export function reasonsOfSafeMode({ requirements }: Verdict): readonly PlacedReason[] {
  return requirements.flatMap((requirement) =>
    requirement.attestations.flatMap((attestation) =>
      attestation.outcome === 'pass'
        ? (attestation.safeMode?.reasons ?? []).map((reason) => ({ reason, requirement, attestation }))
        : [],
    ),
  );
}

/** All places where the expectation stands. */
export function placesText({ at, also = [] }: Reason): string | undefined {
  return at === undefined ? undefined : [at, ...also].map(positionText).join(', ');
}

/** Whether a flag stated the expectation, not a line of a file. */
export function isFlag({ file }: Position): boolean {
  return file.startsWith('--');
}

/** Where the expectation stands, as people write it: `policy.json:12:18`, `--source-tag`. */
export function positionText(at: Position): string {
  return isFlag(at) ? at.file : `${at.file}:${at.line}:${at.column}`;
}
