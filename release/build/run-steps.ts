import { mkdir, mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import type { PlannedStep } from '../plan/plan.ts';
import type { FetchedWork } from '../lock/work.ts';
import type { SandboxDriver } from '../sandbox/sandbox.ts';
import type { BuiltFile, BuiltStep } from './build-record.ts';
import { InputFolders } from './input-folders.ts';
import { removeTree } from './remove-tree.ts';
import { runStep } from './run-step.ts';
import type { StepGround } from './step-ground.ts';

/** Told of each step before it runs, and when it has ended, well or not. */
export interface StepProgress {
  readonly begin: (step: PlannedStep, index: number, count: number) => void;
  readonly end: (step: PlannedStep, seconds: number) => void;
}

export interface RunStepsOptions {
  readonly work: FetchedWork;
  readonly driver: SandboxDriver;
  readonly ground: StepGround;
  /** Where a folder is made for what is needed meanwhile, and removed in the end. */
  readonly folder: string;
  readonly now: () => Date;
  readonly progress: StepProgress;
}

/**
 * Runs all steps of a plan, in its order.
 * @throws what {@link runStep} throws
 */
export async function runSteps(
  options: RunStepsOptions,
): Promise<{ readonly steps: readonly BuiltStep[]; readonly outputs: readonly BuiltFile[] }> {
  const { work, driver, ground, now, progress } = options;
  await mkdir(options.folder, { recursive: true });
  const folder = await mkdtemp(path.join(path.resolve(options.folder), 'building-'));
  try {
    const unpacked = path.join(folder, 'inputs');
    await mkdir(unpacked);
    const inputs = new InputFolders(unpacked, work);
    const steps: BuiltStep[] = [];
    const outputs: BuiltFile[] = [];
    for (const [index, step] of work.plan.steps.entries()) {
      progress.begin(step, index, work.plan.steps.length);
      const began = now().getTime();
      try {
        const own = path.join(folder, String(index));
        await mkdir(own);
        const done = await runStep(step, { work, inputs, driver, ground, now }, outputs, own);
        await removeTree(own);
        steps.push(done.built);
        outputs.push(...done.outputs);
      } finally {
        progress.end(step, (now().getTime() - began) / 1000);
      }
    }
    return { steps, outputs };
  } finally {
    await driver.close();
    await removeTree(folder);
  }
}
