import { mkdirSync } from 'node:fs';
import { contentOf, type Entry } from '../../release/archive/entry.ts';
import { writeTar } from '../../release/archive/write-tar.ts';
import type { Lock, LockedDependency, LockedFile } from '../../release/lock/lock.ts';
import type { FetchedWork } from '../../release/lock/work.ts';
import type { Plan, PlannedStep } from '../../release/plan/plan.ts';
import { rootArchive } from '../../release/root/root-archive.ts';
import { openStore, type Store } from '../../release/store/store.ts';

const COMMIT = 'c'.repeat(40);
const TIME = 1_700_000_000;
const platform = 'linux/amd64';

/** A file of a made-up source: its text; one that begins with `#!` is executable. */
export type Source = Readonly<Record<string, string>>;

/** A step in short: the rest is as in most steps. */
export type StepInShort = Pick<PlannedStep, 'run'> &
  Partial<PlannedStep> & { readonly out?: Readonly<Record<string, string>> };

/** An archive as an input, which some step reads or has as its root. */
export interface ArchiveInput {
  readonly name: string;
  readonly kind: 'toolchain' | 'npm-lockfile';
  readonly from: string;
  readonly dependencies: readonly LockedDependency[];
}

/** A work folder as `fetch` leaves it, of a made-up source. */
export async function makeWork(
  folder: string,
  source: Source,
  steps: readonly StepInShort[],
  inputs: readonly ArchiveInput[],
): Promise<FetchedWork> {
  mkdirSync(folder, { recursive: true });
  const store = openStore(folder);
  const files: LockedFile[] = [];
  for (const path of Object.keys(source).sort()) {
    const text = source[path] ?? '';
    const stored = await store.put(Buffer.from(text));
    files.push({ path, ...stored, mode: text.startsWith('#!') ? '100755' : '100644' });
  }
  const from = {
    repository: 'https://github.com/example-org/example',
    ref: 'refs/tags/v1.0.0',
    commit: COMMIT,
  };
  const plan: Plan = {
    name: 'example',
    version: '1.0.0',
    description: { file: 'release.json', sha256: '1'.repeat(64) },
    source: from,
    platforms: [platform],
    inputs: inputs.map(({ name, kind, from: place, dependencies: [own] }) => ({
      name,
      kind,
      from: place,
      digest: `sha256:${own?.digest['sha256'] ?? ''}`,
    })),
    steps: steps.map(({ run, out, ...step }, index) => ({
      component: 'made',
      name: `step-${index + 1}`,
      platform,
      root: 'root',
      directory: '.',
      environment: {},
      reads: [],
      writes: Object.entries(out ?? {}).map(([name, path]) => ({ output: `made/${name}`, path })),
      run,
      ...step,
    })),
    images: [],
    assets: [],
    policy: 'policy.json',
  };
  const lock: Lock = {
    schemaVersion: 1,
    description: plan.description.sha256,
    source: { ...from, tree: 'd'.repeat(40), time: TIME, files },
    dependencies: inputs.flatMap((input) => input.dependencies),
  };
  return { plan, lock, lockSha256: '3'.repeat(64), store };
}

/** A root with these programs of this machine, as an archive in a store. */
export function rootInput(store: Store, programs: readonly string[]): Promise<ArchiveInput> {
  const places = programs.map((file) => [`/bin/${file.slice(file.lastIndexOf('/') + 1)}`, file] as const);
  return storedInput(store, 'root', rootArchive(new Map(places)));
}

/** An archive in a store, as a toolchain. */
export function archiveInput(store: Store, name: string, entries: readonly Entry[]): Promise<ArchiveInput> {
  return storedInput(store, name, writeTar(entries, { mtime: 0 }));
}

async function storedInput(
  store: Store,
  name: string,
  archive: AsyncIterable<Uint8Array>,
): Promise<ArchiveInput> {
  const stored = await store.put(archive);
  const uri = `file:${name}.tar`;
  return {
    name,
    kind: 'toolchain',
    from: uri,
    dependencies: [
      { input: name, kind: 'toolchain', uri, digest: { sha256: stored.sha256 }, size: stored.size },
    ],
  };
}

export const textEntry = (path: string, text: string, executable = false): Entry => ({
  kind: 'file',
  path,
  executable,
  content: contentOf(Buffer.from(text)),
});
