import type { Claims } from './claims.ts';

/** A job of GitHub Actions, as far as its tokens tell about it; what is left out follows from the rest. */
export type Job = Partial<Omit<Claims, 'iss'>>;

/** All claims of a job's token that Fulcio asks for. */
export function claimsOf(job: Job, issuer: string): Claims {
  const repository = job.repository ?? 'example-org/example';
  const ref = job.ref ?? 'refs/tags/v0.1.0';
  const sha = job.sha ?? '4f1a3d0c5b6e7f8091a2b3c4d5e6f708192a3b4c';
  const workflowRef = job.workflow_ref ?? `${repository}/.github/workflows/release.yml@${ref}`;
  const context = job.environment === undefined ? `ref:${ref}` : `environment:${job.environment}`;
  return {
    sub: `repo:${repository}:${context}`,
    event_name: 'push',
    sha,
    workflow: 'release',
    repository,
    ref,
    job_workflow_ref: workflowRef,
    job_workflow_sha: sha,
    runner_environment: 'github-hosted',
    repository_id: '123456789',
    repository_owner: repository.split('/')[0] ?? '',
    repository_owner_id: '987654',
    workflow_ref: workflowRef,
    workflow_sha: sha,
    run_id: '7777777777',
    run_attempt: '1',
    repository_visibility: 'public',
    ...job,
    iss: issuer,
  };
}
