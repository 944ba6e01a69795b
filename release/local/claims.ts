import type { JsonObject } from '#core/json/value';
import { textClaim } from './id-token.ts';

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

/**
 * The claims that Fulcio wants of GitHub's tokens: all of them, but for the environment, which few jobs have.
 * @param lacks throws, for a claim that cannot be used
 */
export function readClaims(token: JsonObject, lacks: (name: string) => never): Claims {
  const claim = (name: keyof Claims): string => textClaim(token, name) ?? lacks(name);
  return {
    iss: claim('iss'),
    sub: claim('sub'),
    event_name: claim('event_name'),
    sha: claim('sha'),
    workflow: claim('workflow'),
    repository: claim('repository'),
    ref: claim('ref'),
    job_workflow_ref: claim('job_workflow_ref'),
    job_workflow_sha: claim('job_workflow_sha'),
    runner_environment: claim('runner_environment'),
    repository_id: claim('repository_id'),
    repository_owner: claim('repository_owner'),
    repository_owner_id: claim('repository_owner_id'),
    workflow_ref: claim('workflow_ref'),
    workflow_sha: claim('workflow_sha'),
    run_id: claim('run_id'),
    run_attempt: claim('run_attempt'),
    repository_visibility: claim('repository_visibility'),
    environment: textClaim(token, 'environment'),
  };
}
