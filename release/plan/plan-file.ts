import { lazySchema, readWorkFile, writeWorkFile, type WorkFile } from '../lock/work-file.ts';
import type { Plan } from './plan.ts';

const NAME = 'plan.json';
const schema = lazySchema<Plan>(
  async () => (await import('./plan.schema.json', { with: { type: 'json' } })).default,
);

/**
 * The plan that `fetch` wrote.
 * @throws FILE_NOT_FOUND, RELEASE_WORK_INVALID, ...
 */
export async function readPlan(workFolder: string): Promise<WorkFile<Plan>> {
  return readWorkFile(workFolder, NAME, 'fetch', schema);
}

/** @throws FILE_UNWRITABLE */
export function writePlan(workFolder: string, plan: Plan): void {
  writeWorkFile(workFolder, NAME, plan);
}
