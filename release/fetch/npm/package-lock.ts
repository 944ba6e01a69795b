import { decodeUtf8 } from '#core/bytes/utf8';
import type { Where } from '#core/json/shape';
import {
  arrayOf,
  at,
  objectAt,
  objectOf,
  optionalBooleanOf,
  optionalObjectOf,
  optionalStringAt,
  stringOf,
  wrong,
} from '#core/json/shape';
import { refuse } from '#core/errors/error';
import { parseJson } from '#core/json/parse';
import { isArray, isObject, member, type JsonObject, type JsonValue } from '#core/json/value';
import type { ContentDigests } from '../../store/content-hash.ts';
import { foldersOf, isTreePath } from '../../description/tree-path.ts';
import { parseIntegrity } from './integrity.ts';

/** One entry of `packages`: a package that is installed, a folder of the source, or a link to one. */
export interface NpmPackage {
  /** Where it is, from the lock file's folder on; the project itself is the empty path. */
  readonly location: string;
  /** Its own name, not the one that it is installed by. */
  readonly name: string;
  readonly version: string | undefined;
  readonly license: string | undefined;
  /** An address, a path, or the target of a link. */
  readonly resolved: string | undefined;
  readonly digests: ContentDigests | undefined;
  readonly isLink: boolean;
  /** Comes with the tarball of the package that it lies in. */
  readonly isBundled: boolean;
  readonly isOptional: boolean;
  /** Lists of what it runs on, `!` before what it does not; undefined: on everything. */
  readonly os: readonly string[] | undefined;
  readonly cpu: readonly string[] | undefined;
  readonly libc: readonly string[] | undefined;
  /** Programs by their names: paths in the package. */
  readonly bin: ReadonlyMap<string, string>;
  /** Names of packages that it needs; whether it can do without. */
  readonly needs: ReadonlyMap<string, { readonly isOptional: boolean }>;
}

export type PackageLock = ReadonlyMap<string, NpmPackage>;

const CODE = 'RELEASE_LOCKFILE_INVALID';
const PACKAGES = 100_000;
const NAME = /^(?:@[A-Za-z0-9~_-][\w.~-]*\/)?[A-Za-z0-9~_-][\w.~-]*$/;
const VERSION = /^\d{1,16}\.\d{1,16}\.\d{1,16}(?:-[0-9A-Za-z.-]{1,200})?(?:\+[0-9A-Za-z.-]{1,200})?$/;

/**
 * Reads package-lock.json or npm-shrinkwrap.json of lock file version 3 (or 2, of which `packages` says the same).
 * @throws RELEASE_LOCKFILE_INVALID, UTF8_INVALID, JSON_*
 * @see npm 11's documentation, "package-lock.json"
 */
export function parsePackageLock(bytes: Uint8Array, name: string): PackageLock {
  const where: Where = { code: CODE, path: '' };
  const document = objectOf(parseJson(decodeUtf8(bytes, name), name), where);
  const version = member(document, 'lockfileVersion');
  if (version !== 3 && version !== 2) wrongVersion(version);
  const packages = objectAt(document, 'packages', where);
  const inPackages = at(where, 'packages');
  const entries = Object.entries(packages);
  if (entries.length > PACKAGES) wrong(packages, `an object of at most ${PACKAGES}`, inPackages);
  const found = new Map(
    entries.map(([location, value]) => [location, readPackage(location, value, at(inPackages, location))]),
  );
  for (const { location, isLink, resolved } of found.values()) {
    const above = foldersOf(location).find((folder) => found.get(folder)?.isLink === true);
    if (above !== undefined) invalid(at(inPackages, location), 'lies in a link', 'a folder', above);
    if (!isLink || (resolved !== undefined && found.get(resolved)?.isLink === false)) continue;
    invalid(
      at(inPackages, location),
      'is a link to what is not listed',
      'the location of another entry',
      resolved,
    );
  }
  return found;
}

function readPackage(location: string, value: JsonValue, where: Where): NpmPackage {
  const object = objectOf(value, where);
  if (location !== '' && !isTreePath(location))
    invalid(where, 'is no place in the project', 'a path in it', location);
  const isLink = flag(object, 'link', where);
  const installed = installedName(location);
  const name = optionalStringAt(object, 'name', where) ?? installed ?? '';
  const version = optionalStringAt(object, 'version', where);
  if (installed !== undefined && !isLink) checkNamed(name, version, where);
  if (installed !== undefined && !NAME.test(installed))
    invalid(where, 'is installed by no name of a package', 'NAME or @SCOPE/NAME', installed);
  const integrity = optionalStringAt(object, 'integrity', where);
  return {
    location,
    name,
    version,
    license: licenseOf(member(object, 'license')),
    resolved: optionalStringAt(object, 'resolved', where),
    digests: integrity === undefined ? undefined : digestsOf(integrity, at(where, 'integrity')),
    isLink,
    // What the project itself bundles is fetched as everything else.
    isBundled: flag(object, 'inBundle', where) && integrity === undefined,
    isOptional: flag(object, 'optional', where),
    os: listAt(object, 'os', where),
    cpu: listAt(object, 'cpu', where),
    libc: listAt(object, 'libc', where),
    bin: binOf(object, name, where),
    needs: needsOf(object, installed === undefined, where),
  };
}

/** The name that a package is installed by: what stands after the last `node_modules/`. */
function installedName(location: string): string | undefined {
  const folder = `/${location}`.lastIndexOf('/node_modules/');
  return folder < 0 ? undefined : location.slice(folder + 'node_modules/'.length);
}

function checkNamed(name: string, version: string | undefined, where: Where): void {
  if (name.length > 214 || !NAME.test(name)) invalid(where, 'has no name', 'NAME or @SCOPE/NAME', name);
  if (version === undefined || !VERSION.test(version))
    invalid(at(where, 'version'), 'is no version', 'MAJOR.MINOR.PATCH', version);
}

function digestsOf(integrity: string, where: Where): ContentDigests {
  return (
    parseIntegrity(integrity) ??
    invalid(where, 'is no digest that can be relied on', 'one of sha512, sha384 or sha256', integrity)
  );
}

/** An SPDX expression; older packages wrote other things, which say nothing reliable. */
function licenseOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 1000 ? value : undefined;
}

function flag(object: JsonObject, key: string, where: Where): boolean {
  return optionalBooleanOf(member(object, key), at(where, key)) ?? false;
}

/** A list of texts, or one text alone. */
function listAt(object: JsonObject, key: string, where: Where): readonly string[] | undefined {
  const value = member(object, key);
  if (value === undefined) return undefined;
  if (typeof value === 'string') return [value];
  return arrayOf(value, at(where, key)).map((item, index) => stringOf(item, at(at(where, key), index)));
}

/** `bin` as npm makes it safe: names without folders, paths that stay in the package. */
function binOf(object: JsonObject, name: string, where: Where): ReadonlyMap<string, string> {
  const value = member(object, 'bin');
  const written: readonly (readonly [string, JsonValue])[] =
    typeof value === 'string'
      ? [[name, value]]
      : isArray(value)
        ? value.map((item) => [typeof item === 'string' ? item : '', item] as const)
        : Object.entries(optionalObjectOf(value, at(where, 'bin')) ?? {});
  const bin = new Map<string, string>();
  for (const [key, target] of written) {
    const base = lastPart(key.replaceAll(/[\\:]/g, '/'));
    const path = inside(stringOf(target, at(at(where, 'bin'), key)).replaceAll('\\', '/'));
    if (base !== '' && base !== '.' && base !== '..' && path !== '') bin.set(base, path);
  }
  return bin;
}

function lastPart(path: string): string {
  return path.split('/').findLast((part) => part !== '') ?? '';
}

/** A path from the package's top on that cannot leave it: `..` at the top is the top. */
function inside(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function needsOf(object: JsonObject, isFolder: boolean, where: Where): NpmPackage['needs'] {
  const namesAt = (key: string): readonly string[] =>
    Object.keys(optionalObjectOf(member(object, key), at(where, key)) ?? {});
  const meta = optionalObjectOf(member(object, 'peerDependenciesMeta'), at(where, 'peerDependenciesMeta'));
  const isOptionalPeer = (name: string): boolean => {
    const own = meta === undefined ? undefined : member(meta, name);
    return isObject(own) && member(own, 'optional') === true;
  };
  // In npm's order: of two that name one package the later counts.
  return new Map([
    ...namesAt('peerDependencies').map((name) => [name, { isOptional: isOptionalPeer(name) }] as const),
    ...namesAt('dependencies').map((name) => [name, { isOptional: false }] as const),
    ...namesAt('optionalDependencies').map((name) => [name, { isOptional: true }] as const),
    // Only those of the project and of its workspaces are installed.
    ...(isFolder ? namesAt('devDependencies') : []).map((name) => [name, { isOptional: false }] as const),
  ]);
}

function wrongVersion(version: JsonValue | undefined): never {
  return refuse(CODE, 'the lock file is of another version', {
    path: 'lockfileVersion',
    expected: '3',
    found: typeof version === 'number' ? String(version) : 'none',
    hint: 'npm 7 and later write it: npm install --package-lock-only --lockfile-version 3',
  });
}

function invalid(where: Where, what: string, expected: string, found: string | undefined): never {
  return refuse(CODE, `${where.path.slice(0, 300)} ${what}`, {
    path: where.path,
    expected,
    found: found === undefined ? 'nothing' : JSON.stringify(found.slice(0, 200)),
  });
}
