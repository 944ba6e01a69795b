import { packBuild, stepBuild, type BuildOptions, type SteppedBuild } from '../build/build.ts';
import { writeBuild } from '../build/build-file.ts';
import type { BuildRecord } from '../build/build-record.ts';
import type { StepProgress } from '../build/run-steps.ts';
import type { Workshop } from '../build/workshop.ts';
import { buildAgain } from './build-again.ts';
import { writeRebuild } from './rebuild-file.ts';
import type { RebuildRecord } from './rebuild-record.ts';
import { recordAgain } from './record-again.ts';
import { SECOND_TIME } from './second-ground.ts';

/** What is built twice, and what of the world it takes. */
export type BuildTwiceOptions = BuildOptions & {
  /** Of the second time. */
  readonly again: StepProgress;
};

/**
 * Builds everything, and at once a second time as a rebuild does, with inputs that are laid out once: their files have
 * other times when steps see them again. While the first build is packed, the steps run again. Both records are written.
 * @throws what building and rebuilding are refused for
 */
export async function buildTwice(
  options: BuildTwiceOptions,
  workshop: Workshop,
): Promise<{ readonly build: BuildRecord; readonly rebuild: RebuildRecord }> {
  const { work, workFolder, now } = options;
  const stepped = await stepBuild(options, workshop);
  await workshop.inputs.setTimes(SECOND_TIME);
  const started = now();
  // What is under way ends before anything is told.
  const [packed, second] = await Promise.allSettled([
    pack(options, workshop, stepped),
    buildAgain({ ...options, progress: options.again }, workshop),
  ]);
  if (packed.status === 'rejected') throw packed.reason;
  if (second.status === 'rejected') throw second.reason;
  const twice = { ...packed.value, again: second.value, started };
  const rebuild = await recordAgain(twice, work.plan.steps, work.store, workFolder, now);
  writeRebuild(workFolder, rebuild);
  return { build: packed.value.build, rebuild };
}

async function pack(
  options: BuildOptions,
  workshop: Workshop,
  stepped: SteppedBuild,
): Promise<{ readonly build: BuildRecord; readonly buildSha256: string }> {
  const build = await packBuild(options, workshop, stepped);
  return { build, buildSha256: writeBuild(options.workFolder, build) };
}
