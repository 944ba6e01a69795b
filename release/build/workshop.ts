import { mkdir, mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import type { FetchedWork } from '../lock/work.ts';
import type { SandboxDriver } from '../sandbox/sandbox.ts';
import { InputFolders } from './input-folders.ts';
import { removeTree } from './remove-tree.ts';

/** Where steps are run: what they have in common, and room for each. */
export interface Workshop {
  /** Laid out once, read-only for all steps. */
  readonly inputs: InputFolders;
  readonly driver: SandboxDriver;
  /** An empty folder; it goes with the workshop, if nobody has removed it before. */
  readonly makeFolder: () => Promise<string>;
}

/**
 * Opens a workshop, and removes it in the end with all that is in it.
 * @param folder where it is made
 */
export async function inWorkshop<T>(
  {
    work,
    driver,
    folder,
  }: { readonly work: FetchedWork; readonly driver: SandboxDriver; readonly folder: string },
  use: (workshop: Workshop) => Promise<T>,
): Promise<T> {
  await mkdir(folder, { recursive: true });
  const own = await mkdtemp(path.join(path.resolve(folder), 'building-'));
  try {
    const inputs = path.join(own, 'inputs');
    await mkdir(inputs);
    return await use({
      inputs: new InputFolders(inputs, work),
      driver,
      makeFolder: async () => mkdtemp(path.join(own, 'part-')),
    });
  } finally {
    await driver.close();
    removeTree(own);
  }
}
