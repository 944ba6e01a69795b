import { fromBase64Protobuf } from '#core/bytes/base64';
import { EdgesealError, refuse } from '#core/errors/error';
import { parseJsonBytes } from '#core/json/parse';
import { objectOf, type Where } from '#core/json/shape';
import { isArray, member, type JsonObject } from '#core/json/value';
import { readClaims, type Claims } from '../local/claims.ts';

/**
 * Who signs, by the claims of the identity token: what Fulcio puts into the certificate, so that provenance can say the
 * same. Only GitHub's workflows have all of them.
 * @see https://docs.github.com/actions/reference/security/oidc
 */
export interface WorkflowIdentity {
  readonly issuer: string;
  /** `https://github.com/OWNER/NAME`, whose workflow runs. */
  readonly repository: string;
  readonly ref: string;
  readonly commit: string;
  /** Of the workflow that the event started, in the repository: `.github/workflows/release.yml`. */
  readonly workflowPath: string;
  /** The workflow that signs, as `https://github.com/OWNER/NAME/PATH@REF`: the certificate's subject, and the builder. */
  readonly builder: string;
  readonly event: string;
  readonly runnerEnvironment: string;
  readonly repositoryId: string;
  readonly ownerId: string;
  readonly runId: string;
  readonly runAttempt: string;
}

/** The audience that Fulcio asks for. */
export const AUDIENCE = 'sigstore';
const HOST = 'https://github.com/';
const TOKEN: Where = { code: 'IDENTITY_TOKEN_INVALID', path: '' };
const HINT =
  'in a workflow of GitHub: permissions: id-token: write; on this machine: edgeseal-release local up gives tokens for trials';

/**
 * Reads the claims of an identity token. Nothing checks its signature here: Fulcio does. The token is never shown.
 * @param now milliseconds since 1970
 * @throws IDENTITY_TOKEN_INVALID
 */
export function readIdentity(token: string, now: number): WorkflowIdentity {
  const claims = claimsOf(token);
  checkAudience(claims);
  checkTime(claims, now);
  const text = (name: string): string => {
    const value = member(claims, name);
    return typeof value === 'string' && value !== '' && value.length <= 1000 ? value : lacks(name);
  };
  const repository = `${HOST}${text('repository')}`;
  const started = text('workflow_ref');
  const path = started.slice(text('repository').length + 1, started.lastIndexOf('@'));
  if (!started.startsWith(`${text('repository')}/`) || path === '') lacks('workflow_ref');
  return {
    issuer: text('iss'),
    repository,
    ref: text('ref'),
    commit: text('sha'),
    workflowPath: path,
    builder: `${HOST}${text('job_workflow_ref')}`,
    event: text('event_name'),
    runnerEnvironment: text('runner_environment'),
    repositoryId: text('repository_id'),
    ownerId: text('repository_owner_id'),
    runId: text('run_id'),
    runAttempt: text('run_attempt'),
  };
}

/**
 * All the claims that Fulcio puts into the certificate.
 * @throws IDENTITY_TOKEN_INVALID
 */
export function readCertifiedClaims(token: string): Claims {
  return readClaims(claimsOf(token), lacks);
}

/** `https://github.com/OWNER/NAME/actions/runs/ID/attempts/N`. */
export function runOf({ repository, runId, runAttempt }: WorkflowIdentity): string {
  return `${repository}/actions/runs/${runId}/attempts/${runAttempt}`;
}

/** A fault tells nothing of the token's content. */
function claimsOf(token: string): JsonObject {
  const parts = token.split('.');
  const [, claims = ''] = parts;
  try {
    if (parts.length === 3) return objectOf(parseJsonBytes(fromBase64Protobuf(claims), 'the token'), TOKEN);
  } catch (cause) {
    if (!(cause instanceof EdgesealError)) throw cause;
  }
  return refuse('IDENTITY_TOKEN_INVALID', 'the identity token is not one', {
    expected: 'a JSON Web Token: HEADER.CLAIMS.SIGNATURE',
    found: `${token.length} characters in ${parts.length} parts`,
    hint: HINT,
  });
}

function checkAudience(claims: JsonObject): void {
  const value = member(claims, 'aud');
  const audiences = isArray(value) ? value : [value];
  if (audiences.includes(AUDIENCE)) return;
  refuse('IDENTITY_TOKEN_INVALID', 'the identity token is meant for somebody else', {
    path: 'aud',
    expected: JSON.stringify(AUDIENCE),
    found: typeof value === 'string' ? JSON.stringify(value.slice(0, 200)) : 'another audience',
    hint: 'ask its issuer for one with the audience sigstore',
  });
}

function checkTime(claims: JsonObject, now: number): void {
  const expires = member(claims, 'exp');
  if (typeof expires !== 'number') lacks('exp');
  else if (expires * 1000 <= now) {
    refuse('IDENTITY_TOKEN_INVALID', 'the identity token has expired', {
      path: 'exp',
      expected: `a token that is valid at ${new Date(now).toISOString()}`,
      found: `until ${new Date(expires * 1000).toISOString()}`,
      hint: 'get a new one; in a workflow of GitHub edgeseal-release asks for one whenever it needs it, where no other is given',
    });
  }
}

function lacks(name: string): never {
  return refuse('IDENTITY_TOKEN_INVALID', 'the identity token does not say what provenance has to', {
    path: name,
    expected: "the claims of a workflow of GitHub, or of an issuer that gives GitHub's claims",
    found: `no ${name} that can be used`,
    hint: HINT,
  });
}
