import { reasonOf } from '#core/errors/error';
import type { Reason } from '#core/errors/reason';
import { predicateTypeMatches } from '#core/in-toto-attestation/index';
import { evaluateRequirement, needsStatement } from '#core/policy/evaluate-requirement';
import { evaluateSigner } from '#core/policy/evaluate-signer';
import type { Policy, Requirement } from '#core/policy/policy';
import { Site } from '#core/policy/site';
import type { Signer } from '#core/sigstore/signer';
import type { ConsideredAttestation, RequirementVerdict } from '#core/verdict/verdict';
import { combine, missing } from './combine.ts';
import type { Examined, Reading } from './examine.ts';
import { outcomeOf, worstOutcome } from './outcome.ts';

/** One attestation under one requirement. */
export interface Judged {
  readonly examined: Examined;
  /** Signers under whom it passes. */
  readonly passing: readonly Signer[];
  readonly attestation: ConsideredAttestation;
}

/** One requirement over all the evidence. */
export function judge(
  requirement: Requirement,
  examined: readonly Examined[],
  policy: Policy,
  now: Date,
): RequirementVerdict {
  const site = new Site(policy.locate, requirement.path);
  const judged = examined
    .filter((one) => isMeant(requirement, one))
    .map((one) => judgeOne(requirement, one, site, now));
  const isCosign = requirement.cosign !== undefined;
  const reasons =
    judged.length === 0
      ? [missing(requirement, examined, site)]
      : isCosign
        ? combine(
            'all',
            judged.filter((one) => isCounted(requirement, one.examined, site)),
            site,
          )
        : combine(requirement.match, judged, site);
  const attestations = judged.map(({ attestation }) => attestation);
  const passed = reasons !== undefined && reasons.length === 0;
  return {
    name: requirement.name,
    outcome: passed ? 'pass' : worstOutcome(reasons ?? [], attestations),
    reasons: reasons ?? [],
    attestations,
    ...(isCosign ? { cueCompat: 'cosign' } : {}),
  };
}

/** What cosign looks at: evidence that cannot be believed it drops, and statements that it cannot read. */
function isCounted(
  { signers: rules, cosign }: Requirement,
  { failure, signers, statement }: Examined,
  site: Site,
): boolean {
  if (failure !== undefined || statement === undefined || cosign?.counts(statement) !== true) return false;
  return signers.some((signer) => evaluateSigner(rules, { signer, site }).length === 0);
}

/** Evidence that could not be read is everybody's concern; other evidence those who ask for its type. */
function isMeant({ predicateTypes, cosign }: Requirement, { statement, failure }: Examined): boolean {
  if (predicateTypes.length === 0) return true;
  if (statement === undefined) return failure !== undefined;
  if (cosign !== undefined) return predicateTypes.includes(statement.predicateType);
  return predicateTypes.some((wanted) => predicateTypeMatches(wanted, statement.predicateType));
}

/**
 * It passes when one of its signers passes every rule. Otherwise the reasons are those under the signer who
 * comes nearest: the first of those with the fewest.
 */
function judgeOne(requirement: Requirement, examined: Examined, site: Site, now: Date): Judged {
  if (examined.failure !== undefined) return judged(examined, [], examined.signers[0], [examined.failure]);
  const passing: Signer[] = [];
  let nearest: { readonly signer: Signer; readonly reasons: readonly Reason[] } | undefined;
  for (const reading of readingsOf(examined)) {
    const reasons = evaluate(requirement, examined, reading, site, now);
    if (reasons.length === 0) passing.push(reading.signer);
    else if (nearest === undefined || reasons.length < nearest.reasons.length) {
      nearest = { signer: reading.signer, reasons };
    }
  }
  const [first] = passing;
  const one =
    first === undefined
      ? judged(examined, [], nearest?.signer, nearest?.reasons ?? [reasonOf(undefined)])
      : judged(examined, passing, first, []);
  const safeMode = inSafeMode(requirement, examined);
  return safeMode === undefined ? one : { ...one, attestation: { ...one.attestation, safeMode } };
}

/** What is said of the CUE policy where nothing is passed over for cosign's sake. */
function inSafeMode(
  { cosign }: Requirement,
  { statement, readings }: Examined,
): ConsideredAttestation['safeMode'] {
  const read = readings.find((reading) => 'facts' in reading);
  if (cosign === undefined || statement === undefined || read === undefined) return undefined;
  try {
    const reasons = cosign.safe(statement, read.facts);
    return { outcome: outcomeOf(reasons), reasons };
  } catch (error) {
    const reasons = [reasonOf(error)];
    return { outcome: outcomeOf(reasons), reasons };
  }
}

/** Who answers for what; a signature over the artifact itself has signers, but nothing to read. */
function readingsOf({
  readings,
  signers,
  statement,
}: Examined): readonly (Reading | { readonly signer: Signer })[] {
  return statement === undefined ? signers.map((signer) => ({ signer })) : readings;
}

function evaluate(
  requirement: Requirement,
  { statement, subject }: Examined,
  reading: Reading | { readonly signer: Signer },
  site: Site,
  now: Date,
): readonly Reason[] {
  const { signer } = reading;
  if ('failure' in reading) return [reading.failure];
  try {
    if ('facts' in reading && statement !== undefined && subject !== undefined) {
      return evaluateRequirement(requirement, {
        statement,
        subject,
        facts: reading.facts,
        signer,
        now,
        site,
      });
    }
    return needsStatement(requirement)
      ? [noStatement(site)]
      : evaluateSigner(requirement.signers, { signer, site });
  } catch (error) {
    return [reasonOf(error)];
  }
}

function noStatement(site: Site): Reason {
  return {
    code: 'ATTESTATION_MISSING',
    message: 'a signature over the artifact itself states nothing that the requirement could check',
    expected: 'an attestation: a statement in a DSSE envelope',
    found: 'a message signature',
    at: site.position(),
  };
}

function judged(
  examined: Examined,
  passing: readonly Signer[],
  signer: Signer | undefined,
  reasons: readonly Reason[],
): Judged {
  const { digest, source, statement } = examined;
  return {
    examined,
    passing,
    attestation: {
      digest,
      source,
      outcome: outcomeOf(reasons),
      predicateType: statement?.predicateType,
      signer: signer === undefined ? undefined : nameOf(signer),
      issuer: signer?.issuer,
      times: signer?.times ?? [],
      reasons,
    },
  };
}

function nameOf({ kind, identity, keyName, keyDigest }: Signer): string {
  return kind === 'key' ? `key:${keyName ?? keyDigest}` : (identity ?? keyDigest);
}
