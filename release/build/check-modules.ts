import { refuse } from '#core/errors/error';
import { isElf, readElf } from '../elf/elf.ts';
import { readGoModules } from '../elf/go-modules.ts';
import type { Lock } from '../lock/lock.ts';
import type { PlannedStep } from '../plan/plan.ts';
import { stepName } from './step-name.ts';

/**
 * Refuses a program of Go that says it holds a module that the lock does not list.
 * @param name of the output
 * @throws BUILD_DEPENDENCY_UNLISTED, ELF_INVALID
 */
export function checkModules(step: PlannedStep, name: string, bytes: Buffer, { dependencies }: Lock): void {
  if (!isElf(bytes)) return;
  const listed = new Set(
    dependencies
      .filter(({ kind }) => kind === 'go-module' || kind === 'vendored-module')
      .map(({ uri }) => decodeURIComponent(uri)),
  );
  for (const { path, version } of readGoModules(readElf(bytes, name)) ?? []) {
    // A folder of the source in the place of a module has no version.
    if (version === '' || listed.has(`pkg:golang/${path}@${version}`)) continue;
    refuse(
      'BUILD_DEPENDENCY_UNLISTED',
      `the step ${stepName(step)} brought in a dependency that the lock does not list`,
      {
        path: name,
        expected: 'modules that fetch brought, by go.sum or in a vendor tree',
        found: JSON.stringify(`${path}@${version}`.slice(0, 300)),
        hint: 'declare the go.sum or the vendor tree that has it as an input',
      },
    );
  }
}
