import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { assemble } from '../../release/assemble/assemble.ts';
import { writeBuild } from '../../release/build/build-file.ts';
import type { BuildRecord, BuiltFile } from '../../release/build/build-record.ts';
import { parseDescription } from '../../release/description/parse-description.ts';
import type { Job } from '../../release/local/job.ts';
import { writeLock } from '../../release/lock/lock-file.ts';
import type { Lock, LockedDependency, LockedFile } from '../../release/lock/lock.ts';
import { makePlan } from '../../release/plan/make-plan.ts';
import { writePlan } from '../../release/plan/plan-file.ts';
import type { Plan } from '../../release/plan/plan.ts';
import { openStore, type Store } from '../../release/store/store.ts';
import { soundEvidence } from '../release-build/sound-evidence.ts';

const COMMIT = 'c'.repeat(40);
const REPOSITORY = 'https://github.com/kubeedge/kubeedge';
const TIME = Date.parse('2026-10-01T00:00:00Z') / 1000;

/** Who releases it: KubeEdge's workflow, by edgeseal's reusable one. */
export const job: Job = {
  repository: 'kubeedge/kubeedge',
  ref: 'refs/tags/v1.24.0',
  sha: COMMIT,
  workflow_ref: 'kubeedge/kubeedge/.github/workflows/release.yml@refs/tags/v1.24.0',
  job_workflow_ref: 'kubeedge/edgeseal/.github/workflows/edgeseal-hermetic.yml@refs/tags/v0.1.0',
};

const cue = readFileSync(path.join(import.meta.dirname, '../../policies/kubeedge-hermetic.cue'));

export interface WorkOptions {
  /** Of the release, in the source (default: policies/kubeedge-hermetic.cue). */
  readonly policy?: readonly [name: string, text: string | Uint8Array];
  /** What the step of edgecore writes, for each platform. */
  readonly content?: (platform: string) => string | Uint8Array;
  readonly platforms?: readonly ('linux/amd64' | 'linux/arm64')[];
  /** Without one (default: with one). */
  readonly image?: false;
  /** Makes the lock other than it is. */
  readonly lock?: (lock: Lock) => Lock;
}

export interface Work {
  readonly folder: string;
  readonly store: Store;
  readonly plan: Plan;
  readonly build: BuildRecord;
  readonly remove: () => void;
}

/** The bundle of a program, as rolldown heads what it puts in. */
const bundled = (platform: string): string =>
  `// for ${platform}\n//#region node_modules/a/index.js\nconst a = 1;\n//#endregion\nconsole.log(a);\n`;

/** A work folder as `build` leaves it: one program for each platform, plain, packed and in an image. */
export async function makeWork(options: WorkOptions = {}): Promise<Work> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'edgeseal-attest-'));
  const store = openStore(folder);
  const [policy, policyText] = options.policy ?? ['policies/kubeedge-hermetic.cue', cue];
  const lockfile = Buffer.from(JSON.stringify(LOCKFILE));
  const description = Buffer.from(JSON.stringify(descriptionOf(options, policy, sha256(lockfile))));
  const parsed = await parseDescription(description, 'release.json');
  const plan = makePlan(parsed, 'release.json', { ref: undefined, commit: undefined });
  const files: LockedFile[] = [];
  for (const [name, bytes] of [
    ['package-lock.json', lockfile],
    [policy, Buffer.from(policyText)],
    ['release.json', description],
  ] as const)
    files.push({ path: name, ...(await store.put(bytes)), mode: '100644' });
  const lock: Lock = {
    schemaVersion: 1,
    description: plan.description.sha256,
    source: {
      repository: REPOSITORY,
      ref: plan.source.ref,
      commit: COMMIT,
      tree: 'd'.repeat(40),
      time: TIME,
      files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    },
    dependencies: await dependencies(store, lockfile),
  };
  const lockSha256 = writeLock(folder, options.lock?.(lock) ?? lock);
  writePlan(folder, plan);
  const build = await buildOf(options, plan, lockSha256, store, folder);
  writeBuild(folder, build);
  return { folder, store, plan, build, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

const LOCKFILE = {
  lockfileVersion: 3,
  packages: {
    '': { dependencies: { a: '1.0.0' }, devDependencies: { b: '2.0.0' } },
    'node_modules/a': { version: '1.0.0', dependencies: { '@s/c': '3.0.0' }, license: 'MIT' },
    'node_modules/b': { version: '2.0.0', dev: true },
    'node_modules/@s/c': { version: '3.0.0' },
  },
};

function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function dependencies(store: Store, lockfile: Uint8Array): Promise<readonly LockedDependency[]> {
  const brought: LockedDependency[] = [];
  for (const [name, version, license] of [
    ['@s/c', '3.0.0', 'Apache-2.0 OR MIT'],
    ['a', '1.0.0', 'MIT'],
    ['b', '2.0.0', 'SEE LICENSE IN LICENSE'],
  ] as const) {
    const { sha256: digest, size } = await store.put(Buffer.from(`tarball of ${name}`));
    brought.push({
      input: 'packages',
      kind: 'npm-package',
      uri: `pkg:npm/${name.replace('@', '%40')}@${version}`,
      digest: { sha256: digest, sha512: createHash('sha512').update(`tarball of ${name}`).digest('hex') },
      size,
      path: `node_modules/${name}`,
      license,
    });
  }
  const uri = `git+${REPOSITORY}@${COMMIT}#package-lock.json`;
  const own = { sha256: sha256(lockfile), sha512: createHash('sha512').update(lockfile).digest('hex') };
  return [{ input: 'packages', kind: 'npm-lockfile', uri, digest: own, size: lockfile.length }, ...brought];
}

function descriptionOf(options: WorkOptions, policy: string, lockfile: string): object {
  const { platforms = ['linux/amd64', 'linux/arm64'] } = options;
  return {
    schemaVersion: 1,
    name: 'kubeedge',
    source: { repository: REPOSITORY, ref: 'refs/tags/v1.24.0', commit: COMMIT },
    platforms,
    inputs: [
      { name: 'packages', kind: 'npm-lockfile', path: 'package-lock.json', digest: `sha256:${lockfile}` },
    ],
    components: [
      {
        name: 'edgecore',
        steps: [
          {
            name: 'compile',
            run: ['compile', '{arch}'],
            reads: ['packages'],
            outputs: [
              { name: 'binary', path: 'out/edgecore' },
              { name: 'readme', path: 'out/README' },
            ],
          },
        ],
      },
    ],
    images:
      options.image === false
        ? []
        : [
            {
              repository: 'docker.io/kubeedge/edgecore',
              tags: ['{tag}'],
              files: [{ output: 'edgecore/binary', path: '/usr/local/bin/edgecore' }],
              entrypoint: ['/usr/local/bin/edgecore'],
            },
          ],
    assets: [
      {
        name: 'edgecore-{version}-{os}-{arch}.tar.gz',
        archive: [
          { output: 'edgecore/binary', path: 'edge/edgecore' },
          { output: 'edgecore/readme', path: 'README' },
        ],
      },
    ],
    sbom: { format: 'CycloneDX' },
    policy,
  };
}

async function buildOf(
  options: WorkOptions,
  plan: Plan,
  lock: string,
  store: Store,
  folder: string,
): Promise<BuildRecord> {
  const outputs: BuiltFile[] = [];
  for (const { platform } of plan.steps) {
    const binary = (options.content ?? bundled)(platform);
    const executable = { output: 'edgecore/binary', platform, executable: true };
    outputs.push({ ...executable, ...(await store.put(Buffer.from(binary))) });
    const readme = { output: 'edgecore/readme', platform, executable: false };
    outputs.push({ ...readme, ...(await store.put(Buffer.from(`read me on ${platform}\n`))) });
  }
  const layout = path.join(folder, 'images');
  const made = await assemble({ plan, outputs, store, layout, sourceDateEpoch: TIME });
  const times = { startedOn: '2026-10-02T00:00:00.123Z', finishedOn: '2026-10-02T00:05:00Z' };
  const log = await store.put(Buffer.from('compiled\n'));
  const evidence = await store.put(Buffer.from(JSON.stringify(soundEvidence)));
  return {
    schemaVersion: 1,
    lock,
    invocationId: '00000000-0000-4000-8000-000000000000',
    ...times,
    sourceDateEpoch: TIME,
    sandbox: { mechanism: 'linux-namespaces', version: 'util-linux 2.38.1' },
    steps: plan.steps.map(({ component, name, platform }) => ({
      component,
      name,
      platform,
      ...times,
      log: log.sha256,
      evidence: evidence.sha256,
    })),
    outputs,
    ...made,
  };
}
