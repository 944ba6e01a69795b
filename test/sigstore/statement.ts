import type { Claims } from './claims.ts';
import type { Json } from './json.ts';

export interface StatementSubject {
  readonly name?: string | undefined;
  readonly digest: Readonly<Record<string, string>>;
}

/** An in-toto Statement to sign. */
export type StatementJson = { [key: string]: Json | undefined };

/** Makes a statement that agrees with the certificate's claims. */
export type StatementMaker = (subjects: readonly StatementSubject[], claims: Claims) => StatementJson;

const github = 'https://github.com/';

export function statementV1(
  subjects: readonly StatementSubject[],
  predicateType: string,
  predicate: Json,
): StatementJson {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: subjectsJson(subjects),
    predicateType,
    predicate,
  };
}

function statementV01(
  subjects: readonly StatementSubject[],
  predicateType: string,
  predicate: Json,
): StatementJson {
  return {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType,
    subject: subjectsJson(subjects),
    predicate,
  };
}

function subjectsJson(subjects: readonly StatementSubject[]): Json {
  return subjects.map(({ name, digest }) => ({ name, digest: { ...digest } }));
}

/** SLSA v1 as actions/attest-build-provenance writes it. */
export const githubProvenance: StatementMaker = (subjects, claims) =>
  statementV1(subjects, 'https://slsa.dev/provenance/v1', {
    buildDefinition: {
      buildType: 'https://actions.github.io/buildtypes/workflow/v1',
      externalParameters: {
        workflow: {
          ref: claims.ref,
          repository: github + claims.repository,
          path: workflowPath(claims),
        },
      },
      internalParameters: {
        github: {
          event_name: claims.event_name,
          repository_id: claims.repository_id,
          repository_owner_id: claims.repository_owner_id,
          runner_environment: claims.runner_environment,
        },
      },
      resolvedDependencies: [
        { uri: `git+${github}${claims.repository}@${claims.ref}`, digest: { gitCommit: claims.sha } },
      ],
    },
    runDetails: {
      builder: { id: github + claims.job_workflow_ref },
      metadata: {
        invocationId: `${github}${claims.repository}/actions/runs/${claims.run_id}/attempts/${claims.run_attempt}`,
      },
    },
  });

/** SLSA v0.2 as the generic generator of slsa-github-generator writes it. */
export const generatorProvenance: StatementMaker = (subjects, claims) => {
  const uri = `git+${github}${claims.repository}@${claims.ref}`;
  const refType = claims.ref.startsWith('refs/tags/') ? 'tag' : 'branch';
  return statementV01(subjects, 'https://slsa.dev/provenance/v0.2', {
    builder: { id: github + claims.job_workflow_ref },
    buildType: 'https://github.com/slsa-framework/slsa-github-generator/generic@v1',
    invocation: {
      configSource: { uri, digest: { sha1: claims.sha }, entryPoint: workflowPath(claims) },
      parameters: {},
      environment: {
        github_actor: 'octocat',
        github_actor_id: '1',
        github_base_ref: '',
        github_event_name: claims.event_name,
        github_event_payload: eventPayload(claims),
        github_head_ref: '',
        github_ref: claims.ref,
        github_ref_type: refType,
        github_repository_id: claims.repository_id,
        github_repository_owner: claims.repository_owner,
        github_repository_owner_id: claims.repository_owner_id,
        github_run_attempt: claims.run_attempt,
        github_run_id: claims.run_id,
        github_run_number: '42',
        github_sha1: claims.sha,
      },
    },
    metadata: {
      buildInvocationID: `${claims.run_id}-${claims.run_attempt}`,
      completeness: { parameters: true, environment: false, materials: false },
      reproducible: false,
    },
    materials: [{ uri, digest: { sha1: claims.sha } }],
  });
};

function eventPayload(claims: Claims): Json {
  const repository = { full_name: claims.repository, id: Number(claims.repository_id) };
  if (claims.event_name === 'workflow_dispatch') return { ref: claims.ref, repository, inputs: {} };
  const base = claims.ref.startsWith('refs/tags/') ? 'refs/heads/main' : null;
  return { ref: claims.ref, base_ref: base, after: claims.sha, repository };
}

/** SLSA v1 as `npm publish --provenance` writes it; its builder is the runner. */
export const npmProvenance: StatementMaker = (subjects, claims) =>
  statementV1(subjects, 'https://slsa.dev/provenance/v1', {
    buildDefinition: {
      buildType: 'https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1',
      externalParameters: {
        workflow: { ref: claims.ref, repository: github + claims.repository, path: workflowPath(claims) },
      },
      internalParameters: {
        github: {
          event_name: claims.event_name,
          repository_id: claims.repository_id,
          repository_owner_id: claims.repository_owner_id,
        },
      },
      resolvedDependencies: [
        { uri: `git+${github}${claims.repository}@${claims.ref}`, digest: { gitCommit: claims.sha } },
      ],
    },
    runDetails: {
      builder: { id: `${github}actions/runner/${claims.runner_environment}` },
      metadata: {
        invocationId: `${github}${claims.repository}/actions/runs/${claims.run_id}/attempts/${claims.run_attempt}`,
      },
    },
  });

/** The npm registry's own word on a publication; it signs by a plain key. */
export function npmPublish(name: string, version: string): StatementMaker {
  return (subjects) =>
    statementV01(subjects, 'https://github.com/npm/attestation/tree/main/specs/publish/v0.1', {
      name,
      version,
      registry: 'https://registry.npm.example',
    });
}

/** SLSA verification summary v1. */
export function verificationSummary(edit: Record<string, Json | undefined> = {}): StatementMaker {
  return (subjects) =>
    statementV1(subjects, 'https://slsa.dev/verification_summary/v1', {
      verifier: { id: 'https://verifier.example/v1' },
      timeVerified: '2026-01-15T10:05:00Z',
      resourceUri: 'https://example.org/example-1.2.3.tar.gz',
      policy: { uri: 'https://example.org/policy/v1', digest: { sha256: 'ab'.repeat(32) } },
      inputAttestations: [{ uri: 'https://example.org/provenance', digest: { sha256: 'cd'.repeat(32) } }],
      verificationResult: 'PASSED',
      verifiedLevels: ['SLSA_BUILD_LEVEL_3'],
      dependencyLevels: { SLSA_BUILD_LEVEL_1: 2 },
      slsaVersion: '1.2',
      ...edit,
    });
}

export const cycloneDx: StatementMaker = (subjects) =>
  statementV1(subjects, 'https://cyclonedx.org/bom', {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { timestamp: '2026-01-15T09:58:00Z' },
    components: [
      {
        type: 'library',
        name: 'left-pad',
        version: '1.3.0',
        purl: 'pkg:npm/left-pad@1.3.0',
        licenses: [{ license: { id: 'WTFPL' } }],
      },
    ],
  });

export const spdx: StatementMaker = (subjects) =>
  statementV1(subjects, 'https://spdx.dev/Document', {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: 'example',
    documentNamespace: 'https://example.org/spdx/example-1.2.3',
    creationInfo: { created: '2026-01-15T09:58:00Z', creators: ['Tool: example'] },
    packages: [
      {
        SPDXID: 'SPDXRef-Package-left-pad',
        name: 'left-pad',
        versionInfo: '1.3.0',
        downloadLocation: 'NOASSERTION',
        licenseConcluded: 'WTFPL',
        externalRefs: [
          {
            referenceCategory: 'PACKAGE-MANAGER',
            referenceType: 'purl',
            referenceLocator: 'pkg:npm/left-pad@1.3.0',
          },
        ],
      },
    ],
  });

/** `.github/workflows/release.yml` of `owner/repo/.github/workflows/release.yml@ref`. */
function workflowPath(claims: Claims): string {
  const path = claims.workflow_ref.slice(0, claims.workflow_ref.lastIndexOf('@'));
  return path.split('/').slice(2).join('/');
}
