import path from 'node:path';
import { assemble } from '../assemble/assemble.ts';
import type { BuildRecord } from './build-record.ts';
import { runSteps, type RunStepsOptions, type StepsMade } from './run-steps.ts';
import { firstGround } from './step-ground.ts';
import type { Workshop } from './workshop.ts';

/** What is built, and what of the world it takes. */
export type BuildOptions = Omit<RunStepsOptions, 'ground'> & {
  /** `--work` */
  readonly workFolder: string;
  /** A UUID. */
  readonly invocationId: string;
};

/** The folder of the OCI layout with the images. */
export const IMAGES = 'images';

/** A build whose steps have all been run. */
export interface SteppedBuild extends StepsMade {
  readonly startedOn: string;
}

/**
 * Builds everything that a plan says, without a network: steps, then archives and images of what they wrote.
 * @throws what steps, archives and images are refused for
 */
export async function build(options: BuildOptions, workshop: Workshop): Promise<BuildRecord> {
  return packBuild(options, workshop, await stepBuild(options, workshop));
}

/** The first half of a build. @throws what steps are refused for */
export async function stepBuild(options: BuildOptions, workshop: Workshop): Promise<SteppedBuild> {
  const startedOn = options.now().toISOString();
  const ground = firstGround(options.work.lock.source.time);
  return { startedOn, ...(await runSteps({ ...options, ground }, workshop)) };
}

/** The second half. @throws what archives and images are refused for */
export async function packBuild(
  { work, now, workFolder, invocationId }: BuildOptions,
  { driver }: Workshop,
  { startedOn, steps, outputs }: SteppedBuild,
): Promise<BuildRecord> {
  const { time } = work.lock.source;
  const version = await driver.version();
  const packed = await assemble({
    plan: work.plan,
    outputs,
    store: work.store,
    layout: path.join(workFolder, IMAGES),
    sourceDateEpoch: time,
  });
  return {
    schemaVersion: 1,
    lock: work.lockSha256,
    invocationId,
    startedOn,
    finishedOn: now().toISOString(),
    sourceDateEpoch: time,
    sandbox: { mechanism: driver.mechanism, version },
    steps,
    outputs,
    ...packed,
  };
}
