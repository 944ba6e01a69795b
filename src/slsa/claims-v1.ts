import { refuse } from '#core/errors/error';
import { parseDigestSet } from '#core/in-toto-attestation/digest-set';
import { at, optionalObjectOf, type Where } from '#core/json/shape';
import { isObject, member, type JsonObject, type JsonValue } from '#core/json/value';
import { parseGitUri, parseWorkflowRef } from './git-source.ts';
import { readGithubContext, scalarAt } from './github-context.ts';
import { parseProvenanceV1, type ProvenanceV1 } from './provenance-v1.ts';
import { commitClaims, readSourceMaterial, type Trigger } from './source-material.ts';
import { textAt } from './fields.ts';
import type { BoundClaim, BoundField, Claim, ProvenanceClaims } from './claims.ts';

const CONTAINER_BASED = 'https://slsa.dev/container-based-build/v0.1?draft';
const DELEGATED = 'https://github.com/slsa-framework/slsa-github-generator/delegator-generic@v0';
/** edgeseal-release's, see docs/buildtype.md. */
const HERMETIC = 'https://kubeedge.github.io/edgeseal/buildtypes/kubeedge-hermetic/v1';
/** GitHub's own build type, the community's twin that npm's command line writes, and ours. */
const WORKFLOW_BUILD_TYPES: ReadonlySet<string> = new Set([
  HERMETIC,
  'https://actions.github.io/buildtypes/workflow/v1',
  'https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1',
]);

const EXTERNAL: Where = { code: 'PROVENANCE_INVALID', path: 'predicate.buildDefinition.externalParameters' };
const INTERNAL: Where = { code: 'PROVENANCE_INVALID', path: 'predicate.buildDefinition.internalParameters' };
const SOURCE_DEPENDENCY = 'predicate.buildDefinition.resolvedDependencies[0]';

/**
 * The claims of SLSA provenance v1: GitHub's workflow build type (actions/attest, npm's command line), the
 * container-based and the delegated builders of slsa-github-generator, and others as far as they follow the
 * same names.
 * @throws PROVENANCE_INVALID, DIGEST_INVALID, RESOURCE_DESCRIPTOR_INVALID
 */
export function claimsOfV1(predicateType: string, predicate: JsonValue): ProvenanceClaims {
  const provenance = parseProvenanceV1(predicate);
  const { externalParameters, internalParameters, invocationId } = provenance;
  const context = readGithubContext(internalParameters, INTERNAL);
  const bound: BoundClaim[] = [
    ...workflowClaims(externalParameters),
    ...githubClaims(internalParameters),
    ...context.bound,
  ];
  const source = sourceClaims(provenance, bound);
  if (invocationId !== undefined && (source.isKnown || /\/actions\/runs\//.test(invocationId))) {
    bound.push({ field: 'runUri', value: invocationId, path: 'predicate.runDetails.metadata.invocationId' });
  }
  const claim = <T>(value: T | undefined, path: string): Claim<T> | undefined =>
    value === undefined ? undefined : { value, path };
  return {
    predicateType,
    builderId: { value: provenance.builderId, path: 'predicate.runDetails.builder.id' },
    buildType: { value: provenance.buildType, path: 'predicate.buildDefinition.buildType' },
    bound: [...bound, ...source.bound],
    otherSource: source.otherSource,
    baseBranch: context.baseBranch,
    workflowInputs: context.inputs ?? dispatchInputs(bound, externalParameters),
    externalParameters: claim<JsonValue>(externalParameters, EXTERNAL.path),
    dependencies: {
      value: provenance.resolvedDependencies,
      path: 'predicate.buildDefinition.resolvedDependencies',
    },
    ...hermeticClaims(internalParameters),
    reproducible: undefined,
    invocationId: claim(invocationId, 'predicate.runDetails.metadata.invocationId'),
    startedOn: claim(provenance.startedOn, 'predicate.runDetails.metadata.startedOn'),
    finishedOn: claim(provenance.finishedOn, 'predicate.runDetails.metadata.finishedOn'),
  };
}

/** `externalParameters.workflow`: ref, repository, path. */
function workflowClaims(external: JsonObject | undefined): readonly BoundClaim[] {
  const workflow = external === undefined ? undefined : member(external, 'workflow');
  if (!isObject(workflow)) return [];
  const fields: readonly (readonly [string, BoundField])[] = [
    ['repository', 'repository'],
    ['ref', 'ref'],
    ['path', 'workflowPath'],
  ];
  return scalarClaims(workflow, fields, at(EXTERNAL, 'workflow'));
}

/** `internalParameters.github`. */
function githubClaims(internal: JsonObject): readonly BoundClaim[] {
  const where = at(INTERNAL, 'github');
  const github = optionalObjectOf(member(internal, 'github'), where);
  if (github === undefined) return [];
  const fields: readonly (readonly [string, BoundField])[] = [
    ['event_name', 'trigger'],
    ['repository_id', 'repositoryId'],
    ['repository_owner_id', 'ownerId'],
    ['runner_environment', 'runnerEnvironment'],
  ];
  return scalarClaims(github, fields, where);
}

function scalarClaims(
  object: JsonObject,
  fields: readonly (readonly [string, BoundField])[],
  where: Where,
): readonly BoundClaim[] {
  return fields.flatMap(([key, field]) => {
    const claim = scalarAt(object, key, where);
    return claim === undefined ? [] : [{ field, ...claim }];
  });
}

interface SourceClaims {
  readonly isKnown: boolean;
  readonly bound: readonly BoundClaim[];
  readonly otherSource: ProvenanceClaims['otherSource'];
}

function sourceClaims(provenance: ProvenanceV1, bound: readonly BoundClaim[]): SourceClaims {
  const { buildType } = provenance;
  const isWorkflow = WORKFLOW_BUILD_TYPES.has(buildType);
  if (!isWorkflow && buildType !== CONTAINER_BASED && buildType !== DELEGATED) {
    return { isKnown: false, bound: [], otherSource: undefined };
  }
  const trigger = isWorkflow ? workflowTrigger(bound) : variablesTrigger(bound);
  const material = readSourceMaterial(
    trigger,
    provenance.resolvedDependencies[0],
    SOURCE_DEPENDENCY,
    buildType === DELEGATED ? 'other source' : 'never',
  );
  const triggered: BoundClaim[] = [{ field: 'repository', value: trigger.repository, path: trigger.path }];
  if (trigger.ref !== undefined) triggered.push({ field: 'ref', value: trigger.ref, path: trigger.path });
  const parameter =
    buildType === CONTAINER_BASED
      ? sourceParameter(provenance.externalParameters)
      : buildType === HERMETIC
        ? hermeticSource(provenance.externalParameters)
        : [];
  return {
    isKnown: true,
    bound: [...triggered, ...material.bound, ...parameter],
    otherSource: material.otherSource,
  };
}

function workflowTrigger(bound: readonly BoundClaim[]): Trigger {
  const path = at(EXTERNAL, 'workflow').path;
  const inWorkflow = bound.filter((claim) => claim.path.startsWith(path));
  const repository = inWorkflow.find((claim) => claim.field === 'repository')?.value;
  const ref = inWorkflow.find((claim) => claim.field === 'ref')?.value;
  if (repository !== undefined && ref !== undefined) return { repository, ref, path };
  return refuseTrigger(path, 'ref, repository and path of the workflow');
}

function variablesTrigger(bound: readonly BoundClaim[]): Trigger {
  const claim = bound.find(({ field }) => field === 'workflowRef');
  const workflow = parseWorkflowRef(claim?.value ?? '');
  if (claim !== undefined && workflow !== undefined) {
    return { repository: `https://github.com/${workflow.repository}`, ref: workflow.ref, path: claim.path };
  }
  return refuseTrigger(at(INTERNAL, 'GITHUB_WORKFLOW_REF').path, '<owner>/<repository>/<path>@<ref>');
}

function refuseTrigger(path: string, expected: string): never {
  return refuse('PROVENANCE_INVALID', 'the provenance does not say what triggered the build', {
    path,
    expected,
    found: 'none, or only a part',
  });
}

/** edgeseal's builder names the source beside the workflow: the one that triggered it, and no other. */
function hermeticSource(external: JsonObject | undefined): readonly BoundClaim[] {
  const where = at(EXTERNAL, 'source');
  const source =
    optionalObjectOf(external === undefined ? undefined : member(external, 'source'), where) ?? {};
  return scalarClaims(
    source,
    [
      ['repository', 'repository'],
      ['ref', 'ref'],
    ],
    where,
  );
}

/** The container-based builder repeats the source among the external parameters. */
function sourceParameter(external: JsonObject | undefined): readonly BoundClaim[] {
  const where = at(EXTERNAL, 'source');
  const source = optionalObjectOf(external === undefined ? undefined : member(external, 'source'), where);
  if (source === undefined) return [];
  const uri = textAt(source, 'uri', where);
  const git = parseGitUri(uri ?? '');
  if (git === undefined) {
    return refuse('PROVENANCE_INVALID', 'the source parameter is not a git URI', {
      path: at(where, 'uri').path,
      expected: 'git+https://<host>/<owner>/<repository>@<ref>',
      found: JSON.stringify(uri?.slice(0, 200) ?? null),
    });
  }
  const path = at(where, 'uri').path;
  const claims: BoundClaim[] = [{ field: 'repository', value: git.repository, path }];
  if (git.ref !== undefined) claims.push({ field: 'ref', value: git.ref, path });
  const digest = optionalObjectOf(member(source, 'digest'), at(where, 'digest'));
  return digest === undefined
    ? claims
    : [...claims, ...commitClaims(parseDigestSet(digest, at(where, 'digest')), at(where, 'digest').path)];
}

function dispatchInputs(
  bound: readonly BoundClaim[],
  external: JsonObject | undefined,
): Claim<JsonObject> | undefined {
  const isDispatched = bound.some(({ field, value }) => field === 'trigger' && value === 'workflow_dispatch');
  const value = external === undefined || !isDispatched ? undefined : member(external, 'inputs');
  return isObject(value) ? { value, path: at(EXTERNAL, 'inputs').path } : undefined;
}

/** edgeseal's own builder states how it kept the network out; only a rule for that builder makes it count. */
function hermeticClaims(internal: JsonObject): Pick<ProvenanceClaims, 'hermetic' | 'dependenciesComplete'> {
  const where = at(INTERNAL, 'edgeseal_hermetic');
  const stated = optionalObjectOf(member(internal, 'edgeseal_hermetic'), where);
  if (stated === undefined) return { hermetic: undefined, dependenciesComplete: undefined };
  const network = textAt(stated, 'network', where);
  const fetchPhase = textAt(stated, 'fetchPhase', where);
  return {
    hermetic: { value: network === 'none', path: at(where, 'network').path },
    dependenciesComplete: { value: fetchPhase === 'declared', path: at(where, 'fetchPhase').path },
  };
}
