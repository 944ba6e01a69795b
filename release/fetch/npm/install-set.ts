import { refuse } from '#core/errors/error';
import type { NpmPackage, PackageLock } from './package-lock.ts';

/** What packages run on, as npm names it. */
interface NpmPlatform {
  readonly os: string;
  readonly cpu: string;
  readonly libc: string;
}

/** Where builds run. */
const BUILD: NpmPlatform = { os: 'linux', cpu: 'x64', libc: 'glibc' };

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly isOptional: boolean;
}

interface Graph {
  readonly into: ReadonlyMap<string, readonly Edge[]>;
  readonly out: ReadonlyMap<string, readonly Edge[]>;
}

/**
 * The entries that `npm ci` installs where builds run: without the optional ones that are for another platform, and
 * without what only those need. `engines` are not asked.
 * @throws RELEASE_LOCKFILE_INVALID where one that is needed is for another platform
 */
export function installSet(lock: PackageLock): readonly NpmPackage[] {
  const graph = graphOf(lock);
  const left = new Set<string>();
  for (const one of lock.values()) {
    if (left.has(one.location) || runsOn(one, BUILD)) continue;
    if (!one.isOptional) refusePlatform(one);
    for (const location of optionalSet(one.location, graph, left)) left.add(location);
  }
  if (left.has('')) refusePlatform(lock.get('') ?? { location: '' });
  return [...lock.values()].filter(({ location }) => location !== '' && !left.has(location));
}

function runsOn({ os, cpu, libc }: NpmPackage, platform: NpmPlatform): boolean {
  return fits(os, platform.os) && fits(cpu, platform.cpu) && fits(libc, platform.libc);
}

/** npm's rule: not among those that are excluded, and among those that are named, if any is. */
function fits(list: readonly string[] | undefined, value: string): boolean {
  if (list === undefined || (list.length === 1 && list[0] === 'any')) return true;
  if (list.includes(`!${value}`)) return false;
  return list.includes(value) || list.every((entry) => entry.startsWith('!'));
}

/** Who needs whom, each name looked up as Node does. */
function graphOf(lock: PackageLock): Graph {
  const into = new Map<string, Edge[]>();
  const out = new Map<string, Edge[]>();
  const add = (edge: Edge): void => {
    into.set(edge.to, [...(into.get(edge.to) ?? []), edge]);
    out.set(edge.from, [...(out.get(edge.from) ?? []), edge]);
  };
  for (const { location, needs, isLink, resolved } of lock.values()) {
    if (isLink && resolved !== undefined) add({ from: location, to: resolved, isOptional: false });
    for (const [name, { isOptional }] of needs) {
      const to = lookUp(lock, location, name);
      if (to !== undefined) add({ from: location, to, isOptional });
    }
  }
  return { into, out };
}

function lookUp(lock: PackageLock, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/'), 0))) {
    const location = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (lock.has(location)) return location;
    if (folder === '') return undefined;
  }
}

/**
 * What goes with an optional package that cannot be installed: up to the first optional dependency, and down to what
 * others need too (npm's optional-set and gather-dep-set).
 */
function optionalSet(location: string, { into, out }: Graph, left: ReadonlySet<string>): ReadonlySet<string> {
  const top = new Set([location]);
  for (const one of top)
    for (const { from, isOptional } of into.get(one) ?? []) if (!isOptional) top.add(from);
  const counts = ({ from, to }: Edge): boolean => !top.has(to) && !left.has(from);
  const set = new Set(top);
  for (const one of set) for (const edge of out.get(one) ?? []) if (counts(edge)) set.add(edge.to);
  for (let before = -1; before !== set.size;) {
    before = set.size;
    for (const one of set)
      if ((into.get(one) ?? []).some((edge) => !set.has(edge.from) && counts(edge))) set.delete(one);
  }
  return set;
}

function refusePlatform({ location }: Pick<NpmPackage, 'location'>): never {
  return refuse('RELEASE_LOCKFILE_INVALID', `${JSON.stringify(location.slice(0, 200))} cannot be installed`, {
    path: location.slice(0, 300),
    expected: `a package for ${BUILD.os}/${BUILD.cpu}, ${BUILD.libc}; or one that is optional`,
    found: 'a package that is needed, for another platform',
  });
}
