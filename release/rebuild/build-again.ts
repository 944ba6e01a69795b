import path from 'node:path';
import { assemble, type Assembled } from '../assemble/assemble.ts';
import type { BuiltFile } from '../build/build-record.ts';
import { IMAGES } from '../build/build.ts';
import { runSteps, type RunStepsOptions } from '../build/run-steps.ts';
import type { StepGround } from '../build/step-ground.ts';
import type { Workshop } from '../build/workshop.ts';
import { secondGround } from './second-ground.ts';

/** What a second build made. */
export interface BuiltAgain {
  readonly made: Assembled & { readonly outputs: readonly BuiltFile[] };
  readonly ground: StepGround;
  /** The folder of the OCI layout with its images: it goes with the workshop. Files stay in the store. */
  readonly layout: string;
}

/**
 * Runs all steps and packs what they write, elsewhere and as somebody else.
 * @throws what steps, archives and images are refused for
 */
export async function buildAgain(
  options: Omit<RunStepsOptions, 'ground'>,
  workshop: Workshop,
): Promise<BuiltAgain> {
  const ground = secondGround();
  const { outputs } = await runSteps({ ...options, ground }, workshop);
  const layout = path.join(await workshop.makeFolder(), IMAGES);
  const { store, plan, lock } = options.work;
  const packed = await assemble({ plan, outputs, store, layout, sourceDateEpoch: lock.source.time });
  return { made: { ...packed, outputs }, ground, layout };
}
