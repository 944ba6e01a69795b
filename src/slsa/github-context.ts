import { refuse } from '#core/errors/error';
import { at, optionalObjectOf, type Where } from '#core/json/shape';
import { isObject, kindOf, member, type JsonObject, type JsonValue } from '#core/json/value';
import { branchOf } from './git-source.ts';
import type { BoundClaim, BoundField, Claim } from './claims.ts';

/** GitHub's variables, as builders record them in lower case (`github_ref`) or in upper case (`GITHUB_REF`). */
const VARIABLES: readonly (readonly [name: string, field: BoundField])[] = [
  ['event_name', 'trigger'],
  ['ref', 'ref'],
  ['sha', 'commit'],
  ['sha1', 'commit'],
  ['repository', 'repositoryPath'],
  ['repository_id', 'repositoryId'],
  ['repository_owner', 'owner'],
  ['repository_owner_id', 'ownerId'],
  ['run_id', 'runId'],
  ['run_attempt', 'runAttempt'],
  ['workflow', 'workflowName'],
  ['workflow_ref', 'workflowRef'],
  ['workflow_sha', 'workflowCommit'],
  ['runner_environment', 'runnerEnvironment'],
];

/** What GitHub's context of a run says: the environment of v0.2, the internal parameters of v1. */
export interface GithubContext {
  readonly bound: readonly BoundClaim[];
  readonly baseBranch: Claim | undefined;
  /** The inputs of a `workflow_dispatch`, from the event's payload. */
  readonly inputs: Claim<JsonObject> | undefined;
}

/**
 * Reads the variables that a certificate can confirm, wherever they stand in `object`.
 * @throws PROVENANCE_INVALID
 */
export function readGithubContext(object: JsonObject, where: Where): GithubContext {
  const bound: BoundClaim[] = [];
  for (const prefix of ['github_', 'GITHUB_']) {
    for (const [name, field] of VARIABLES) {
      const claim = scalarAt(object, keyOf(prefix, name), where);
      if (claim !== undefined) bound.push({ field, ...claim });
    }
  }
  const event = bound.find((claim) => claim.field === 'trigger')?.value;
  const payload = payloadOf(object, where);
  if (payload !== undefined) readRepository(payload, bound);
  return {
    bound,
    baseBranch: baseBranch(object, where, event, payload),
    inputs: event === 'workflow_dispatch' ? inputsOf(payload) : undefined,
  };
}

/** The text or whole number at a key as text; unset, null and empty are one. */
export function scalarAt(object: JsonObject, key: string, where: Where): Claim | undefined {
  const value = member(object, key);
  if (value === undefined || value === null || value === '') return undefined;
  const { path } = at(where, key);
  if (typeof value === 'string') return { value, path };
  const isWhole = typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value));
  if (isWhole) return { value: value.toString(), path };
  return refuse(where.code, `${path} is neither a text nor a whole number`, {
    path,
    expected: 'a text or a whole number',
    found: kindOf(value),
  });
}

function keyOf(prefix: string, name: string): string {
  return prefix === 'GITHUB_' ? prefix + name.toUpperCase() : prefix + name;
}

function payloadOf(object: JsonObject, where: Where): Claim<JsonObject> | undefined {
  for (const key of ['github_event_payload', 'GITHUB_EVENT_PAYLOAD']) {
    const inPayload = at(where, key);
    const value = optionalObjectOf(member(object, key), inPayload);
    if (value !== undefined) return { value, path: inPayload.path };
  }
  return undefined;
}

/** The repository as the event's payload describes it. */
function readRepository(payload: Claim<JsonObject>, bound: BoundClaim[]): void {
  const repository = objectMember(payload.value, 'repository');
  if (repository === undefined) return;
  const where: Where = { code: 'PROVENANCE_INVALID', path: `${payload.path}.repository` };
  const owner = objectMember(repository, 'owner');
  const name = scalarAt(repository, 'full_name', where);
  const id = scalarAt(repository, 'id', where);
  const ownerId = owner === undefined ? undefined : scalarAt(owner, 'id', at(where, 'owner'));
  if (name !== undefined) bound.push({ field: 'repositoryPath', ...name });
  if (id !== undefined) bound.push({ field: 'repositoryId', ...id });
  if (ownerId !== undefined) bound.push({ field: 'ownerId', ...ownerId });
}

/** As slsa-verifier finds it: `base_ref` of the context or of a push, `target_commitish` of a release. */
function baseBranch(
  object: JsonObject,
  where: Where,
  event: string | undefined,
  payload: Claim<JsonObject> | undefined,
): Claim | undefined {
  for (const key of ['github_base_ref', 'GITHUB_BASE_REF']) {
    const value = branchIn(member(object, key));
    if (value !== undefined) return { value, path: at(where, key).path };
  }
  if (payload === undefined) return undefined;
  if (event === 'push') {
    const value = branchIn(member(payload.value, 'base_ref'));
    return value === undefined ? undefined : { value, path: `${payload.path}.base_ref` };
  }
  if (event !== 'release') return undefined;
  const release = objectMember(payload.value, 'release');
  const target = release === undefined ? undefined : member(release, 'target_commitish');
  if (typeof target !== 'string' || target === '') return undefined;
  return { value: target, path: `${payload.path}.release.target_commitish` };
}

function branchIn(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? branchOf(value) : undefined;
}

function inputsOf(payload: Claim<JsonObject> | undefined): Claim<JsonObject> | undefined {
  const value = payload === undefined ? undefined : objectMember(payload.value, 'inputs');
  return payload === undefined || value === undefined ? undefined : { value, path: `${payload.path}.inputs` };
}

function objectMember(object: JsonObject, key: string): JsonObject | undefined {
  const value = member(object, key);
  return isObject(value) ? value : undefined;
}
