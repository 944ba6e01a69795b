import { stepName } from '../build/step-name.ts';
import type { StepProgress } from '../build/run-steps.ts';

/** A line for each step when it begins, and the seconds that it took. */
export function stepProgress(write: (text: string) => void): StepProgress {
  return {
    begin: (step, index, count) => write(`[${index + 1}/${count}] ${stepName(step)} ...`),
    end: (_step, seconds) => write(` ${seconds.toFixed(1)} s\n`),
  };
}
