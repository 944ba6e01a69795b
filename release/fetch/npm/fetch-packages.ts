import path from 'node:path';
import { refuse } from '#core/errors/error';
import { inParallel } from '#core/oci/in-parallel';
import { foldersOf } from '../../description/tree-path.ts';
import type { LockedDependency } from '../../lock/lock.ts';
import type { Stored } from '../../store/store.ts';
import { sorted, sourceInput, sourceUri, type FetchContext, type FetchInput } from '../input.ts';
import { installSet } from './install-set.ts';
import { hasTarball, isPackage } from './materialise.ts';
import { parsePackageLock, type NpmPackage } from './package-lock.ts';
import { NpmRegistry, packageUrl } from './registry.ts';

/** Packages that are fetched at one time. */
const AT_ONCE = 8;

/** An npm lock file, and every package that it installs where builds run. */
export const fetchPackages: FetchInput = async (input, context) => {
  const { bytes, own } = await sourceInput(input, 'npm-lockfile', context);
  const packages = installSet(parsePackageLock(bytes, input.from)).filter(isPackage);
  const registry = new NpmRegistry(context.env);
  const brought = await inParallel(
    packages.filter(hasTarball),
    async (one) => {
      const pinned = pinnedOf(one);
      const found = await tarballOf(pinned, input.from, registry, context);
      return found === undefined ? [] : [lockedOf(pinned, input.name, found)];
    },
    AT_ONCE,
  );
  const fetched = new Map(brought.flat().map((one) => [one.path, one]));
  const bundled = packages
    .filter((one) => !hasTarball(one))
    .flatMap((one) => bundledIn(one, packages, fetched));
  return [own, ...sorted([...fetched.values(), ...bundled])];
};

/** A package in the tarball of another one: its digests are those of the tarball. */
function bundledIn(
  { location, name, version = '', license }: NpmPackage,
  packages: readonly NpmPackage[],
  fetched: ReadonlyMap<string | undefined, LockedDependency>,
): readonly LockedDependency[] {
  const holder = foldersOf(location).findLast((folder) =>
    packages.some((one) => one.location === folder && hasTarball(one)),
  );
  if (holder === undefined) notPinned(location);
  const tarball = fetched.get(holder);
  if (tarball === undefined) return [];
  const { license: _, ...rest } = tarball;
  const uri = packageUrl(name, version);
  return [{ ...rest, uri, path: location, ...(license === undefined ? {} : { license }) }];
}

interface Found {
  readonly uri: string;
  readonly stored: Stored;
}

async function tarballOf(
  { name, version, digests, resolved }: Pinned,
  lockFile: string,
  registry: NpmRegistry,
  context: FetchContext,
): Promise<Found | undefined> {
  if (resolved?.startsWith('file:') === true) {
    const from = path.posix.join(path.posix.dirname(lockFile), resolved.slice('file:'.length));
    return fromSource(from, digests, context);
  }
  if (resolved !== undefined && !/^https?:/.test(resolved)) notFetched(name, resolved);
  const stored = await context.origins.get(registry.wanted({ name, version, digests, resolved }));
  return stored === undefined ? undefined : { uri: packageUrl(name, version), stored };
}

/** A tarball that lies in the source. */
async function fromSource(
  from: string,
  digests: Pinned['digests'],
  context: FetchContext,
): Promise<Found | undefined> {
  const file = context.source.locked.files.find((one) => one.path === from && one.mode !== '120000');
  if (file === undefined) {
    return refuse(
      'RELEASE_INPUT_UNAVAILABLE',
      `the source has no file ${JSON.stringify(from.slice(0, 300))}`,
      {
        expected: 'the tarball that the lock file names, in the commit that is released',
        found: 'no such file',
        hint: 'is it committed?',
      },
    );
  }
  const content = context.origins.store.stream(file.sha256);
  const stored = await context.origins.store.put(content, { name: from, digests });
  return { uri: sourceUri(from, context), stored };
}

type Pinned = NpmPackage & {
  readonly version: string;
  readonly digests: NonNullable<NpmPackage['digests']>;
};

function pinnedOf(one: NpmPackage): Pinned {
  const { location, version = '', digests } = one;
  return digests === undefined ? notPinned(location) : { ...one, version, digests };
}

function notPinned(location: string): never {
  return refuse('RELEASE_LOCKFILE_INVALID', `${JSON.stringify(location.slice(0, 300))} is not pinned`, {
    path: location.slice(0, 300),
    expected: '"integrity": a digest of its tarball',
    found: 'none',
    hint: 'npm install --package-lock-only on linux/x64 writes it; what comes from a git repository never has one',
  });
}

function lockedOf(
  { location, license, digests }: Pinned,
  input: string,
  { uri, stored }: Found,
): LockedDependency {
  return {
    input,
    kind: 'npm-package',
    uri,
    digest: { ...digests, sha256: stored.sha256 },
    size: stored.size,
    path: location,
    ...(license === undefined ? {} : { license }),
  };
}

function notFetched(name: string, resolved: string): never {
  return refuse('RELEASE_LOCKFILE_INVALID', `${JSON.stringify(name)} is from where nothing is fetched`, {
    path: name,
    expected: 'a registry, https:, or file: in the source',
    found: JSON.stringify(resolved.slice(0, resolved.indexOf(':') + 1)),
    hint: 'publish it, or put its tarball into the source',
  });
}
