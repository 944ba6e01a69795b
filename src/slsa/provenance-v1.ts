import { parseResourceDescriptor } from '#core/in-toto-attestation/resource-descriptor';
import type { ResourceDescriptor } from '#core/in-toto-attestation/types';
import { arrayAt, at, objectAt, objectOf, optionalObjectOf, type Where } from '#core/json/shape';
import { member, type JsonObject, type JsonValue } from '#core/json/value';
import { requiredTextAt, textAt, timeAt } from './fields.ts';

/** SLSA provenance v1. Unset, null and empty are one. */
export interface ProvenanceV1 {
  readonly builderId: string;
  readonly buildType: string;
  readonly externalParameters: JsonObject | undefined;
  readonly internalParameters: JsonObject;
  readonly resolvedDependencies: readonly ResourceDescriptor[];
  readonly invocationId: string | undefined;
  readonly startedOn: string | undefined;
  readonly finishedOn: string | undefined;
}

const PREDICATE: Where = { code: 'PROVENANCE_INVALID', path: 'predicate' };

/**
 * Reads the fields that edgeseal uses; others are ignored, as the specification asks. Which external
 * parameters may stand is for the policy to say.
 * @see https://slsa.dev/spec/v1.2/build-provenance
 * @throws PROVENANCE_INVALID, DIGEST_INVALID, RESOURCE_DESCRIPTOR_INVALID
 */
export function parseProvenanceV1(value: JsonValue): ProvenanceV1 {
  const predicate = objectOf(value, PREDICATE);
  const inDefinition = at(PREDICATE, 'buildDefinition');
  const definition = objectAt(predicate, 'buildDefinition', PREDICATE);
  const inRun = at(PREDICATE, 'runDetails');
  const run = objectAt(predicate, 'runDetails', PREDICATE);
  const builder = objectAt(run, 'builder', inRun);
  const inMetadata = at(inRun, 'metadata');
  const metadata = optionalObjectOf(member(run, 'metadata'), inMetadata) ?? {};
  const objectIn = (key: string): JsonObject | undefined =>
    optionalObjectOf(member(definition, key), at(inDefinition, key));
  return {
    builderId: requiredTextAt(builder, 'id', at(inRun, 'builder')),
    buildType: requiredTextAt(definition, 'buildType', inDefinition),
    externalParameters: objectIn('externalParameters'),
    internalParameters: objectIn('internalParameters') ?? {},
    resolvedDependencies: arrayAt(definition, 'resolvedDependencies', inDefinition).map((item, index) =>
      parseResourceDescriptor(item, at(at(inDefinition, 'resolvedDependencies'), index)),
    ),
    invocationId: textAt(metadata, 'invocationId', inMetadata),
    startedOn: timeAt(metadata, 'startedOn', inMetadata),
    finishedOn: timeAt(metadata, 'finishedOn', inMetadata),
  };
}
