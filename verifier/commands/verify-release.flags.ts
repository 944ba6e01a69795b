import type { FlagTable } from '#core/cli/flags';
import { logSearchFlags } from '../inputs/log-search-flags.ts';
import { registryFlags } from '../inputs/registry-flags.ts';
import { outputFlag, trustFlags } from '../inputs/trust-flags.ts';

/** All but where images are: a release's images are in registries. */
const { 'local-image': _local, platform: _platform, ...registries } = registryFlags;

export const flags = {
  policy: {
    kind: 'texts',
    value: 'FILE',
    required: true,
    about: 'a policy, a JSON file; of several each judges what it names',
  },
  expect: {
    kind: 'text',
    value: 'FILE',
    about:
      'what the release must hold beside what its attestations and checksum files name: files, images, repositories, and documents that need no provenance (policies/release-expectation.schema.json)',
  },
  image: { kind: 'texts', value: 'IMAGE', about: 'an image that belongs to the release' },
  'images-from': {
    kind: 'text',
    value: 'REGISTRY/PATH',
    about: 'where the images of the release are: every repository there belongs to it, or those of --expect',
  },
  tag: {
    kind: 'text',
    value: 'TAG',
    about: 'the tag that they have there (default: that of the release of GitHub)',
  },
  'github-attestations': {
    kind: 'text',
    value: 'OWNER/REPO',
    about: 'ask GitHub for the attestations of this repository (default: that of the release of GitHub)',
  },
  ...logSearchFlags,
  ...registries,
  ...trustFlags,
  ...outputFlag,
} as const satisfies FlagTable;
