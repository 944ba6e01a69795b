import type { Claims } from '../../release/local/claims.ts';

export type { Claims };
export { identityOf } from '../../release/local/claims.ts';

export const githubIssuer = 'https://token.actions.githubusercontent.com';

const sha = '4f1a3d0c5b6e7f8091a2b3c4d5e6f708192a3b4c';

/** A tag push in example-org/example, built by its own release workflow. */
export const githubClaims: Claims = {
  iss: githubIssuer,
  sub: 'repo:example-org/example:ref:refs/tags/v1.2.3',
  event_name: 'push',
  sha,
  workflow: 'release',
  repository: 'example-org/example',
  ref: 'refs/tags/v1.2.3',
  job_workflow_ref: 'example-org/example/.github/workflows/release.yml@refs/tags/v1.2.3',
  job_workflow_sha: sha,
  runner_environment: 'github-hosted',
  repository_id: '123456789',
  repository_owner: 'example-org',
  repository_owner_id: '987654',
  workflow_ref: 'example-org/example/.github/workflows/release.yml@refs/tags/v1.2.3',
  workflow_sha: sha,
  run_id: '7777777777',
  run_attempt: '1',
  repository_visibility: 'public',
};

/** The same run, where the generic SLSA generator's reusable workflow signs. */
export const generatorClaims: Claims = {
  ...githubClaims,
  job_workflow_ref:
    'slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@refs/tags/v2.1.0',
  job_workflow_sha: 'f7dd8c54c2067bafc12ca7a55595d5ee9b75204a',
};
