import { refuse } from '#core/errors/error';

/** slsa-github-generator's workflows, without file name. */
export const GENERATOR_WORKFLOWS =
  'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/';

/** The builder that npm's command line states: the runner of the job. */
export const NPM_RUNNER = 'https://github.com/actions/runner';

/** The workflows that sign for a builder that called them. */
export const DELEGATORS: readonly string[] = [
  `${GENERATOR_WORKFLOWS}delegator_generic_slsa3.yml`,
  `${GENERATOR_WORKFLOWS}delegator_lowperms-generic_slsa3.yml`,
];

/** A builder id, taken apart at its last `@`. */
export interface BuilderName {
  readonly name: string;
  readonly ref: string | undefined;
}

export function splitBuilderId(id: string): BuilderName {
  const split = id.lastIndexOf('@');
  return split < 0 ? { name: id, ref: undefined } : { name: id.slice(0, split), ref: id.slice(split + 1) };
}

/** Whether the id is the URI of a GitHub workflow, with or without ref. */
export function isWorkflowId(id: string): boolean {
  return /^https?:\/\/[^/]+\/[^/]+\/[^/]+\/\.github\/workflows\//i.test(id);
}

/** Whether the certificate's subject is one of {@link DELEGATORS}, at whatever ref. */
export function isDelegator(identity: string | undefined): boolean {
  return identity !== undefined && DELEGATORS.includes(splitBuilderId(identity).name);
}

/** The runner environment that npm's builder id states; the short, older form means GitHub's own runners. */
export function npmRunnerEnvironment(id: string): 'github-hosted' | 'self-hosted' | undefined {
  if (id === NPM_RUNNER || id === `${NPM_RUNNER}/github-hosted`) return 'github-hosted';
  return id === `${NPM_RUNNER}/self-hosted` ? 'self-hosted' : undefined;
}

const RELEASE_TAG = /^refs\/tags\/v(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)$/;
const JAVA_RELEASE_TAG = /^refs\/tags\/v(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)-java$/;
const JRELEASER = 'https://github.com/jreleaser/release-action/';

/**
 * Whether the builder was called at a full release tag: branches, short tags and commits of others can move.
 * JReleaser tags its builders by language.
 */
export function isBuilderRef({ name, ref }: BuilderName): boolean {
  return ref !== undefined && (isJreleaser(name) ? JAVA_RELEASE_TAG : RELEASE_TAG).test(ref);
}

/**
 * Refuses a builder that was not called at a release, see {@link isBuilderRef}.
 * @param path where the ref was found
 * @throws BUILDER_REF_INVALID
 */
export function checkBuilderRef(builder: BuilderName, path: string): void {
  if (isBuilderRef(builder)) return;
  const { name, ref } = builder;
  refuse('BUILDER_REF_INVALID', 'the builder was not called at a release', {
    path,
    expected: isJreleaser(name) ? 'refs/tags/vX.Y.Z-java' : 'refs/tags/vX.Y.Z',
    found: ref === undefined ? 'no ref' : JSON.stringify(ref.slice(0, 200)),
    hint: 'only a full release tag names one fixed builder',
  });
}

function isJreleaser(name: string): boolean {
  return name.startsWith(JRELEASER);
}
