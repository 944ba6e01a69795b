import { availableParallelism } from 'node:os';
import type { PlannedStep } from '../plan/plan.ts';
import type { FetchedWork } from '../lock/work.ts';
import type { BuiltFile, BuiltStep } from './build-record.ts';
import { removeTree } from './remove-tree.ts';
import { runStep, type StepMade } from './run-step.ts';
import { schedule } from './schedule.ts';
import type { StepGround } from './step-ground.ts';
import type { Workshop } from './workshop.ts';

/** Where in the plan a step stands. */
export interface StepPlace {
  readonly step: PlannedStep;
  /** From 0 on. */
  readonly index: number;
  readonly count: number;
}

/** Told of each step before it runs, and when it has ended. */
export interface StepProgress {
  readonly begin: (place: StepPlace) => void;
  /** @param how `stopped`: one before it has failed */
  readonly end: (place: StepPlace, seconds: number, how: 'done' | 'failed' | 'stopped') => void;
}

export interface RunStepsOptions {
  readonly work: FetchedWork;
  readonly ground: StepGround;
  readonly now: () => Date;
  readonly progress: StepProgress;
}

/** What all steps have made, in the plan's order. */
export interface StepsMade {
  readonly steps: readonly BuiltStep[];
  readonly outputs: readonly BuiltFile[];
}

/**
 * Runs all steps of a plan: those that read nothing of each other at the same time, as many as there are processors.
 * @throws what {@link runStep} throws, of the first step of the plan that fails
 */
export async function runSteps(options: RunStepsOptions, workshop: Workshop): Promise<StepsMade> {
  const { steps } = options.work.plan;
  const made: StepMade[] = [];
  const all = await schedule(
    {
      count: steps.length,
      needs: (index) => stepsBefore(steps, index),
      run: async (index, lane, signal) => {
        const outputs = stepsBefore(steps, index).flatMap((one) => made[one]?.outputs ?? []);
        const place = { step: planned(steps, index), index, count: steps.length };
        const result = await runOne(options, workshop, place, outputs, lane, signal);
        made[index] = result;
        return result;
      },
    },
    availableParallelism(),
  );
  return { steps: all.map(({ built }) => built), outputs: all.flatMap(({ outputs }) => outputs) };
}

async function runOne(
  { work, ground, now, progress }: RunStepsOptions,
  workshop: Workshop,
  place: StepPlace,
  outputs: readonly BuiltFile[],
  lane: number,
  signal: AbortSignal,
): Promise<StepMade> {
  progress.begin(place);
  const began = now().getTime();
  let how: 'done' | 'failed' = 'failed';
  try {
    const folder = await workshop.makeFolder();
    const context = { work, workshop, ground, now, lane, signal };
    const made = await runStep(place.step, context, outputs, folder);
    removeTree(folder);
    how = 'done';
    return made;
  } finally {
    progress.end(place, (now().getTime() - began) / 1000, signal.aborted ? 'stopped' : how);
  }
}

function planned(steps: readonly PlannedStep[], index: number): PlannedStep {
  const step = steps[index];
  if (step === undefined) throw new Error(`the plan has no step ${index}`);
  return step;
}

/** The steps of the same platform that write what a step reads. */
function stepsBefore(steps: readonly PlannedStep[], index: number): readonly number[] {
  const { reads, platform } = planned(steps, index);
  return steps.flatMap((other, at) =>
    other.platform === platform && other.writes.some(({ output }) => reads.includes(output)) ? [at] : [],
  );
}
