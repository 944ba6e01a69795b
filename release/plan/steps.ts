import type { DescriptionDocument, Environment } from '../description/document.ts';
import { fillIn, platformValues, type Values } from '../description/placeholders.ts';
import { checkNoShell } from '../description/shell.ts';
import { shown, type Site } from '../description/site.ts';
import { foldersOf, treePath } from '../description/tree-path.ts';
import { nameUnknown, writerOf, type NamedStep, type Names } from './names.ts';
import { orderSteps } from './order.ts';
import type { PlannedStep } from './plan.ts';

/**
 * Every step once for each platform of its component, in an order in which they can run.
 * @throws RELEASE_NAME_UNKNOWN, RELEASE_NAME_TWICE, RELEASE_PLATFORM_UNLISTED, RELEASE_STEP_CYCLE, RELEASE_STEP_SHELL,
 * RELEASE_PATH_OUTSIDE
 */
export function planSteps(
  document: DescriptionDocument,
  names: Names,
  values: Values,
  top: Site,
): readonly PlannedStep[] {
  const before = new Map(names.steps.map((named) => [named, writersBefore(named, names)] as const));
  const written = new Map<string, WorkDirectory>();
  return orderSteps(names.steps, before).flatMap((named) =>
    named.platforms.map((platform) => {
      const { component, step, site } = named;
      checkNoShell(step.run, site.child('run'));
      const own = platformValues(values, platform);
      const { directory } = step;
      const key = `${component.name} ${platform}`;
      const work = written.get(key) ?? {
        outputs: new Map<string, string>(),
        folders: new Map<string, string>(),
      };
      written.set(key, work);
      return {
        component: component.name,
        name: step.name,
        platform,
        ...(component.root === undefined ? {} : { root: component.root }),
        run: step.run.map((word, index) => fillIn(word, own, site.child('run', index), step.reads)),
        directory: directory === undefined ? '.' : treePath(directory, site.child('directory')),
        environment: {
          ...filled(document.environment, own, top.child('environment')),
          ...filled(step.environment, own, site.child('environment'), step.reads),
        },
        reads: step.reads,
        writes: step.outputs.map(({ name, path }, index) => {
          const at = site.child('outputs', index, 'path');
          const output = { output: `${component.name}/${name}`, path: treePath(fillIn(path, own, at), at) };
          writeOnce(work, output.path, output.output, at);
          return output;
        }),
      };
    }),
  );
}

function writersBefore(
  { step, site, platforms }: NamedStep,
  names: Names,
): readonly { readonly step: NamedStep; readonly read: number }[] {
  return step.reads.flatMap((name, read) => {
    const at = site.child('reads', read);
    if (name.includes('/')) return [{ step: writerOf(names, name, platforms, at), read }];
    if (names.inputs.has(name)) return [];
    return nameUnknown(at, 'an input that is not declared', name, [...names.inputs.keys()]);
  });
}

function filled(
  environment: Environment | undefined,
  values: Values,
  site: Site,
  reads?: readonly string[],
): Environment {
  return Object.fromEntries(
    Object.entries(environment ?? {}).map(([name, text]) => [
      name,
      fillIn(text, values, site.child(name), reads),
    ]),
  );
}

/** Of one work directory: each output by its path, and the folders that outputs lie in, each with one of them. */
interface WorkDirectory {
  readonly outputs: Map<string, string>;
  readonly folders: Map<string, string>;
}

/** Refuses a path that another output has, holds, or lies in. */
function writeOnce({ outputs, folders }: WorkDirectory, path: string, output: string, site: Site): void {
  const above = foldersOf(path);
  const other =
    outputs.get(path) ?? folders.get(path) ?? above.map((folder) => outputs.get(folder)).find(Boolean);
  if (other !== undefined) {
    site.refuse('RELEASE_NAME_TWICE', 'is written twice', {
      expected: 'each file written by one step, as one output',
      found: `${shown(path)} by ${output}, and it or a part of it by ${other}`,
    });
  }
  outputs.set(path, output);
  for (const folder of above) folders.set(folder, output);
}
