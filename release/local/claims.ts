/** A GitHub Actions OIDC token's claims, as far as Fulcio puts them into a certificate. */
export interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly event_name: string;
  readonly sha: string;
  readonly workflow: string;
  readonly repository: string;
  readonly ref: string;
  readonly job_workflow_ref: string;
  readonly job_workflow_sha: string;
  readonly runner_environment: string;
  readonly repository_id: string;
  readonly repository_owner: string;
  readonly repository_owner_id: string;
  readonly workflow_ref: string;
  readonly workflow_sha: string;
  readonly run_id: string;
  readonly run_attempt: string;
  readonly repository_visibility: string;
  /** The deployment environment, where the job names one. */
  readonly environment?: string | undefined;
}

/** The subject alternative name that Fulcio gives to a token of GitHub's. */
export function identityOf(claims: Pick<Claims, 'job_workflow_ref'>): string {
  return `https://github.com/${claims.job_workflow_ref}`;
}
