import { mkdir, mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { refuse } from '#core/errors/error';
import { assemble } from '../assemble/assemble.ts';
import { IMAGES } from '../build/build.ts';
import type { BuildRecord } from '../build/build-record.ts';
import { removeTree } from '../build/remove-tree.ts';
import { runSteps, type RunStepsOptions } from '../build/run-steps.ts';
import { places, type StepGround } from '../build/step-ground.ts';
import { openBlobs } from '../store/store.ts';
import { compareBuilds } from './compare-builds.ts';
import type { RebuildRecord, Varied } from './rebuild-record.ts';
import { secondGround } from './second-ground.ts';

/** What is built again, and what of the world it takes. */
export type RebuildOptions = Omit<RunStepsOptions, 'ground' | 'folder'> & {
  /** `--work` */
  readonly workFolder: string;
  readonly build: BuildRecord;
  /** SHA-256 of `build.json`. */
  readonly buildSha256: string;
};

/**
 * Builds everything a second time, elsewhere, as somebody else, later, and compares every byte with the first.
 * @throws RELEASE_WORK_INVALID, and what steps, archives and images are refused for
 */
export async function rebuild(options: RebuildOptions): Promise<RebuildRecord> {
  const { work, build, now, workFolder } = options;
  if (build.lock !== work.lockSha256) {
    refuse('RELEASE_WORK_INVALID', 'build.json is not of this lock', {
      expected: work.lockSha256,
      found: build.lock,
      hint: 'something was fetched after the build: run edgeseal-release build again',
    });
  }
  const started = now();
  const ground = secondGround();
  await mkdir(workFolder, { recursive: true });
  const folder = await mkdtemp(path.join(path.resolve(workFolder), 'again-'));
  try {
    const { outputs } = await runSteps({ ...options, ground, folder });
    const layout = path.join(folder, IMAGES);
    const { store, plan } = work;
    const packed = await assemble({ plan, outputs, store, layout, sourceDateEpoch: build.sourceDateEpoch });
    const first = { ...build, store, blobs: openBlobs(path.join(workFolder, IMAGES)) };
    const second = { outputs, ...packed, store, blobs: openBlobs(layout) };
    return {
      schemaVersion: 1,
      build: options.buildSha256,
      startedOn: started.toISOString(),
      finishedOn: now().toISOString(),
      varied: variedBy(ground, (started.getTime() - Date.parse(build.startedOn)) / 1000),
      compared: {
        outputs: outputs.length,
        assets: packed.assets.length,
        images: packed.images.length,
      },
      differences: await compareBuilds(first, second, plan.steps),
    };
  } finally {
    await removeTree(folder);
  }
}

function variedBy(ground: StepGround, later: number): Varied {
  const { hostname, user, group, umask, processors, bootOffset } = ground.identity;
  return {
    path: places(ground).work,
    hostname,
    user,
    group,
    umask: umask.toString(8).padStart(4, '0'),
    locale: ground.locale,
    zone: ground.zone,
    fileTime: ground.fileTime,
    ...(processors === undefined ? {} : { processors: processors.length }),
    bootOffset: bootOffset ?? 0,
    later,
  };
}
