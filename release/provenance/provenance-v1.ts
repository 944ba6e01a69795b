import { canonicalize } from '#core/json/canonical';
import type { JsonObject } from '#core/json/value';
import { runOf } from '../signing/identity.ts';
import {
  externalParameters,
  internalParameters,
  wholeSeconds,
  type ProvenanceInput,
} from './build-definition.ts';
import { BUILD_TYPE } from './build-type.ts';
import { byproducts, summarizeEvidence } from './byproducts.ts';
import { resolvedDependencies } from './dependencies.ts';
import { subjectJson } from './subject.ts';

/**
 * An in-toto Statement v1 with SLSA provenance v1: canonical JSON.
 * @see https://slsa.dev/spec/v1.2/build-provenance, docs/buildtype.md
 */
export function provenanceV1(input: ProvenanceInput): Uint8Array {
  const { lock, build, identity, recipe, subjects, version } = input;
  const summary = summarizeEvidence(input);
  const statement: JsonObject = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: subjects.map(subjectJson),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: externalParameters(input),
        internalParameters: internalParameters(input, summary.sha256),
        resolvedDependencies: resolvedDependencies(lock, recipe),
      },
      runDetails: {
        builder: { id: identity.builder, version: { 'edgeseal-release': version } },
        metadata: {
          invocationId: runOf(identity),
          startedOn: wholeSeconds(build.startedOn),
          finishedOn: wholeSeconds(build.finishedOn),
        },
        byproducts: byproducts(input, summary),
      },
    },
  };
  return Buffer.from(canonicalize(statement));
}
