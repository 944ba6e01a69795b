import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { DATE } from '../description/placeholders.ts';
import { BUILD_PLATFORM } from '../plan/build-platform.ts';
import type { PlannedStep } from '../plan/plan.ts';
import type { FetchedWork } from '../lock/work.ts';
import type { LockedFile } from '../lock/lock.ts';
import type { Mount, SandboxOrder } from '../sandbox/sandbox.ts';
import type { BuiltFile } from './build-record.ts';
import type { InputFolders } from './input-folders.ts';
import { placeFiles } from './place-files.ts';
import { places, type StepGround } from './step-ground.ts';

/** What a step begins with. */
export interface PreparedStep {
  readonly order: Omit<SandboxOrder, 'identity' | 'limits'>;
  /** Its work directory, on this machine. */
  readonly work: string;
  /** Its HOME, on this machine. */
  readonly home: string;
  /** Files that were in the work directory before. */
  readonly given: ReadonlySet<string>;
  /** Folders of inputs in it. */
  readonly inputs: readonly string[];
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Lays out what a step sees: a work directory of its own with the source and what it reads of its own component, each
 * input and output that it reads, and nothing else.
 * @param outputs of the steps before
 * @param folder an empty one
 */
export async function prepareStep(
  step: PlannedStep,
  work: FetchedWork,
  outputs: readonly BuiltFile[],
  inputs: InputFolders,
  ground: StepGround,
  folder: string,
): Promise<PreparedStep> {
  const at = places(ground);
  const mounts: Mount[] = [];
  const inSource: string[] = [];
  const own = path.join(folder, 'work');
  const home = path.join(folder, 'home');
  const written = path.join(folder, 'outputs');
  for (const one of [own, home, written]) await mkdir(one);
  const source = sourceOf(work);
  const { store } = work;
  const names = step.reads.filter((one) => !one.includes('/'));
  const rooted = rootOf(step, inputs, folder);
  const readings = names.map(async (name) => inputs.read(name, step.platform));
  // All at once; and none is left behind that still writes after another has failed.
  const placed = placeFiles(store, own, source, ground.fileTime);
  await Promise.allSettled([rooted, placed, ...readings]);
  await placed;
  for (const [index, name] of names.entries()) {
    const files = await readings[index];
    if (files === undefined) continue;
    const { inSource: parts } = files;
    if (parts.length === 0) mounts.push({ source: files.at, target: at.input(name), isWritable: false });
    for (const part of parts) {
      inSource.push(part.path);
      mounts.push({ source: part.source, target: `${at.work}/${part.path}`, isWritable: false });
    }
  }
  const read = outputs.filter(
    ({ output, platform }) => platform === step.platform && step.reads.includes(output),
  );
  await placeFiles(
    store,
    written,
    read.map((file) => fileAt(file, file.output)),
  );
  const before = read.flatMap((file) => besideSource(file, step, work));
  await placeFiles(store, own, before);
  mounts.push(
    { source: own, target: at.work, isWritable: true },
    { source: home, target: at.home, isWritable: true },
    ...read.map(({ output }) => ({
      source: path.join(written, output),
      target: at.output(output),
      isWritable: false,
    })),
  );
  const fill = (text: string): string => filled(text, step, work, at);
  return {
    order: {
      root: await rooted,
      mounts,
      directory: step.directory === '.' ? at.work : `${at.work}/${step.directory}`,
      argv: step.run.map(fill),
      environment: {
        PATH,
        HOME: at.home,
        TZ: ground.zone,
        LC_ALL: ground.locale,
        SOURCE_DATE_EPOCH: String(work.lock.source.time),
        ...Object.fromEntries(Object.entries(step.environment).map(([name, text]) => [name, fill(text)])),
      },
    },
    work: own,
    home,
    given: new Set([...source, ...before].map((file) => file.path)),
    inputs: inSource,
  };
}

/** The source without the vendored folders: a step that reads one has it as an input, read-only. */
function sourceOf({ plan, lock }: FetchedWork): readonly LockedFile[] {
  const vendored = plan.inputs.filter(({ kind }) => kind === 'vendor-tree').map(({ from }) => `${from}/`);
  return lock.source.files.filter((file) => !vendored.some((folder) => file.path.startsWith(folder)));
}

/** An output of the step's own component is also where it was written. */
function besideSource(file: BuiltFile, step: PlannedStep, { plan }: FetchedWork): readonly LockedFile[] {
  const writer = plan.steps.find(
    ({ component, platform, writes }) =>
      component === step.component &&
      platform === step.platform &&
      writes.some(({ output }) => output === file.output),
  );
  const place = writer?.writes.find(({ output }) => output === file.output);
  return place === undefined ? [] : [fileAt(file, place.path)];
}

function fileAt({ sha256, size, executable }: BuiltFile, below: string): LockedFile {
  return { path: below, sha256, size, mode: executable ? '100755' : '100644' };
}

/** `{input.NAME}`, `{output.COMPONENT/NAME}` of what the step reads, `{date}`: the plan has filled in the rest. */
function filled(
  text: string,
  { reads }: PlannedStep,
  { plan, lock }: FetchedWork,
  at: ReturnType<typeof places>,
): string {
  const dated = text.replaceAll(DATE, new Date(lock.source.time * 1000).toISOString().replace('.000Z', 'Z'));
  return dated.replaceAll(/\{(input|output)\.([^{}]*)\}/g, (whole: string, word: string, name: string) => {
    if (!reads.includes(name)) return whole;
    if (word === 'output') return at.output(name);
    const input = plan.inputs.find((one) => one.name === name);
    if (input?.kind === 'vendor-tree') return `${at.work}/${input.from}`;
    if (input?.kind !== 'npm-lockfile') return at.input(name);
    return path.posix.join(at.work, path.posix.dirname(input.from), 'node_modules');
  });
}

/** The folder of a root: that of its input, or an empty one. */
async function rootOf(step: PlannedStep, inputs: InputFolders, folder: string): Promise<string> {
  if (step.root !== undefined) return (await inputs.root(step.root, BUILD_PLATFORM)).at;
  const empty = path.join(folder, 'root');
  await mkdir(empty);
  return empty;
}
