import { canonicalize } from '#core/json/canonical';
import type { JsonObject, JsonValue } from '#core/json/value';
import { reasonCodes } from '#core/errors/codes';
import { escapeControls } from './escape.ts';
import { isFlag, reasonsAgainst, type PlacedReason } from './reasons.ts';
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
  const placed = reasonsAgainst(verdict);
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
    results: placed.map((one) => resultOf(one, codes.indexOf(one.reason.code), verdict)),
    properties: {
      outcome: verdict.outcome,
      artifact: { name: verdict.artifact.name, digests: verdict.artifact.digests },
      policy: { ...verdict.policy },
    },
  };
}

function resultOf(
  { reason, requirement, attestation }: PlacedReason,
  ruleIndex: number,
  verdict: Verdict,
): JsonObject {
  const { code, message, expected, found, path, hint, at } = reason;
  const parts = [`${verdict.artifact.name}: ${message}`];
  if (expected !== undefined) parts.push(`Expected: ${expected}`);
  if (found !== undefined) parts.push(`Found: ${found}`);
  if (hint !== undefined) parts.push(`Next: ${hint}`);
  const logical = path === undefined ? [] : [{ fullyQualifiedName: path, kind: 'member' }];
  const physical: JsonValue | undefined =
    at === undefined || isFlag(at)
      ? undefined
      : {
          artifactLocation: { uri: encodeURI(at.file) },
          region: { startLine: at.line, startColumn: at.column },
        };
  const location: JsonObject = {
    ...(physical === undefined ? {} : { physicalLocation: physical }),
    ...(logical.length === 0 ? {} : { logicalLocations: logical }),
  };
  return {
    ruleId: code,
    ruleIndex,
    level: verdict.policy.mode === 'warn' ? 'warning' : 'error',
    message: { text: escapeControls(parts.join('. ')) },
    locations: Object.keys(location).length === 0 ? [] : [location],
    properties: {
      ...(requirement === undefined ? {} : { requirement: requirement.name }),
      ...(attestation === undefined
        ? {}
        : { evidence: attestation.source, evidenceDigest: attestation.digest }),
      ...(at !== undefined && isFlag(at) ? { flag: at.file } : {}),
    },
  };
}
