import { refuse } from '#core/errors/error';
import type { BuildRecord } from '../build/build-record.ts';
import type { RunStepsOptions } from '../build/run-steps.ts';
import type { Workshop } from '../build/workshop.ts';
import { buildAgain } from './build-again.ts';
import type { RebuildRecord } from './rebuild-record.ts';
import { recordAgain } from './record-again.ts';

/** What is built again, and what of the world it takes. */
export type RebuildOptions = Omit<RunStepsOptions, 'ground'> & {
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
export async function rebuild(options: RebuildOptions, workshop: Workshop): Promise<RebuildRecord> {
  const { work, build, buildSha256, now, workFolder } = options;
  if (build.lock !== work.lockSha256) {
    refuse('RELEASE_WORK_INVALID', 'build.json is not of this lock', {
      expected: work.lockSha256,
      found: build.lock,
      hint: 'something was fetched after the build: run edgeseal-release build again',
    });
  }
  const started = now();
  const again = await buildAgain(options, workshop);
  const twice = { build, buildSha256, again, started };
  return recordAgain(twice, work.plan.steps, work.store, workFolder, now);
}
