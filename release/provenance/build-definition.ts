import type { JsonObject } from '#core/json/value';
import type { BuildRecord, BuiltStep } from '../build/build-record.ts';
import type { Platform } from '../description/document.ts';
import type { Lock } from '../lock/lock.ts';
import type { WorkflowIdentity } from '../signing/identity.ts';
import type { ProducedSubject } from './subject.ts';
import type { Recipe } from './recipe.ts';

/** One component for one platform: what one statement is about. */
export interface ProvenanceInput {
  readonly lock: Lock;
  readonly build: BuildRecord;
  readonly recipe: Recipe;
  readonly identity: WorkflowIdentity;
  /** Of edgeseal-release. */
  readonly version: string;
  readonly component: string;
  readonly platform: Platform;
  readonly subjects: readonly ProducedSubject[];
  /** Its own steps, and those whose outputs they read. */
  readonly steps: readonly BuiltStep[];
  /** Bills of materials of its assets, and the result of the second build. */
  readonly documents: readonly NamedDocument[];
  /** Whether a second build gave the same bytes. */
  readonly isReproduced: boolean;
}

/** A document by its digest. */
export interface NamedDocument {
  readonly name: string;
  readonly sha256: string;
  readonly mediaType: string;
}

/** All that whoever starts the build can choose, and nothing else (docs/buildtype.md). */
export function externalParameters(input: ProvenanceInput): JsonObject {
  const { lock, identity, component, platform, recipe } = input;
  const { repository, ref } = lock.source;
  return {
    source: { repository, ref },
    workflow: { repository: identity.repository, ref: identity.ref, path: identity.workflowPath },
    component,
    platform,
    recipePath: recipe.path,
  };
}

/** What the builder says of itself. @param probe SHA-256 of what it saw of the network */
export function internalParameters({ build, identity }: ProvenanceInput, probe: string): JsonObject {
  return {
    github: {
      event_name: identity.event,
      repository_id: identity.repositoryId,
      repository_owner_id: identity.ownerId,
      runner_environment: identity.runnerEnvironment,
    },
    edgeseal_hermetic: {
      network: 'none',
      fetchPhase: 'declared',
      mechanism: build.sandbox.mechanism,
      mechanismVersion: build.sandbox.version,
      probe: { sha256: probe },
    },
    edgeseal_sourceDateEpoch: build.sourceDateEpoch,
  };
}

/** To the second, as RFC 3339 in UTC. */
export function wholeSeconds(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z');
}
