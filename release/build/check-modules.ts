import { refuse } from '#core/errors/error';
import { isElf } from '../elf/elf.ts';
import type { Lock } from '../lock/lock.ts';
import type { PlannedStep } from '../plan/plan.ts';
import { readGoBuild } from '../sbom/go-modules.ts';
import { stepName } from './step-name.ts';

/**
 * Refuses a program of Go that says it holds a module that the lock does not list.
 * @param name of the output
 * @throws BUILD_DEPENDENCY_UNLISTED
 */
export function checkModules(step: PlannedStep, name: string, bytes: Buffer, { dependencies }: Lock): void {
  if (!isElf(bytes)) return;
  const listed = new Set(
    dependencies
      .filter(({ kind }) => kind === 'go-module' || kind === 'vendored-module')
      .map(({ uri }) => decodeURIComponent(uri)),
  );
  for (const module of readGoBuild(bytes)?.modules ?? []) {
    if (listed.has(`pkg:golang/${module}`)) continue;
    refuse(
      'BUILD_DEPENDENCY_UNLISTED',
      `the step ${stepName(step)} brought in a dependency that the lock does not list`,
      {
        path: name,
        expected: 'modules that fetch brought, by go.sum or in a vendor tree',
        found: JSON.stringify(module.slice(0, 300)),
        hint: 'declare the go.sum or the vendor tree that has it as an input',
      },
    );
  }
}
