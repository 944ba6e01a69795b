import type { Policy } from '#core/policy/policy';
import type { BuilderPurpose } from '#core/slsa/builders';
import { trustedBuilders } from './builders.ts';
import { policyFromFlags } from './from-flags.ts';
import { SOURCE_FLAGS, sourceDocument, workflowInputs } from './source.ts';

/** slsa-verifier's flags about builder and source. */
export interface ProvenanceFlags {
  text(
    name: 'builder-id' | 'source-uri' | 'source-branch' | 'source-tag' | 'source-versioned-tag',
  ): string | undefined;
  texts(name: 'trusted-builder' | 'build-workflow-input'): readonly string[];
  given(name: 'builder-id'): boolean;
}

/** The policy that slsa-verifier's flags state: built by whom, and from what. @throws FLAG_*, BUILDER_ID_INVALID */
export function provenancePolicy(
  name: string,
  purpose: BuilderPurpose,
  flags: ProvenanceFlags,
): Promise<Policy> {
  const inputs = workflowInputs(flags.texts('build-workflow-input'));
  return policyFromFlags(
    {
      name,
      requirements: [
        {
          name: 'provenance',
          provenance: {
            builders: trustedBuilders(purpose, flags.text('builder-id'), flags.texts('trusted-builder')),
            source: sourceDocument({
              uri: flags.text('source-uri') ?? '',
              branch: flags.text('source-branch'),
              tag: flags.text('source-tag'),
              versionedTag: flags.text('source-versioned-tag'),
            }),
            ...(inputs === undefined ? {} : { workflowInputs: inputs }),
          },
        },
      ],
    },
    flags.given('builder-id')
      ? { ...SOURCE_FLAGS, 'requirements.0.provenance.builders': '--builder-id' }
      : SOURCE_FLAGS,
  );
}
