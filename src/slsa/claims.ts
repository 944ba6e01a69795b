import type { ResourceDescriptor } from '#core/in-toto-attestation/types';
import type { JsonObject, JsonValue } from '#core/json/value';

/** One value of a provenance document and where it stands. */
export interface Claim<T = string> {
  readonly value: T;
  readonly path: string;
}

/** What a claim speaks about, where a certificate can speak about the same. */
export type BoundField =
  /** `https://host/owner/repo` */
  | 'repository'
  /** `owner/repo` */
  | 'repositoryPath'
  | 'owner'
  | 'repositoryId'
  | 'ownerId'
  | 'ref'
  /** Commit of the source. */
  | 'commit'
  /** Path of the workflow that was triggered. */
  | 'workflowPath'
  /** `owner/repo/path@ref` of the workflow that was triggered. */
  | 'workflowRef'
  | 'workflowCommit'
  | 'workflowName'
  | 'trigger'
  | 'runnerEnvironment'
  | 'runUri'
  /** `<run id>-<attempt>` */
  | 'runAndAttempt'
  | 'runId'
  | 'runAttempt';

/** A claim that must equal what the certificate says, where it says it. */
export interface BoundClaim extends Claim {
  readonly field: BoundField;
}

/**
 * What a provenance document claims, in one shape for all versions and builders, before anybody but the
 * builder has confirmed any of it.
 */
export interface ProvenanceClaims {
  readonly predicateType: string;
  readonly builderId: Claim;
  readonly buildType: Claim;
  /** Several claims may speak about one field. */
  readonly bound: readonly BoundClaim[];
  /**
   * Where the source was another commit than the one that triggered the build, as delegated builders may
   * do: its own claims. Then ref, branch and tag of the source are unknown.
   */
  readonly otherSource: { readonly commit: Claim | undefined } | undefined;
  /** The branch that a tag was made from, as far as the event tells. */
  readonly baseBranch: Claim | undefined;
  readonly workflowInputs: Claim<JsonObject> | undefined;
  readonly externalParameters: Claim<JsonValue> | undefined;
  readonly dependencies: Claim<readonly ResourceDescriptor[]>;
  readonly dependenciesComplete: Claim<boolean> | undefined;
  readonly hermetic: Claim<boolean> | undefined;
  readonly reproducible: Claim<boolean> | undefined;
  readonly invocationId: Claim | undefined;
  readonly startedOn: Claim | undefined;
  readonly finishedOn: Claim | undefined;
}
