import { makePlan } from '../plan/make-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { parseDescription } from '../description/parse-description.ts';
import type { Lock } from './lock.ts';

const hex = (letter: string, length = 64): string => letter.repeat(length);
const COMMIT = hex('c', 40);

const description = Buffer.from(
  JSON.stringify({
    schemaVersion: 1,
    name: 'example',
    source: { repository: 'https://github.com/example-org/example', ref: 'refs/tags/v1.2.3', commit: COMMIT },
    platforms: ['linux/amd64'],
    inputs: [
      {
        name: 'packages',
        kind: 'npm-lockfile',
        path: 'package-lock.json',
        digest: `sha512:${hex('1', 128)}`,
      },
      { name: 'vendor', kind: 'vendor-tree', path: 'vendor', digest: `gitTree:${hex('3', 40)}` },
    ],
    components: [
      {
        name: 'agent',
        steps: [
          {
            name: 'link',
            run: ['link'],
            reads: ['packages', 'vendor'],
            outputs: [{ name: 'binary', path: 'agent' }],
          },
        ],
      },
    ],
    images: [],
    assets: [{ name: 'agent', output: 'agent/binary' }],
    sbom: { format: 'CycloneDX' },
    policy: 'policy.json',
  }),
);

export const soundPlan: Plan = makePlan(await parseDescription(description, 'release.json'), 'release.json', {
  ref: undefined,
  commit: undefined,
});

/** A lock of that plan, with one of each kind of digest. */
export const soundLock: Lock = {
  schemaVersion: 1,
  description: soundPlan.description.sha256,
  source: {
    ...soundPlan.source,
    tree: hex('d', 40),
    time: 1_700_000_000,
    files: [
      { path: 'a', sha256: hex('0'), size: 1, mode: '100755' },
      { path: 'package-lock.json', sha256: hex('1'), size: 10, mode: '100644' },
      { path: 'vendor/m/f.go', sha256: hex('2'), size: 0, mode: '120000' },
    ],
  },
  dependencies: [
    {
      input: 'packages',
      kind: 'npm-lockfile',
      uri: `git+https://github.com/example-org/example@${COMMIT}#package-lock.json`,
      digest: { sha256: hex('1'), sha512: hex('1', 128) },
      size: 10,
    },
    {
      input: 'packages',
      kind: 'npm-package',
      uri: 'pkg:npm/a@1.0.0',
      digest: { sha256: hex('4'), sha512: hex('4', 128) },
      size: 5,
      path: 'node_modules/a',
      license: 'MIT',
    },
    {
      input: 'vendor',
      kind: 'vendor-tree',
      uri: `git+https://github.com/example-org/example@${COMMIT}#vendor`,
      digest: { sha256: hex('5'), gitTree: hex('3', 40) },
      size: 6,
    },
  ],
};
