import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { refuse } from '#core/errors/error';
import { inParallel } from '#core/oci/in-parallel';
import type { Lock, LockedDependency } from '../../lock/lock.ts';
import { accessFault } from '../../store/access-fault.ts';
import type { Store } from '../../store/store.ts';
import { installSet } from './install-set.ts';
import { linkPrograms } from './link-programs.ts';
import { parsePackageLock, type NpmPackage } from './package-lock.ts';
import { writePackage } from './write-package.ts';

/** Tarballs that are unpacked at one time. */
const AT_ONCE = 4;

/**
 * Installs what an npm lock file names, from the store alone, as `npm ci --ignore-scripts` does: no script runs.
 * Packages of the project itself (workspaces) are linked, and are the source's. The lock must list exactly what the
 * lock file does.
 * @param input the npm-lockfile input
 * @param target a folder that stands for the one that the lock file lies in
 * @returns the `node_modules` folders that there are now, from `target` on
 * @throws RELEASE_WORK_INVALID, RELEASE_LOCKFILE_INVALID, RELEASE_CONTENT_*, ARCHIVE_*, FILE_UNWRITABLE
 */
export async function materialiseNpm(
  lock: Lock,
  store: Store,
  input: string,
  target: string,
): Promise<readonly string[]> {
  const [own, ...brought] = lock.dependencies.filter((dependency) => dependency.input === input);
  if (own?.kind !== 'npm-lockfile') return notListed(input, 'no npm lock file of this name');
  const file = await store.read(own.digest['sha256'] ?? '');
  const installed = installSet(parsePackageLock(file, own.uri));
  const packages = installed.filter(isInstalled);
  const tarballs = packages.filter(hasTarball);
  checkListed(packages.filter(isPackage), brought);
  await inParallel(
    tarballs.map(({ location }) => brought.find((one) => one.path === location)),
    async (dependency) => {
      if (dependency?.path === undefined) return;
      const bytes = store.stream(dependency.digest['sha256'] ?? '');
      await writePackage(bytes, path.join(target, dependency.path), dependency.uri);
    },
    AT_ONCE,
  );
  const folder = path.posix.dirname(own.uri.slice(own.uri.indexOf('#') + 1));
  const source = new Set(lock.source.files.map(({ path: name }) => name));
  try {
    for (const one of packages) if (one.isLink) linkFolder(one, target);
    const files = packages.map((one) => (one.isLink ? withPrograms(one, installed) : one));
    linkPrograms(files, target, ({ resolved = '' }, below) =>
      source.has(path.posix.join(folder, resolved, below)),
    );
  } catch (cause) {
    accessFault('write', target, cause);
  }
  return [...new Set(packages.map(({ location }) => topOf(location)))].sort();
}

/** What lies in a `node_modules`; the rest is source. */
function isInstalled({ location }: NpmPackage): boolean {
  return `/${location}`.includes('/node_modules/');
}

/** A package, and no link to a folder of the source. */
export function isPackage(one: NpmPackage): boolean {
  return isInstalled(one) && !one.isLink;
}

/** What is fetched by itself, and does not lie in another one's tarball. */
export function hasTarball(one: NpmPackage): boolean {
  return isPackage(one) && !one.isBundled;
}

/** A link to a folder of the source has what that folder has. */
function withPrograms(link: NpmPackage, installed: readonly NpmPackage[]): NpmPackage {
  const folder = installed.find(({ location }) => location === link.resolved);
  return folder === undefined ? link : { ...link, bin: folder.bin };
}

function linkFolder({ location, resolved = '' }: NpmPackage, target: string): void {
  const folder = path.posix.dirname(location);
  mkdirSync(path.join(target, folder), { recursive: true, mode: 0o755 });
  symlinkSync(path.posix.relative(folder, resolved), path.join(target, location));
}

/** `packages/a/node_modules` of `packages/a/node_modules/b/node_modules/c`. */
function topOf(location: string): string {
  const at = `/${location}`.indexOf('/node_modules/');
  return location.slice(0, at + 'node_modules'.length);
}

function checkListed(packages: readonly NpmPackage[], brought: readonly LockedDependency[]): void {
  const listed = new Map(brought.map((dependency) => [dependency.path, dependency]));
  for (const { location, digests = {} } of packages) {
    const digest = new Map(Object.entries(listed.get(location)?.digest ?? {}));
    const isSame = Object.entries(digests).every(([algorithm, hex]) => digest.get(algorithm) === hex);
    if (!listed.has(location) || !isSame) notListed(location, 'not the package that the lock file names');
  }
  if (listed.size !== packages.length) notListed('', `${listed.size} packages, and not ${packages.length}`);
}

function notListed(path: string, found: string): never {
  return refuse('RELEASE_WORK_INVALID', 'lock.json does not list what the npm lock file names', {
    path: path.slice(0, 300),
    expected: 'each package that is installed, by its place and its digest',
    found,
    hint: 'run edgeseal-release fetch again',
  });
}
