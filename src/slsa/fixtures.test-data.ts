import type { Statement } from '#core/in-toto-attestation/types';
import type { JsonObject, JsonValue } from '#core/json/value';
import type { Signer } from '#core/sigstore/signer';
import type { FulcioExtensions } from '#core/x509/fulcio-extensions';
import { GENERATOR_WORKFLOWS, NPM_RUNNER } from './builder-id.ts';

// Provenance of every builder, for the tests beside this file.

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const REF = 'refs/tags/v1.2.3';
const WORKFLOW = '.github/workflows/release.yml';
const SOURCE = `git+https://github.com/octo/app@${REF}`;
const RUN = 'https://github.com/octo/app/actions/runs/77/attempts/2';

export const extensions: FulcioExtensions = {
  issuer: 'https://token.actions.githubusercontent.com',
  githubWorkflowName: 'Release',
  buildSignerUri: `${GENERATOR_WORKFLOWS}generator_generic_slsa3.yml@refs/tags/v2.1.0`,
  buildSignerDigest: 'f'.repeat(40),
  runnerEnvironment: 'github-hosted',
  sourceRepositoryUri: 'https://github.com/octo/app',
  sourceRepositoryDigest: COMMIT,
  sourceRepositoryRef: REF,
  sourceRepositoryIdentifier: '11',
  sourceRepositoryOwnerUri: 'https://github.com/octo',
  sourceRepositoryOwnerIdentifier: '22',
  buildConfigUri: `https://github.com/octo/app/${WORKFLOW}@${REF}`,
  buildConfigDigest: COMMIT,
  buildTrigger: 'push',
  runInvocationUri: RUN,
  sourceRepositoryVisibilityAtSigning: 'public',
};

export function signerFor(identity: string, changes: FulcioExtensions = {}): Signer {
  return {
    kind: 'certificate',
    keyDigest: '0'.repeat(64),
    keyName: undefined,
    identity,
    identityType: 'uri',
    issuer: extensions.issuer,
    extensions: { ...extensions, buildSignerUri: identity, ...changes },
    certificateDigest: '1'.repeat(64),
    times: [{ source: 'log', time: '2026-01-02T12:00:00Z', authority: 'https://rekor.example' }],
    logEntries: [],
  };
}

export const keySigner: Signer = {
  ...signerFor(''),
  kind: 'key',
  keyName: 'release-key',
  identity: undefined,
  identityType: undefined,
  issuer: undefined,
  extensions: {},
  certificateDigest: undefined,
};

export function statementOf(predicateType: string, predicate: JsonValue): Statement {
  const subject = { name: 'app', uri: undefined, digest: { sha256: 'a'.repeat(64) } };
  return {
    type: 'https://in-toto.io/Statement/v1',
    subjects: [subject],
    predicateType,
    predicate,
    document: {},
    payload: new Uint8Array(),
  };
}

export interface Fixture {
  readonly statement: Statement;
  readonly signer: Signer;
}

const lowerContext = {
  github_event_name: 'push',
  github_ref: REF,
  github_ref_type: 'tag',
  github_base_ref: '',
  github_sha1: COMMIT,
  github_repository_id: '11',
  github_repository_owner: 'octo',
  github_repository_owner_id: '22',
  github_run_id: '77',
  github_run_attempt: '2',
  github_event_payload: {
    base_ref: 'refs/heads/main',
    repository: { full_name: 'octo/app', id: 11, owner: { id: 22 } },
  },
};

const upperContext = {
  GITHUB_EVENT_NAME: 'push',
  GITHUB_REF: REF,
  GITHUB_REPOSITORY: 'octo/app',
  GITHUB_REPOSITORY_ID: '11',
  GITHUB_REPOSITORY_OWNER_ID: '22',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_RUN_ID: 77,
  GITHUB_SHA: COMMIT,
  GITHUB_WORKFLOW: 'Release',
  GITHUB_WORKFLOW_REF: `octo/app/${WORKFLOW}@${REF}`,
  GITHUB_WORKFLOW_SHA: COMMIT,
};

function v02(builderId: string, buildType: string, environment: JsonObject): JsonObject {
  return {
    builder: { id: builderId },
    buildType,
    invocation: {
      configSource: { uri: SOURCE, digest: { sha1: COMMIT }, entryPoint: WORKFLOW },
      parameters: {},
      environment,
    },
    metadata: {
      buildInvocationID: '77-2',
      completeness: { parameters: true, environment: false, materials: false },
      reproducible: false,
    },
    materials: [{ uri: SOURCE, digest: { sha1: COMMIT } }],
  };
}

const V02 = 'https://slsa.dev/provenance/v0.2';
const V1 = 'https://slsa.dev/provenance/v1';
const GENERATOR = 'https://github.com/slsa-framework/slsa-github-generator';
const generic = `${GENERATOR_WORKFLOWS}generator_generic_slsa3.yml@refs/tags/v2.1.0`;
const containerBased = `${GENERATOR_WORKFLOWS}builder_container-based_slsa3.yml@refs/tags/v2.1.0`;
const nodejs = `${GENERATOR_WORKFLOWS}builder_nodejs_slsa3.yml@refs/tags/v2.1.0`;
const hermetic =
  'https://github.com/kubeedge/edgeseal/.github/workflows/edgeseal-hermetic.yml@refs/tags/v1.0.0';
const delegator = `${GENERATOR_WORKFLOWS}delegator_lowperms-generic_slsa3.yml@refs/tags/v2.1.0`;
const ownWorkflow = `https://github.com/octo/app/${WORKFLOW}@${REF}`;

function workflowV1(
  builderId: string,
  buildType: string,
  github: JsonObject,
  external: JsonObject = {},
): JsonObject {
  return {
    buildDefinition: {
      buildType,
      externalParameters: {
        ...external,
        workflow: { ref: REF, repository: 'https://github.com/octo/app', path: WORKFLOW },
      },
      internalParameters: { github },
      resolvedDependencies: [{ uri: SOURCE, digest: { gitCommit: COMMIT } }],
    },
    runDetails: { builder: { id: builderId }, metadata: { invocationId: RUN } },
  };
}

/** One document of each builder family, each agreeing with its signer. */
export const fixtures = {
  'generic generator': {
    statement: statementOf(V02, v02(generic, `${GENERATOR}/generic@v1`, lowerContext)),
    signer: signerFor(generic),
  },
  'npm v0.2': {
    statement: statementOf(V02, v02(NPM_RUNNER, 'https://github.com/npm/cli/gha/v2', upperContext)),
    signer: signerFor(ownWorkflow),
  },
  'delegated builder': {
    statement: statementOf(V02, v02(nodejs, `${GENERATOR}/delegator-generic@v0`, upperContext)),
    signer: signerFor(delegator),
  },
  'npm v1': {
    statement: statementOf(
      V1,
      workflowV1(
        `${NPM_RUNNER}/github-hosted`,
        'https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1',
        { event_name: 'push', repository_id: '11', repository_owner_id: '22' },
      ),
    ),
    signer: signerFor(ownWorkflow),
  },
  'GitHub attestation': {
    statement: statementOf(
      V1,
      workflowV1(ownWorkflow, 'https://actions.github.io/buildtypes/workflow/v1', {
        event_name: 'push',
        repository_id: '11',
        repository_owner_id: '22',
        runner_environment: 'github-hosted',
      }),
    ),
    signer: signerFor(ownWorkflow),
  },
  'hermetic builder of edgeseal': {
    statement: statementOf(
      V1,
      workflowV1(
        hermetic,
        'https://kubeedge.github.io/edgeseal/buildtypes/kubeedge-hermetic/v1',
        {
          event_name: 'push',
          repository_id: '11',
          repository_owner_id: '22',
          runner_environment: 'github-hosted',
        },
        { source: { repository: 'https://github.com/octo/app', ref: REF } },
      ),
    ),
    signer: signerFor(hermetic),
  },
  'hermetic builder of edgeseal, v0.2': {
    statement: statementOf(
      V02,
      v02(hermetic, 'https://kubeedge.github.io/edgeseal/buildtypes/kubeedge-hermetic/v1', lowerContext),
    ),
    signer: signerFor(hermetic),
  },
  'container-based builder': {
    statement: statementOf(V1, {
      buildDefinition: {
        buildType: 'https://slsa.dev/container-based-build/v0.1?draft',
        externalParameters: {
          source: { uri: SOURCE, digest: { sha1: COMMIT } },
          builderImage: { uri: 'bash@sha256:00', digest: { sha256: '2'.repeat(64) } },
          configPath: 'config.toml',
        },
        internalParameters: {
          ...upperContext,
          GITHUB_EVENT_PAYLOAD: { base_ref: 'refs/heads/main' },
        },
        resolvedDependencies: [{ uri: SOURCE, digest: { sha1: COMMIT } }],
      },
      runDetails: { builder: { id: containerBased }, metadata: { invocationId: RUN } },
    }),
    signer: signerFor(containerBased),
  },
} satisfies Record<string, Fixture>;
