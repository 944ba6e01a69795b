import { canonicalize } from '#core/json/canonical';
import type { JsonObject } from '#core/json/value';
import { reasonCodes } from '#core/errors/codes';
import type { Position, Reason } from '#core/errors/reason';
import { escapeControls } from './escape.ts';
import { isFlag, reasonsAgainst, reasonsOfSafeMode, type PlacedReason } from './reasons.ts';
import type { Verdict } from './verdict.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/**
 * Verdicts as SARIF 2.1.0: a run for each, one result for each reason against the artifact, its location the
 * place in the policy that asks for what was not found.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function renderSarif(verdicts: readonly Verdict[]): string {
  return `${canonicalize({ $schema: SCHEMA, version: '2.1.0', runs: verdicts.map(runOf) })}\n`;
}

function runOf(verdict: Verdict): JsonObject {
  const against = reasonsAgainst(verdict);
  const beside = reasonsOfSafeMode(verdict);
  const placed = [...against, ...beside];
  const isCompatible = verdict.requirements.some(({ cueCompat }) => cueCompat === 'cosign');
  const level = verdict.policy.mode === 'warn' ? 'warning' : 'error';
  const codes = [...new Set(placed.map(({ reason }) => reason.code))].sort();
  return {
    tool: {
      driver: {
        name: 'edgeseal',
        rules: codes.map((code) => ({
          id: code,
          properties: { class: reasonCodes[code] },
        })),
      },
    },
    results: placed.map((one, index) => {
      const result = resultOf(one, codes.indexOf(one.reason.code), verdict);
      return { ...result, level: index < against.length ? level : 'note' };
    }),
    properties: {
      outcome: verdict.outcome,
      artifact: { name: verdict.artifact.name, digests: verdict.artifact.digests },
      policy: { ...verdict.policy },
      ...(isCompatible ? { cueCompat: 'cosign' } : {}),
    },
  };
}

function resultOf(
  { reason, requirement, attestation }: PlacedReason,
  ruleIndex: number,
  verdict: Verdict,
): JsonObject {
  const { code, path, at, also = [] } = reason;
  const parts = [`${verdict.artifact.name}: ${reason.message}`, ...details(reason)];
  const logical = path === undefined ? [] : [{ fullyQualifiedName: path, kind: 'member' }];
  const physical = at === undefined || isFlag(at) ? undefined : physicalLocation(at);
  const location: JsonObject = {
    ...(physical === undefined ? {} : { physicalLocation: physical }),
    ...(logical.length === 0 ? {} : { logicalLocations: logical }),
  };
  return {
    ruleId: code,
    ruleIndex,
    message: { text: escapeControls(parts.join('. ')) },
    locations: Object.keys(location).length === 0 ? [] : [location],
    ...(also.length === 0
      ? {}
      : { relatedLocations: also.map((place) => ({ physicalLocation: physicalLocation(place) })) }),
    properties: {
      ...(requirement === undefined ? {} : { requirement: requirement.name }),
      ...(attestation === undefined
        ? {}
        : { evidence: attestation.source, evidenceDigest: attestation.digest }),
      ...(at !== undefined && isFlag(at) ? { flag: at.file } : {}),
    },
  };
}

function details(reason: Reason): readonly string[] {
  const { expected, found, hint, alternatives = [] } = reason;
  const parts: string[] = [];
  if (expected !== undefined) parts.push(`Expected: ${expected}`);
  if (found !== undefined) parts.push(`Found: ${found}`);
  if (hint !== undefined) parts.push(`Next: ${hint}`);
  for (const one of alternatives) parts.push(`Not this: ${[one.message, ...details(one)].join('. ')}`);
  return parts;
}

function physicalLocation({ file, line, column }: Position): JsonObject {
  return { artifactLocation: { uri: encodeURI(file) }, region: { startLine: line, startColumn: column } };
}
