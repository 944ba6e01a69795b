import path from 'node:path';
import { IMAGES } from '../build/build.ts';
import type { BuildRecord } from '../build/build-record.ts';
import { places, type StepGround } from '../build/step-ground.ts';
import { openBlobs, type Store } from '../store/store.ts';
import type { PlannedStep } from '../plan/plan.ts';
import type { BuiltAgain } from './build-again.ts';
import { compareBuilds } from './compare-builds.ts';
import type { RebuildRecord, Varied } from './rebuild-record.ts';

/** A build that was made twice. */
export interface BuiltTwice {
  readonly build: BuildRecord;
  /** SHA-256 of `build.json`. */
  readonly buildSha256: string;
  readonly again: BuiltAgain;
  /** When the second one began. */
  readonly started: Date;
}

/**
 * Compares every byte of two builds.
 * @param steps of the plan
 * @param workFolder that of the first build
 * @throws what the store is refused for
 */
export async function recordAgain(
  { build, buildSha256, again, started }: BuiltTwice,
  steps: readonly PlannedStep[],
  store: Store,
  workFolder: string,
  now: () => Date,
): Promise<RebuildRecord> {
  const first = { ...build, store, blobs: openBlobs(path.join(workFolder, IMAGES)) };
  const second = { ...again.made, store, blobs: openBlobs(again.layout) };
  const { outputs, assets, images } = again.made;
  return {
    schemaVersion: 1,
    build: buildSha256,
    startedOn: started.toISOString(),
    finishedOn: now().toISOString(),
    varied: variedBy(again.ground, (started.getTime() - Date.parse(build.startedOn)) / 1000),
    compared: { outputs: outputs.length, assets: assets.length, images: images.length },
    differences: await compareBuilds(first, second, steps),
  };
}

function variedBy(ground: StepGround, later: number): Varied {
  const { hostname, user, group, umask, bootOffset } = ground.identity;
  return {
    path: places(ground).work,
    hostname,
    user,
    group,
    umask: umask.toString(8).padStart(4, '0'),
    locale: ground.locale,
    zone: ground.zone,
    fileTime: ground.fileTime,
    ...(ground.processors === undefined ? {} : { processors: 1 }),
    bootOffset: bootOffset ?? 0,
    later,
  };
}
