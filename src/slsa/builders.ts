import { refuse } from '#core/errors/error';
import type { BuilderRule, Pattern } from '#core/policy/policy';
import { DELEGATORS, GENERATOR_WORKFLOWS, NPM_RUNNER } from './builder-id.ts';

/** What is verified: each kind of artifact has builders of its own. */
export type BuilderPurpose = 'artifact' | 'image' | 'npm-package';

const exact = (text: string): Pattern => ({ kind: 'exact', text, test: (value) => value === text });

/** npm's builder id stands for any workflow on GitHub, as the signing certificate shows. */
const ANY_GITHUB_WORKFLOW: Pattern = {
  kind: 'glob',
  text: 'https://github.com/**',
  test: (value) => value.startsWith('https://github.com/'),
};

/** A builder that calls slsa-github-generator's delegators, which sign for it. */
function delegated(id: string): readonly BuilderRule[] {
  return DELEGATORS.map((delegator) => ({ id, identity: exact(delegator), level: 3 }));
}

/** The workflow that runs `npm publish --provenance` writes and signs its own provenance: level 2. */
function npmRunner(id: string): BuilderRule {
  return { id, identity: ANY_GITHUB_WORKFLOW, level: 2, anyRef: true };
}

const DELEGATED_BUILDERS: readonly BuilderRule[] = [
  'builder_nodejs_slsa3.yml',
  'builder_maven_slsa3.yml',
  'builder_gradle_slsa3.yml',
  'builder_bazel_slsa3.yml',
].flatMap((file) => delegated(GENERATOR_WORKFLOWS + file));

/**
 * The builders that are trusted when nobody names one: slsa-verifier's list, with the level that it trusts
 * them for.
 * @see https://github.com/slsa-framework/slsa-verifier/blob/main/verifiers/internal/gha/slsaprovenance/common/builders.go
 */
export const builtInBuilders: Readonly<Record<BuilderPurpose, readonly BuilderRule[]>> = {
  artifact: [
    { id: `${GENERATOR_WORKFLOWS}generator_generic_slsa3.yml`, level: 3 },
    { id: `${GENERATOR_WORKFLOWS}builder_go_slsa3.yml`, level: 3 },
    { id: `${GENERATOR_WORKFLOWS}builder_container-based_slsa3.yml`, level: 3 },
    ...DELEGATED_BUILDERS,
  ],
  image: [{ id: `${GENERATOR_WORKFLOWS}generator_container_slsa3.yml`, level: 3 }],
  'npm-package': [
    npmRunner(`${NPM_RUNNER}/github-hosted`),
    ...delegated(`${GENERATOR_WORKFLOWS}builder_nodejs_slsa3.yml`),
  ],
};

/**
 * The rules that one builder id named by the user (`--builder-id`) stands for: that workflow itself, or that
 * workflow through a delegator; npm's runner for any workflow.
 * @throws BUILDER_ID_INVALID
 */
export function rulesForBuilder(id: string, purpose: BuilderPurpose): readonly BuilderRule[] {
  const parts = id.split('@');
  if (parts.length > 2 || parts.includes('')) {
    refuse('BUILDER_ID_INVALID', 'not a builder id', {
      expected: 'NAME, NAME@vX.Y.Z or NAME@refs/tags/vX.Y.Z',
      found: JSON.stringify(id.slice(0, 300)),
    });
  }
  if (purpose === 'image') return [{ id, level: 3 }];
  if (purpose === 'artifact') return [{ id, level: 3 }, ...delegated(id)];
  const isRunner = id === NPM_RUNNER || id === `${NPM_RUNNER}/github-hosted`;
  return isRunner ? [npmRunner(id)] : delegated(id);
}
