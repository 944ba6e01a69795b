import path from 'node:path';
import { refuse } from '#core/errors/error';
import { IMAGES } from '../build/build.ts';
import type { BuildRecord } from '../build/build-record.ts';
import { places, type StepGround } from '../build/step-ground.ts';
import { openBlobs } from '../store/store.ts';
import { buildAgain, type BuildAgainOptions } from './build-again.ts';
import { compareBuilds } from './compare-builds.ts';
import type { RebuildRecord, Varied } from './rebuild-record.ts';

/** What is built again, and what of the world it takes. */
export type RebuildOptions = BuildAgainOptions & {
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
  const again = await buildAgain(options);
  try {
    const { store } = work;
    const first = { ...build, store, blobs: openBlobs(path.join(workFolder, IMAGES)) };
    const second = { ...again.made, store, blobs: openBlobs(again.layout) };
    const { outputs, assets, images } = again.made;
    return {
      schemaVersion: 1,
      build: options.buildSha256,
      startedOn: started.toISOString(),
      finishedOn: now().toISOString(),
      varied: variedBy(again.ground, (started.getTime() - Date.parse(build.startedOn)) / 1000),
      compared: { outputs: outputs.length, assets: assets.length, images: images.length },
      differences: await compareBuilds(first, second, work.plan.steps),
    };
  } finally {
    await again.remove();
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
