import { refuse } from '#core/errors/error';
import { parseDigestSet } from '#core/in-toto-attestation/digest-set';
import { parseResourceDescriptor } from '#core/in-toto-attestation/resource-descriptor';
import type { DigestSet, ResourceDescriptor } from '#core/in-toto-attestation/types';
import {
  arrayAt,
  at,
  objectAt,
  objectOf,
  optionalBooleanOf,
  optionalObjectOf,
  type Where,
} from '#core/json/shape';
import { member, type JsonObject, type JsonValue } from '#core/json/value';
import { requiredTextAt, textAt, timeAt } from './fields.ts';

/** SLSA provenance v0.2. Empty strings count as unset. */
export interface ProvenanceV02 {
  readonly builderId: string;
  readonly buildType: string;
  readonly configSource: {
    readonly uri: string | undefined;
    readonly digest: DigestSet;
    readonly entryPoint: string | undefined;
  };
  readonly parameters: JsonValue | undefined;
  readonly environment: JsonObject | undefined;
  readonly metadata: {
    readonly invocationId: string | undefined;
    /** The name under which the invocation id stands: the specification and its first users differ. */
    readonly invocationIdKey: 'buildInvocationId' | 'buildInvocationID';
    readonly startedOn: string | undefined;
    readonly finishedOn: string | undefined;
    readonly materialsComplete: boolean | undefined;
    readonly reproducible: boolean | undefined;
  };
  readonly materials: readonly ResourceDescriptor[];
}

const PREDICATE: Where = { code: 'PROVENANCE_INVALID', path: 'predicate' };

/**
 * Reads the fields that edgeseal uses; others are ignored.
 * @see https://slsa.dev/spec/v0.2/provenance
 * @throws PROVENANCE_INVALID, DIGEST_INVALID, RESOURCE_DESCRIPTOR_INVALID
 */
export function parseProvenanceV02(value: JsonValue): ProvenanceV02 {
  const predicate = objectOf(value, PREDICATE);
  const builder = objectAt(predicate, 'builder', PREDICATE);
  const invocation = optionalObjectOf(member(predicate, 'invocation'), at(PREDICATE, 'invocation')) ?? {};
  const inInvocation = at(PREDICATE, 'invocation');
  const inSource = at(inInvocation, 'configSource');
  const source = optionalObjectOf(member(invocation, 'configSource'), inSource) ?? {};
  const environment = optionalObjectOf(member(invocation, 'environment'), at(inInvocation, 'environment'));
  return {
    builderId: requiredTextAt(builder, 'id', at(PREDICATE, 'builder')),
    buildType: requiredTextAt(predicate, 'buildType', PREDICATE),
    configSource: {
      uri: textAt(source, 'uri', inSource),
      digest: parseDigestSet(member(source, 'digest') ?? {}, at(inSource, 'digest')),
      entryPoint: textAt(source, 'entryPoint', inSource),
    },
    parameters: member(invocation, 'parameters') ?? undefined,
    environment,
    metadata: parseMetadata(predicate),
    materials: arrayAt(predicate, 'materials', PREDICATE).map((item, index) =>
      parseResourceDescriptor(item, at(at(PREDICATE, 'materials'), index)),
    ),
  };
}

function parseMetadata(predicate: JsonObject): ProvenanceV02['metadata'] {
  const where = at(PREDICATE, 'metadata');
  const metadata = optionalObjectOf(member(predicate, 'metadata'), where) ?? {};
  const inCompleteness = at(where, 'completeness');
  const completeness = optionalObjectOf(member(metadata, 'completeness'), inCompleteness) ?? {};
  const capital = textAt(metadata, 'buildInvocationID', where);
  const plain = textAt(metadata, 'buildInvocationId', where);
  if (capital !== undefined && plain !== undefined && capital !== plain) {
    refuse('PROVENANCE_INVALID', 'the provenance has two invocation ids', {
      path: at(where, 'buildInvocationID').path,
      expected: JSON.stringify(plain.slice(0, 100)),
      found: JSON.stringify(capital.slice(0, 100)),
    });
  }
  return {
    invocationId: plain ?? capital,
    invocationIdKey: plain === undefined ? 'buildInvocationID' : 'buildInvocationId',
    startedOn: timeAt(metadata, 'buildStartedOn', where),
    finishedOn: timeAt(metadata, 'buildFinishedOn', where),
    materialsComplete: optionalBooleanOf(member(completeness, 'materials'), at(inCompleteness, 'materials')),
    reproducible: optionalBooleanOf(member(metadata, 'reproducible'), at(where, 'reproducible')),
  };
}
