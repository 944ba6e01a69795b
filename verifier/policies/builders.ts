import type { BuilderDocument } from '#core/policy/document';

const GENERATOR = 'https://github.com/slsa-framework/slsa-github-generator/.github/workflows';

/** Workflows that sign for builders which are written on top of them ("bring your own builder"). */
export const DELEGATORS: readonly string[] = [
  `${GENERATOR}/delegator_generic_slsa3.yml`,
  `${GENERATOR}/delegator_lowperms-generic_slsa3.yml`,
];

/** What slsa-verifier trusts for files when no builder is named. */
const ARTIFACT_BUILDERS: readonly string[] = [
  `${GENERATOR}/generator_generic_slsa3.yml`,
  `${GENERATOR}/builder_go_slsa3.yml`,
  `${GENERATOR}/builder_container-based_slsa3.yml`,
];

/** Builders of the same repository that a delegator signs for. */
const DELEGATED_BUILDERS: readonly string[] = [
  `${GENERATOR}/builder_bazel_slsa3.yml`,
  `${GENERATOR}/builder_gradle_slsa3.yml`,
  `${GENERATOR}/builder_maven_slsa3.yml`,
  `${GENERATOR}/builder_nodejs_slsa3.yml`,
];

/** Builders for files when no `--builder-id` is given: slsa-verifier's, and those that the user adds. */
export function defaultBuilders(added: readonly string[]): readonly BuilderDocument[] {
  return [
    ...[...ARTIFACT_BUILDERS, ...added].map((id) => ({ id, level: 3 as const })),
    ...DELEGATED_BUILDERS.flatMap((id) => delegated(id)),
  ];
}

/** One builder, which either signs itself or has a delegator sign for it. */
export function namedBuilder(id: string): readonly BuilderDocument[] {
  return [{ id, level: 3 }, ...delegated(id)];
}

/** The builder as a delegator signs for it. */
export function delegated(
  id: string,
  delegators: readonly string[] = DELEGATORS,
): readonly BuilderDocument[] {
  return delegators.map((identity) => ({ id, identity, level: 3 }));
}
