import type { FlagTable } from '#core/cli/flags';

/** slsa-verifier's flags about the source and the builder, and one of ours. */
export const slsaFlags = {
  'source-uri': {
    kind: 'text',
    value: 'HOST/OWNER/REPO',
    required: true,
    about: 'the repository that it must have been built from, as github.com/kubeedge/kubeedge',
  },
  'builder-id': {
    kind: 'text',
    value: 'ID',
    about:
      'the one builder that is trusted, with or without @v1.2.3; without the flag the well-known ones are',
  },
  'build-workflow-input': {
    kind: 'texts',
    value: 'NAME=VALUE',
    about: 'an input that the workflow must have been started with by hand (workflow_dispatch)',
  },
} as const satisfies FlagTable;

/** slsa-verifier's flags about the git ref. */
export const refFlags = {
  'source-branch': { kind: 'text', value: 'NAME', about: 'the branch that it must have been built from' },
  'source-tag': { kind: 'text', value: 'TAG', about: 'the tag that it must have been built from, exactly' },
  'source-versioned-tag': {
    kind: 'text',
    value: 'VERSION',
    about: 'the version of that tag, as far as it is written: the tag v1.2.3 meets v1 and v1.2, not v1.3',
  },
} as const satisfies FlagTable;
