import { stepName } from '../build/step-name.ts';
import type { StepPlace, StepProgress } from '../build/run-steps.ts';

/**
 * A line for each step when it begins, and one when it ends, with the seconds that it took: several run at one time.
 * @param time which run of the steps it is: ` again`, or nothing
 */
export function stepProgress(write: (text: string) => void, time = ''): StepProgress {
  const said = ({ step, index, count }: StepPlace): string =>
    `[${index + 1}/${count}]${time} ${stepName(step)}`;
  return {
    begin: (place) => write(`${said(place)} ...\n`),
    end: (place, seconds, how) => write(`${said(place)}: ${how}, ${seconds.toFixed(1)} s\n`),
  };
}
