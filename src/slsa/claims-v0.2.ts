import { refuse } from '#core/errors/error';
import { isObject, member, type JsonObject, type JsonValue } from '#core/json/value';
import { parseGitUri } from './git-source.ts';
import { readGithubContext } from './github-context.ts';
import { parseProvenanceV02, type ProvenanceV02 } from './provenance-v0.2.ts';
import { commitClaims, readSourceMaterial } from './source-material.ts';
import type { BoundClaim, Claim, ProvenanceClaims } from './claims.ts';

const GENERATOR = 'https://github.com/slsa-framework/slsa-github-generator';

/** How each known build type treats its source material; other build types promise nothing. */
const SOURCE_RULES: ReadonlyMap<string, 'never' | 'same source' | 'other source'> = new Map([
  [`${GENERATOR}/generic@v1`, 'never'],
  [`${GENERATOR}/go@v1`, 'never'],
  [`${GENERATOR}/container@v1`, 'never'],
  [`${GENERATOR}-go@v1`, 'never'],
  [`${GENERATOR}@v1`, 'never'],
  [`${GENERATOR}/delegator-generic@v0`, 'other source'],
  ['https://kubeedge.github.io/edgeseal/buildtypes/kubeedge-hermetic/v1', 'never'],
  ['https://github.com/npm/cli/gha@v1', 'same source'],
  ['https://github.com/npm/cli/gha/v2', 'never'],
]);

const SOURCE = 'predicate.invocation.configSource';

/**
 * The claims of SLSA provenance v0.2: slsa-github-generator's generic, Go, container and delegated builders,
 * npm's command line, and others as far as they follow the same names.
 * @throws PROVENANCE_INVALID, DIGEST_INVALID, RESOURCE_DESCRIPTOR_INVALID
 */
export function claimsOfV02(predicateType: string, predicate: JsonValue): ProvenanceClaims {
  const provenance = parseProvenanceV02(predicate);
  const { configSource, metadata, parameters } = provenance;
  const context = readGithubContext(provenance.environment ?? {}, {
    code: 'PROVENANCE_INVALID',
    path: 'predicate.invocation.environment',
  });
  const source = sourceClaims(provenance);
  const invocation: Claim | undefined =
    metadata.invocationId === undefined
      ? undefined
      : { value: metadata.invocationId, path: `predicate.metadata.${metadata.invocationIdKey}` };
  const bound: BoundClaim[] = [...source.bound, ...context.bound];
  if (invocation !== undefined && (source.isKnown || /^\d+-\d+$/.test(invocation.value))) {
    bound.push({ field: 'runAndAttempt', ...invocation });
  }
  const entryPoint = configSource.entryPoint;
  if (entryPoint !== undefined && (source.isKnown || entryPoint.startsWith('.github/workflows/'))) {
    bound.push({ field: 'workflowPath', value: entryPoint, path: `${SOURCE}.entryPoint` });
  }
  const claim = <T>(value: T | undefined, path: string): Claim<T> | undefined =>
    value === undefined ? undefined : { value, path };
  return {
    predicateType,
    builderId: { value: provenance.builderId, path: 'predicate.builder.id' },
    buildType: { value: provenance.buildType, path: 'predicate.buildType' },
    bound,
    otherSource: source.otherSource,
    baseBranch: context.baseBranch,
    workflowInputs: context.inputs ?? eventInputs(bound, parameters),
    externalParameters: claim(parameters, 'predicate.invocation.parameters'),
    dependencies: { value: provenance.materials, path: 'predicate.materials' },
    dependenciesComplete: claim(metadata.materialsComplete, 'predicate.metadata.completeness.materials'),
    hermetic: undefined,
    reproducible: claim(metadata.reproducible, 'predicate.metadata.reproducible'),
    invocationId: invocation,
    startedOn: claim(metadata.startedOn, 'predicate.metadata.buildStartedOn'),
    finishedOn: claim(metadata.finishedOn, 'predicate.metadata.buildFinishedOn'),
  };
}

interface SourceClaims {
  readonly isKnown: boolean;
  readonly bound: readonly BoundClaim[];
  readonly otherSource: ProvenanceClaims['otherSource'];
}

function sourceClaims(provenance: ProvenanceV02): SourceClaims {
  const { uri, digest } = provenance.configSource;
  const rule = SOURCE_RULES.get(provenance.buildType);
  const trigger = parseGitUri(uri ?? '');
  const bound: BoundClaim[] = [];
  if (trigger !== undefined) {
    bound.push({ field: 'repository', value: trigger.repository, path: `${SOURCE}.uri` });
    if (trigger.ref !== undefined) bound.push({ field: 'ref', value: trigger.ref, path: `${SOURCE}.uri` });
    bound.push(...commitClaims(digest, `${SOURCE}.digest`));
  }
  if (rule === undefined) return { isKnown: false, bound, otherSource: undefined };
  if (trigger?.ref === undefined) {
    return refuse('PROVENANCE_INVALID', 'the provenance does not say what triggered the build', {
      path: `${SOURCE}.uri`,
      expected: 'git+https://<host>/<owner>/<repository>@<ref>',
      found: JSON.stringify(uri?.slice(0, 200) ?? null),
    });
  }
  const material = readSourceMaterial(
    { ...trigger, path: `${SOURCE}.uri` },
    provenance.materials[0],
    'predicate.materials[0]',
    rule,
  );
  return { isKnown: true, bound: [...bound, ...material.bound], otherSource: material.otherSource };
}

/** slsa-github-generator also records the inputs of a `workflow_dispatch` as parameters. */
function eventInputs(
  bound: readonly BoundClaim[],
  parameters: JsonValue | undefined,
): Claim<JsonObject> | undefined {
  const isDispatched = bound.some(({ field, value }) => field === 'trigger' && value === 'workflow_dispatch');
  if (!isDispatched || !isObject(parameters)) return undefined;
  const value = member(parameters, 'event_inputs');
  return isObject(value) ? { value, path: 'predicate.invocation.parameters.event_inputs' } : undefined;
}
