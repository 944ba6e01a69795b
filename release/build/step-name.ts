import type { PlannedStep } from '../plan/plan.ts';

/** A step as people know it: `verifier/bundle for linux/amd64`. */
export function stepName({
  component,
  name,
  platform,
}: Pick<PlannedStep, 'component' | 'name' | 'platform'>): string {
  return `${component}/${name} for ${platform}`;
}
