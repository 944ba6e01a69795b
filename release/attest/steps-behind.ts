import type { Platform } from '../description/document.ts';
import type { Plan, PlannedStep } from '../plan/plan.ts';

/** The steps that write these outputs for a platform, and those whose outputs they read; in the plan's order. */
export function stepsBehind(
  { steps }: Plan,
  outputs: readonly string[],
  platform: Platform,
): readonly PlannedStep[] {
  const wanted = new Set(outputs);
  const found = new Set<PlannedStep>();
  // What one reads is written before: from the last step on, each is seen after all that may want it.
  for (const step of steps.toReversed()) {
    if (step.platform !== platform || !step.writes.some(({ output }) => wanted.has(output))) continue;
    found.add(step);
    for (const read of step.reads) if (read.includes('/')) wanted.add(read);
  }
  return steps.filter((step) => found.has(step));
}

/** The inputs that steps read, and their root file systems. */
export function inputsOf(steps: readonly PlannedStep[]): ReadonlySet<string> {
  return new Set(
    steps.flatMap(({ reads, root }) => [
      ...reads.filter((name) => !name.includes('/')),
      ...(root === undefined ? [] : [root]),
    ]),
  );
}
