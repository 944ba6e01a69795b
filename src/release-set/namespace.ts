import { formatReference, parseReference, type Repository } from '#core/oci/reference';

/** Where the images of a release are, and the tag that they have there. */
export interface Namespace extends Repository {
  readonly tag: string;
}

/** An image to look for. */
export interface WantedImage {
  /** Its reference. */
  readonly name: string;
  /** Only the registry's catalog names it: where it has the tag, it is one too many. */
  readonly isUnlisted: boolean;
}

/**
 * The images of a release that has some in a namespace. What the release lists must be there; with a list, what
 * only the catalog names must not have the tag. Without a list the catalog is the list.
 * @param listed references that the release names, in the namespace and elsewhere
 * @param repositories names in the namespace that the release lists
 * @param catalog names of all repositories of the registry; undefined where it does not say
 */
export function imagesOfNamespace(
  namespace: Namespace,
  listed: readonly string[],
  repositories: readonly string[],
  catalog: readonly string[] | undefined,
): readonly WantedImage[] {
  const { registry, path, tag } = namespace;
  const prefix = path === '' ? '' : `${path}/`;
  const referenceOf = (repository: string): string =>
    formatReference({ registry, path: repository, tag, digest: undefined });
  const named = [...listed, ...repositories.map((name) => referenceOf(`${prefix}${name}`))];
  const known = new Set<string>();
  for (const one of named.map((name) => parseReference(name)))
    if (one.registry === registry && one.path.startsWith(prefix)) known.add(one.path);
  const hasList = known.size > 0;
  const others = (catalog ?? []).filter((name) => name.startsWith(prefix) && !known.has(name));
  return [
    ...distinct(named).map((name) => ({ name, isUnlisted: false })),
    ...others.map((name) => ({ name: referenceOf(name), isUnlisted: hasList })),
  ];
}

/** The same image under two spellings is one. */
function distinct(names: readonly string[]): readonly string[] {
  const bySpelling = new Map(names.map((name) => [formatReference(parseReference(name)), name]));
  return [...bySpelling.values()];
}
