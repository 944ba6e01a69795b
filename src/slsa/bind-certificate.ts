import { refuse } from '#core/errors/error';
import type { Signer } from '#core/sigstore/signer';
import type { FulcioExtensions } from '#core/x509/fulcio-extensions';
import { isDelegator, isWorkflowId, npmRunnerEnvironment } from './builder-id.ts';
import { parseWorkflowRef } from './git-source.ts';
import type { BoundClaim, BoundField, ProvenanceClaims } from './claims.ts';

/** Which extension confirms a field, and how its value reads in the field's form. */
interface Binding {
  readonly extension: keyof FulcioExtensions;
  /** Undefined when the extension's value has not the form that the field needs: nothing equals it then. */
  readonly read: (value: string) => string | undefined;
}

const same = (value: string): string => value;

/**
 * The fields of provenance that a Fulcio certificate can confirm.
 * @see https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
 */
const BINDINGS: Readonly<Record<BoundField, Binding>> = {
  repository: { extension: 'sourceRepositoryUri', read: same },
  repositoryPath: { extension: 'sourceRepositoryUri', read: pathOf },
  owner: { extension: 'sourceRepositoryUri', read: (value) => pathOf(value)?.split('/')[0] },
  repositoryId: { extension: 'sourceRepositoryIdentifier', read: same },
  ownerId: { extension: 'sourceRepositoryOwnerIdentifier', read: same },
  ref: { extension: 'sourceRepositoryRef', read: same },
  commit: { extension: 'sourceRepositoryDigest', read: same },
  workflowPath: {
    extension: 'buildConfigUri',
    read: (value) => parseWorkflowRef(pathOf(value) ?? '')?.path,
  },
  workflowRef: { extension: 'buildConfigUri', read: pathOf },
  workflowCommit: { extension: 'buildConfigDigest', read: same },
  workflowName: { extension: 'githubWorkflowName', read: same },
  trigger: { extension: 'buildTrigger', read: same },
  runnerEnvironment: { extension: 'runnerEnvironment', read: same },
  runUri: { extension: 'runInvocationUri', read: same },
  runAndAttempt: {
    extension: 'runInvocationUri',
    read: (value) => {
      const run = runOf(value);
      return run === undefined ? undefined : `${run.id}-${run.attempt}`;
    },
  },
  runId: { extension: 'runInvocationUri', read: (value) => runOf(value)?.id },
  runAttempt: { extension: 'runInvocationUri', read: (value) => runOf(value)?.attempt },
};

/**
 * What the certificate says about a field, in the field's form; undefined when it says nothing that can be
 * read so.
 */
export function certified(
  field: BoundField,
  signer: Signer,
): { readonly extension: keyof FulcioExtensions; readonly value: string } | undefined {
  const { extension, read } = BINDINGS[field];
  const stated = signer.extensions[extension];
  const value = stated === undefined ? undefined : read(stated);
  return value === undefined ? undefined : { extension, value };
}

/**
 * Compares every claim that the signing certificate can confirm with it, whatever a policy asks. Evidence
 * signed by a plain key has nothing to compare with.
 * @throws PROVENANCE_CONTRADICTS_CERTIFICATE
 */
export function bindCertificate(claims: ProvenanceClaims, signer: Signer): void {
  if (signer.kind === 'key') return;
  bindBuilderId(claims, signer);
  for (const claim of claims.bound) bindClaim(claim, signer);
}

function bindClaim(claim: BoundClaim, signer: Signer): void {
  const { extension, read } = BINDINGS[claim.field];
  const stated = signer.extensions[extension];
  if (stated === undefined) return;
  const value = read(stated);
  if (claim.value !== value) contradiction(claim, `${quote(value ?? stated)} (${extension})`);
}

/**
 * `builder.id` has three forms. The URI of a workflow names who signs, so it is the certificate's build signer
 * (before Fulcio had that extension, its subject), unless that is slsa-github-generator's delegator, which
 * signs for the workflow that called it. `https://github.com/actions/runner[/<environment>]`, npm's, states
 * where the job ran. Any other id is a name that only a policy's (signer, builder) pair gives a meaning.
 */
function bindBuilderId(claims: ProvenanceClaims, signer: Signer): void {
  const { builderId } = claims;
  const environment = npmRunnerEnvironment(builderId.value);
  if (environment !== undefined) {
    const stated = signer.extensions.runnerEnvironment;
    if (stated !== undefined && stated !== environment) {
      contradiction(builderId, `a runner that is ${quote(stated)} (runnerEnvironment)`);
    }
    return;
  }
  const { buildSignerUri } = signer.extensions;
  const workflow = buildSignerUri ?? signer.identity;
  if (!isWorkflowId(builderId.value) || isDelegator(signer.identity)) return;
  if (builderId.value !== workflow) {
    const source = buildSignerUri === undefined ? 'subject alternative name' : 'buildSignerUri';
    contradiction(builderId, `${quote(workflow ?? '')} (${source})`);
  }
}

/** Whether the certificate itself answers for `builder.id`. */
export function isBuilderIdCertified(claims: ProvenanceClaims, signer: Signer): boolean {
  if (signer.kind === 'key') return false;
  const id = claims.builderId.value;
  if (npmRunnerEnvironment(id) !== undefined) return signer.extensions.runnerEnvironment !== undefined;
  return id === (signer.extensions.buildSignerUri ?? signer.identity);
}

function contradiction(claim: { readonly value: string; readonly path: string }, expected: string): never {
  return refuse(
    'PROVENANCE_CONTRADICTS_CERTIFICATE',
    'the provenance contradicts the certificate that signed it',
    {
      path: claim.path,
      expected,
      found: quote(claim.value),
      hint: 'whoever signed this did not build what it describes; do not trust it',
    },
  );
}

/** `owner/repo/...` of `https://host/owner/repo/...`. */
function pathOf(uri: string): string | undefined {
  return /^https:\/\/[^/]+\/(.+)$/.exec(uri)?.[1];
}

/** Run id and attempt of `https://host/owner/repo/actions/runs/<id>/attempts/<n>`. */
function runOf(uri: string): { readonly id: string; readonly attempt: string } | undefined {
  const match = /\/actions\/runs\/(\d+)\/attempts\/(\d+)$/.exec(uri);
  const id = match?.[1];
  const attempt = match?.[2];
  return id === undefined || attempt === undefined ? undefined : { id, attempt };
}

function quote(text: string): string {
  return JSON.stringify(text.length > 300 ? `${text.slice(0, 300)}...` : text);
}
