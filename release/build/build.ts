import path from 'node:path';
import { assemble } from '../assemble/assemble.ts';
import type { BuildRecord } from './build-record.ts';
import { runSteps, type RunStepsOptions } from './run-steps.ts';
import { firstGround } from './step-ground.ts';

/** What is built, and what of the world it takes. */
export type BuildOptions = Omit<RunStepsOptions, 'ground' | 'folder'> & {
  /** `--work` */
  readonly workFolder: string;
  /** A UUID. */
  readonly invocationId: string;
};

/** The folder of the OCI layout with the images. */
export const IMAGES = 'images';

/**
 * Builds everything that a plan says, without a network: steps, then archives and images of what they wrote.
 * @throws what steps, archives and images are refused for
 */
export async function build(options: BuildOptions): Promise<BuildRecord> {
  const { work, driver, now, workFolder, invocationId } = options;
  const { time } = work.lock.source;
  const startedOn = now().toISOString();
  const version = await driver.version();
  const { steps, outputs } = await runSteps({ ...options, ground: firstGround(time), folder: workFolder });
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
