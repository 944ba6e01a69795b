import { realpathSync } from 'node:fs';
import path from 'node:path';
import { refuse } from '#core/errors/error';
import { startProgress } from '#core/cli/progress';
import type { Io } from '#core/io/io';
import { shown } from '../description/site.ts';
import type { Lock, LockedDependency } from '../lock/lock.ts';
import { writeLock } from '../lock/lock-file.ts';
import type { Plan, PlannedInput } from '../plan/plan.ts';
import { writePlan } from '../plan/plan-file.ts';
import { exportSource, type SourceTree } from '../source/export-source.ts';
import { findRepository } from '../source/git.ts';
import { Aliases } from '../store/aliases.ts';
import { removeLeftOver } from '../store/left-over.ts';
import { openStore } from '../store/store.ts';
import { fetchFile } from './fetch-file.ts';
import { fetchModules } from './go/fetch-modules.ts';
import type { FetchContext, FetchInput } from './input.ts';
import { fetchPackages } from './npm/fetch-packages.ts';
import { fetchImage } from './oci/fetch-image.ts';
import { Origins, type OriginCounts } from './origins.ts';
import { fetchVendor } from './vendor/fetch-vendor.ts';
import { Web } from './web.ts';

export interface FetchOptions {
  readonly plan: Plan;
  /** The release description, absolute; or, where it came by standard input, the working folder with a name of none. */
  readonly description: string;
  /** `--work`, absolute. */
  readonly workFolder: string;
  readonly isOffline: boolean;
  readonly io: Io;
}

export interface FetchResult {
  readonly lock: Lock;
  /** Of `lock.json`, lower-case hexadecimal. */
  readonly lockSha256: string;
  readonly origins: OriginCounts;
}

const KINDS: Readonly<Record<PlannedInput['kind'], FetchInput>> = {
  'npm-lockfile': fetchPackages,
  'go-sum': fetchModules,
  'vendor-tree': fetchVendor,
  toolchain: fetchFile('toolchain'),
  url: fetchFile('url'),
  'oci-image': fetchImage,
};

/**
 * Brings the source and every input into the work folder's store, and writes what it brought: plan.json and lock.json.
 * Nothing of the source runs. The same plan gives the same lock, byte for byte.
 * @throws RELEASE_SOURCE_*, RELEASE_INPUT_UNAVAILABLE, RELEASE_CONTENT_MISMATCH, RELEASE_LOCKFILE_INVALID, ...
 */
export async function fetchRelease(options: FetchOptions): Promise<FetchResult> {
  const { plan, description, workFolder, isOffline, io } = options;
  const folder = path.dirname(description);
  const store = openStore(workFolder);
  removeLeftOver(workFolder);
  const repository = await findRepository(folder, io.env);
  const reading = startProgress(io, 'reading the source');
  const source = await exportSource({
    repository,
    source: plan.source,
    store,
    env: io.env,
    progress: reading.step,
  });
  reading.end();
  checkDescription(plan, description, repository, source);
  const network = isOffline ? undefined : await io.network?.();
  const fetching = startProgress(io, 'fetching');
  const origins = new Origins({
    store,
    aliases: new Aliases(workFolder),
    web: network && Web.of(network),
    progress: fetching.step,
  });
  const context: FetchContext = { plan, source, origins, env: io.env, files: io.files, folder, network };
  const dependencies: LockedDependency[] = [];
  for (const input of plan.inputs) dependencies.push(...(await KINDS[input.kind](input, context)));
  origins.checkComplete();
  fetching.end();
  const lock: Lock = {
    schemaVersion: 1,
    description: plan.description.sha256,
    source: source.locked,
    dependencies,
  };
  writePlan(workFolder, plan);
  return { lock, lockSha256: writeLock(workFolder, lock), origins: origins.counts };
}

/** A description that the commit has must be that of the commit. */
function checkDescription(plan: Plan, description: string, repository: string, source: SourceTree): void {
  const below = path.relative(realpathSync(repository), realpathOf(description));
  const committed = source.locked.files.find((file) => file.path === below.split(path.sep).join('/'));
  if (committed === undefined || committed.sha256 === plan.description.sha256) return;
  refuse('RELEASE_SOURCE_MISMATCH', 'the release description is not the one of the commit', {
    expected: `${shown(below)} with sha256:${committed.sha256}`,
    found: `sha256:${plan.description.sha256}`,
    hint: 'commit it, and release that commit; or check out the commit that is released',
  });
}

function realpathOf(file: string): string {
  return path.join(realpathSync(path.dirname(file)), path.basename(file));
}
