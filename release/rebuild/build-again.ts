import { mkdir, mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { assemble, type Assembled } from '../assemble/assemble.ts';
import type { BuiltFile } from '../build/build-record.ts';
import { IMAGES } from '../build/build.ts';
import { removeTree } from '../build/remove-tree.ts';
import { runSteps, type RunStepsOptions } from '../build/run-steps.ts';
import type { StepGround } from '../build/step-ground.ts';
import { secondGround } from './second-ground.ts';

export type BuildAgainOptions = Omit<RunStepsOptions, 'ground' | 'folder'> & {
  /** `--work` */
  readonly workFolder: string;
};

/** What a second build made. */
export interface BuiltAgain {
  readonly made: Assembled & { readonly outputs: readonly BuiltFile[] };
  readonly ground: StepGround;
  /** The folder of the OCI layout with its images. */
  readonly layout: string;
  /** Takes away the layout; files stay in the store. */
  readonly remove: () => Promise<void>;
}

/**
 * Runs all steps and packs what they write, elsewhere and as somebody else.
 * @throws what steps, archives and images are refused for
 */
export async function buildAgain(options: BuildAgainOptions): Promise<BuiltAgain> {
  const { work, workFolder } = options;
  const ground = secondGround();
  await mkdir(workFolder, { recursive: true });
  const folder = await mkdtemp(path.join(path.resolve(workFolder), 'again-'));
  const remove = async (): Promise<void> => removeTree(folder);
  try {
    const { outputs } = await runSteps({ ...options, ground, folder });
    const layout = path.join(folder, IMAGES);
    const { store, plan, lock } = work;
    const packed = await assemble({ plan, outputs, store, layout, sourceDateEpoch: lock.source.time });
    return { made: { ...packed, outputs }, ground, layout, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
