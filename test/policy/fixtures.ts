import { canonicalize } from '#core/json/canonical';
import type { Reason } from '#core/errors/reason';
import type { Statement, Subject } from '#core/in-toto-attestation/types';
import type { JsonObject } from '#core/json/value';
import type { RequirementDocument } from '#core/policy/document';
import { evaluateRequirement } from '#core/policy/evaluate-requirement';
import { parsePolicy } from '#core/policy/parse-policy';
import type { Policy } from '#core/policy/policy';
import { Site } from '#core/policy/site';
import type { Signer } from '#core/sigstore/signer';
import type { Fact, Facts, ProvenanceFacts } from '#core/slsa/facts';

const NOW = new Date('2026-06-01T12:00:00Z');
export const GITHUB = 'https://token.actions.githubusercontent.com';
export const BUILDER = 'https://github.com/kubeedge/builder/.github/workflows/build.yml';
export const IDENTITY = `${BUILDER}@refs/tags/v1.2.3`;

export const anyGithubSigner = { issuer: GITHUB, identity: 'https://github.com/**' };

export const signer: Signer = {
  kind: 'certificate',
  keyDigest: 'a'.repeat(64),
  keyName: undefined,
  identity: IDENTITY,
  identityType: 'uri',
  issuer: GITHUB,
  extensions: {
    sourceRepositoryUri: 'https://github.com/kubeedge/kubeedge',
    runnerEnvironment: 'github-hosted',
  },
  certificateDigest: 'b'.repeat(64),
  times: [{ source: 'log', time: '2026-05-01T00:00:00Z', authority: 'https://rekor.sigstore.dev' }],
  logEntries: [],
};

export const keySigner: Signer = {
  ...signer,
  kind: 'key',
  keyDigest: 'c'.repeat(64),
  keyName: 'release.pub',
  identity: undefined,
  identityType: undefined,
  issuer: undefined,
  extensions: {},
  certificateDigest: undefined,
  times: [],
};

export function fact<T>(value: T, path: string): Fact<T> {
  return { value, by: 'certificate', path };
}

export const provenance: ProvenanceFacts = {
  kind: 'provenance',
  predicateType: 'https://slsa.dev/provenance/v1',
  builderId: fact(IDENTITY, 'predicate.runDetails.builder.id'),
  buildType: fact('https://actions.github.io/buildtypes/workflow/v1', 'predicate.buildDefinition.buildType'),
  sourceRepository: fact(
    'https://github.com/kubeedge/kubeedge',
    'predicate.buildDefinition.externalParameters.workflow.repository',
  ),
  sourceRef: fact('refs/tags/v1.20.1', 'predicate.buildDefinition.externalParameters.workflow.ref'),
  sourceBranch: undefined,
  sourceTag: fact('v1.20.1', 'predicate.buildDefinition.externalParameters.workflow.ref'),
  sourceDigest: fact('d'.repeat(40), 'predicate.buildDefinition.resolvedDependencies[0].digest.gitCommit'),
  workflowPath: fact(
    '.github/workflows/release.yml',
    'predicate.buildDefinition.externalParameters.workflow.path',
  ),
  trigger: fact('push', 'predicate.buildDefinition.internalParameters.github.event_name'),
  runnerEnvironment: fact('github-hosted', 'runnerEnvironment'),
  repositoryId: fact('1234', 'sourceRepositoryIdentifier'),
  ownerId: fact('5678', 'sourceRepositoryOwnerIdentifier'),
  invocationId: undefined,
  workflowInputs: fact<JsonObject>({ release: 'true' }, 'predicate.inputs'),
  externalParameters: fact({ version: 'v1', debug: false }, 'predicate.buildDefinition.externalParameters'),
  dependencies: fact(
    [
      { uri: 'git+https://github.com/kubeedge/kubeedge@refs/tags/v1.20.1' },
      { uri: 'https://go.dev/dl/go.tar.gz' },
    ],
    'predicate.buildDefinition.resolvedDependencies',
  ),
  dependenciesComplete: fact(true, 'predicate.complete'),
  hermetic: fact(true, 'predicate.hermetic'),
  reproducible: undefined,
  startedOn: undefined,
  finishedOn: undefined,
};

const subject: Subject = {
  name: 'pkg:npm/%40kubeedge/keadm@1.20.1',
  uri: undefined,
  digest: { sha256: 'e'.repeat(64) },
};

function statementOf(predicate: JsonObject, predicateType: string): Statement {
  return {
    type: 'https://in-toto.io/Statement/v1',
    subjects: [subject],
    predicateType,
    predicate,
    document: { predicateType, predicate },
    payload: Buffer.from(canonicalize({ predicateType, predicate })),
  };
}

async function policyOf(requirement: RequirementDocument | JsonObject): Promise<Policy> {
  return parsePolicy(
    JSON.stringify({ name: 'test', requirements: [requirement] }, undefined, 2),
    'policy.json',
  );
}

export interface Given {
  readonly facts?: Facts;
  readonly signer?: Signer;
  readonly predicate?: JsonObject;
}

/** The reasons of one requirement, read from JSON, on one attestation. */
export async function reasonsFor(
  requirement: RequirementDocument | JsonObject,
  given: Given = {},
): Promise<readonly Reason[]> {
  const policy = await policyOf(requirement);
  const [compiled] = policy.requirements;
  if (compiled === undefined) throw new Error('no requirement');
  const facts = given.facts ?? provenance;
  return evaluateRequirement(compiled, {
    statement: statementOf(given.predicate ?? {}, facts.predicateType),
    subject,
    facts,
    signer: given.signer ?? signer,
    now: NOW,
    site: new Site(policy.locate, compiled.path),
  });
}

/** The code of each reason. */
export function codesOf(reasons: readonly Reason[]): readonly string[] {
  return reasons.map(({ code }) => code);
}
