import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { refuse } from '#core/errors/error';
import type { Lock } from '../lock/lock.ts';
import type { PlannedStep } from '../plan/plan.ts';
import type { PreparedStep } from './prepare-step.ts';
import { stepName } from './step-name.ts';

/** Folders that hold what others have written, in the manner of npm, Go, Python, Ruby, Rust and the like. */
const FOLDERS = new Set([
  'node_modules',
  'bower_components',
  'jspm_packages',
  'vendor',
  'site-packages',
  'dist-packages',
  'third_party',
]);
/** Go's module cache: `pkg/mod/MODULE@VERSION/...`; what lies in `cache/` are the files that were read. */
const MODULE_CACHE = /(?:^|\/)pkg\/mod\/(?!cache\/)(.*)$/;

/**
 * Refuses what a step has put among the dependencies: of what is there, the lock lists all.
 * @param modules of Go that the step's inputs have, as `MODULE@VERSION`
 * @throws BUILD_DEPENDENCY_UNLISTED
 */
export async function checkUnlisted(
  { work, home, given, inputs }: PreparedStep,
  modules: ReadonlySet<string>,
  step: PlannedStep,
): Promise<void> {
  for await (const file of filesUnder(work, inputs))
    if (!given.has(file) && isAmongDependencies(file)) unlisted(step, file);
  for await (const file of filesUnder(home, [])) {
    const [, cached] = MODULE_CACHE.exec(file) ?? [];
    const isListed = cached === undefined ? !isAmongDependencies(file) : modules.has(moduleOf(cached));
    if (!isListed) unlisted(step, `HOME/${file}`);
  }
}

/** The modules of Go that a step has as inputs, as its module cache names them. */
export function listedModules({ reads }: PlannedStep, { dependencies }: Lock): ReadonlySet<string> {
  return new Set(
    dependencies
      .filter(({ input, kind }) => kind === 'go-module' && reads.includes(input))
      .map(({ path: file = '' }) => file.replace(/\/@v\/(.*)\.zip$/, '@$1')),
  );
}

function isAmongDependencies(file: string): boolean {
  return file
    .split('/')
    .slice(0, -1)
    .some((part) => FOLDERS.has(part));
}

/** `example.com/mod@v1.2.3` of a path in it. */
function moduleOf(cached: string): string {
  const end = cached.indexOf('/', cached.indexOf('@'));
  return end < 0 ? cached : cached.slice(0, end);
}

/** Paths of everything that is no folder, but what lies in those. */
async function* filesUnder(folder: string, without: readonly string[], below = ''): AsyncGenerator<string> {
  for (const entry of await readdir(path.join(folder, below), { withFileTypes: true })) {
    const at = below === '' ? entry.name : `${below}/${entry.name}`;
    if (!entry.isDirectory()) yield at;
    else if (!without.includes(at)) yield* filesUnder(folder, without, at);
  }
}

function unlisted(step: PlannedStep, file: string): never {
  refuse(
    'BUILD_DEPENDENCY_UNLISTED',
    `the step ${stepName(step)} brought in a dependency that the lock does not list`,
    {
      path: file.slice(0, 300),
      expected: 'dependencies that fetch brought, each by its digest',
      found: `a file that neither the source nor an input has: ${JSON.stringify(file.slice(0, 300))}`,
      hint: 'declare it as an input, and do not unpack or write it in a step',
    },
  );
}
