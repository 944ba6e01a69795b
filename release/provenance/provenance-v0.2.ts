import { canonicalize } from '#core/json/canonical';
import type { JsonObject } from '#core/json/value';
import { externalParameters, wholeSeconds, type ProvenanceInput } from './build-definition.ts';
import { BUILD_TYPE } from './build-type.ts';
import { resolvedDependencies, sourceUri } from './dependencies.ts';

/**
 * An in-toto Statement v0.1 with SLSA provenance v0.2, for tools that read no other: canonical JSON. It says that its
 * materials are complete; how the network was kept away, and which file is published only as a part of others, it cannot say: such
 * files it leaves out.
 * @see https://slsa.dev/spec/v0.2/provenance
 */
export function provenanceV02(input: ProvenanceInput): Uint8Array {
  const { lock, build, identity, recipe, subjects } = input;
  const { commit } = lock.source;
  const digest = { [commit.length === 40 ? 'sha1' : 'gitCommit']: commit };
  const uri = sourceUri(lock);
  const [, ...others] = resolvedDependencies(lock, recipe);
  const statement: JsonObject = {
    _type: 'https://in-toto.io/Statement/v0.1',
    subject: subjects
      .filter(({ within }) => within === undefined)
      .map(({ name, digest }) => ({ name, digest: { ...digest } })),
    predicateType: 'https://slsa.dev/provenance/v0.2',
    predicate: {
      builder: { id: identity.builder },
      buildType: BUILD_TYPE,
      invocation: {
        configSource: { uri, digest, entryPoint: identity.workflowPath },
        parameters: externalParameters(input),
        environment: {
          github_event_name: identity.event,
          github_ref: identity.ref,
          github_sha1: identity.commit,
          github_repository_id: identity.repositoryId,
          github_repository_owner_id: identity.ownerId,
          github_run_id: identity.runId,
          github_run_attempt: identity.runAttempt,
        },
      },
      metadata: {
        buildInvocationID: `${identity.runId}-${identity.runAttempt}`,
        buildStartedOn: wholeSeconds(build.startedOn),
        buildFinishedOn: wholeSeconds(build.finishedOn),
        completeness: { parameters: true, environment: false, materials: true },
        reproducible: input.isReproduced,
      },
      materials: [
        { uri, digest },
        ...others.map((dependency) => ({ uri: dependency['uri'] ?? '', digest: dependency['digest'] ?? {} })),
      ],
    },
  };
  return Buffer.from(canonicalize(statement));
}
