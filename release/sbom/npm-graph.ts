import { EdgesealError } from '#core/errors/error';
import { parseJsonBytes } from '#core/json/parse';
import { isObject, member, type JsonObject } from '#core/json/value';

/** What an npm lockfile says of its packages beside their digests. */
export interface NpmGraph {
  /** Places (`node_modules/a`) of what each package asks for, by its place; the project itself is ''. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
  /** Places of packages that only the development of the project takes. */
  readonly development: ReadonlySet<string>;
}

const LISTS = ['dependencies', 'optionalDependencies', 'peerDependencies'];
const FOLDER = 'node_modules/';

/**
 * Reads the graph of a lockfile, version 2 or 3; `fetch` has read the same file more strictly.
 * @see npm 11's documentation, "package-lock.json"
 */
export function readNpmGraph(lockfile: Uint8Array): NpmGraph {
  const packages = packagesOf(lockfile);
  const places = new Set(Object.keys(packages));
  const needs = new Map<string, readonly string[]>();
  const development = new Set<string>();
  for (const place of places) {
    const entry = member(packages, place);
    if (!isObject(entry)) continue;
    const names = LISTS.flatMap((list) => {
      const wanted = member(entry, list);
      return isObject(wanted) ? Object.keys(wanted) : [];
    });
    const found = [...new Set(names)].flatMap((name) => placeOf(name, place, places) ?? []);
    needs.set(place, found.toSorted());
    if (member(entry, 'dev') === true || member(entry, 'devOptional') === true) development.add(place);
  }
  return { needs, development };
}

function packagesOf(lockfile: Uint8Array): JsonObject {
  try {
    const document = parseJsonBytes(lockfile, 'the lockfile');
    const packages = isObject(document) ? member(document, 'packages') : undefined;
    return isObject(packages) ? packages : {};
  } catch (error) {
    if (error instanceof EdgesealError) return {};
    throw error;
  }
}

/** Where Node finds a package from another one's place: in it, or beside one of those that it lies in. */
function placeOf(name: string, from: string, places: ReadonlySet<string>): string | undefined {
  for (let folder = from; ;) {
    const place = folder === '' ? `${FOLDER}${name}` : `${folder}/${FOLDER}${name}`;
    if (places.has(place)) return place;
    if (folder === '') return undefined;
    const above = folder.lastIndexOf(FOLDER);
    folder = above <= 0 ? '' : folder.slice(0, above - 1);
  }
}
