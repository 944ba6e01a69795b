import { refuse } from '#core/errors/error';
import type { Signer } from '#core/sigstore/signer';
import { bindCertificate, certified, isBuilderIdCertified } from './bind-certificate.ts';
import { branchOf, parseWorkflowRef, tagOf } from './git-source.ts';
import type { BoundField, Claim, ProvenanceClaims } from './claims.ts';
import type { Fact, ProvenanceFacts } from './facts.ts';

/** A build may begin this long before its signature was logged: GitHub ends a job after five days. Seconds. */
const LOG_WINDOW = 5 * 24 * 3600;
/** Clocks of builder and log may differ by this. Seconds. */
const CLOCK_SKEW = 300;

/**
 * The facts of provenance: its claims, compared with the certificate, each labelled by who answers for it.
 * What the document leaves out but the certificate states is a fact too.
 * @throws PROVENANCE_CONTRADICTS_CERTIFICATE, PROVENANCE_INVALID
 */
export function factsOfProvenance(claims: ProvenanceClaims, signer: Signer): ProvenanceFacts {
  bindCertificate(claims, signer);
  checkAgreement(claims);
  const bound = (field: BoundField): Fact<string> | undefined => boundFact(claims, field, signer);
  const sourceRef = claims.otherSource === undefined ? bound('ref') : undefined;
  const workflowPath = bound('workflowPath') ?? fromWorkflowRef(bound('workflowRef'));
  return {
    kind: 'provenance',
    predicateType: claims.predicateType,
    builderId: { ...claims.builderId, by: isBuilderIdCertified(claims, signer) ? 'certificate' : 'builder' },
    buildType: asserted(claims.buildType),
    sourceRepository: bound('repository'),
    sourceRef,
    sourceBranch: branchFact(sourceRef, claims),
    sourceTag: mapFact(sourceRef, tagOf),
    sourceDigest: claims.otherSource === undefined ? bound('commit') : optional(claims.otherSource.commit),
    workflowPath,
    trigger: bound('trigger'),
    runnerEnvironment: bound('runnerEnvironment'),
    repositoryId: bound('repositoryId'),
    ownerId: bound('ownerId'),
    invocationId: invocationFact(claims, signer),
    workflowInputs: optional(claims.workflowInputs),
    externalParameters: optional(claims.externalParameters),
    dependencies: asserted(claims.dependencies),
    dependenciesComplete: optional(claims.dependenciesComplete),
    hermetic: optional(claims.hermetic),
    reproducible: optional(claims.reproducible),
    startedOn: timeFact(claims.startedOn, signer),
    finishedOn: timeFact(claims.finishedOn, signer),
  };
}

/** Where no certificate settles a field, the document must at least agree with itself about it. */
function checkAgreement(claims: ProvenanceClaims): void {
  const first = new Map<BoundField, Claim>();
  for (const claim of claims.bound) {
    const known = first.get(claim.field);
    if (known === undefined) first.set(claim.field, claim);
    else if (known.value !== claim.value) {
      refuse('PROVENANCE_INVALID', 'the provenance contradicts itself', {
        path: claim.path,
        expected: `${JSON.stringify(known.value.slice(0, 200))} (${known.path})`,
        found: JSON.stringify(claim.value.slice(0, 200)),
      });
    }
  }
}

/** The first claim about a field, else what the certificate says about it. */
function boundFact(claims: ProvenanceClaims, field: BoundField, signer: Signer): Fact<string> | undefined {
  const claim = claims.bound.find((each) => each.field === field);
  const stated = certified(field, signer);
  if (claim !== undefined) {
    return { value: claim.value, path: claim.path, by: stated === undefined ? 'builder' : 'certificate' };
  }
  return stated === undefined
    ? undefined
    : { value: stated.value, path: stated.extension, by: 'certificate' };
}

function fromWorkflowRef(fact: Fact<string> | undefined): Fact<string> | undefined {
  return mapFact(fact, (value) => parseWorkflowRef(value)?.path);
}

function branchFact(ref: Fact<string> | undefined, claims: ProvenanceClaims): Fact<string> | undefined {
  const branch = mapFact(ref, branchOf);
  if (branch !== undefined || mapFact(ref, tagOf) === undefined) return branch;
  return optional(claims.baseBranch);
}

function invocationFact(claims: ProvenanceClaims, signer: Signer): Fact<string> | undefined {
  if (claims.invocationId === undefined) return boundFact(claims, 'runUri', signer);
  const { path } = claims.invocationId;
  const compared = claims.bound.some(
    (claim) => claim.path === path && certified(claim.field, signer) !== undefined,
  );
  return { ...claims.invocationId, by: compared ? 'certificate' : 'builder' };
}

/** A time that a log's or authority's time bears out, within the window in which a build may have run. */
function timeFact(claim: Claim | undefined, signer: Signer): Fact<string> | undefined {
  if (claim === undefined) return undefined;
  const stated = Date.parse(claim.value) / 1000;
  const isNear = signer.times.some(({ time }) => {
    const age = Date.parse(time) / 1000 - stated;
    return age >= -CLOCK_SKEW && age <= LOG_WINDOW;
  });
  return { ...claim, by: isNear ? 'log' : 'builder' };
}

function mapFact(
  fact: Fact<string> | undefined,
  map: (value: string) => string | undefined,
): Fact<string> | undefined {
  const value = fact === undefined ? undefined : map(fact.value);
  return fact === undefined || value === undefined ? undefined : { ...fact, value };
}

function optional<T>(claim: Claim<T> | undefined): Fact<T> | undefined {
  return claim === undefined ? undefined : asserted(claim);
}

function asserted<T>(claim: Claim<T>): Fact<T> {
  return { value: claim.value, path: claim.path, by: 'builder' };
}
