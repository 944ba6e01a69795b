import type { Job } from '../local/job.ts';

export const REPOSITORY = 'kubeedge/edgeseal';
export const TAG = 'v0.1.0';
export const REF = `refs/tags/${TAG}`;
const WORKFLOWS = `${REPOSITORY}/.github/workflows`;

/** The job of GitHub Actions that the release would be made by: the caller's workflow, and the builder that it calls. */
export function builderJob(commit: string): Job {
  return jobOf(commit, `${WORKFLOWS}/edgeseal-hermetic.yml@${REF}`);
}

/** A job of the same repository and tag, of a workflow that is not the builder. */
export function otherJob(commit: string): Job {
  return jobOf(commit, `${WORKFLOWS}/nightly.yml@${REF}`);
}

function jobOf(commit: string, workflow: string): Job {
  return {
    repository: REPOSITORY,
    ref: REF,
    sha: commit,
    workflow_ref: `${WORKFLOWS}/release.yml@${REF}`,
    workflow_sha: commit,
    job_workflow_ref: workflow,
    job_workflow_sha: commit,
  };
}
