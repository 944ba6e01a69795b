import { refuse } from '#core/errors/error';
import type { Platform } from '../description/document.ts';
import type { DependencyKind, LockedDependency } from '../lock/lock.ts';
import type { BomComponent } from './bom.ts';
import type { Inside } from './inside.ts';
import type { NpmGraph } from './npm-graph.ts';

/** Entries of the lock that are software; the others are lists of such, or parts of an image. */
const SOFTWARE: ReadonlyMap<DependencyKind, BomComponent['type']> = new Map([
  ['npm-package', 'library'],
  ['go-module', 'library'],
  ['vendored-module', 'library'],
  ['toolchain', 'platform'],
  ['url', 'file'],
  ['oci-image', 'container'],
]);
const GO: ReadonlySet<DependencyKind> = new Set(['go-module', 'vendored-module']);

/** How names of downloads call a platform. */
const ARCHITECTURES: Readonly<Record<Platform, RegExp>> = {
  'linux/amd64': /(?:x64|amd64|x86_64)/,
  'linux/arm64': /(?:arm64|aarch64)/,
};

/** What an artifact is made from, and what it shows of that. */
export interface ArtifactContent {
  /** The artifact's name, for messages. */
  readonly name: string;
  readonly platform: Platform;
  /** Of the inputs that its steps read. */
  readonly dependencies: readonly LockedDependency[];
  /** The input that an image begins with. */
  readonly base?: string | undefined;
  /** By the input that the lockfile is. */
  readonly graphs: ReadonlyMap<string, NpmGraph>;
  /** What each file in it shows. */
  readonly inside: readonly Inside[];
}

/** The components of an artifact, and which of them it depends on itself. */
export interface LockedComponents {
  readonly components: readonly BomComponent[];
  readonly needs: readonly string[];
}

/**
 * The entries of the lock that an artifact's steps read, each marked as in the artifact or only used to make it. What
 * the artifact shows and the lock does not have is refused.
 * @throws SBOM_INCOMPLETE
 */
export function lockedComponents(content: ArtifactContent): LockedComponents {
  const { dependencies, graphs, inside } = content;
  const shown = shownBy(inside);
  checkListed(content, shown);
  const runtimes = new Set(shown.hasNode ? nodeFor(content) : []);
  const components = new Map<string, BomComponent>();
  const needs = new Set<string>();
  for (const dependency of dependencies) {
    const type = SOFTWARE.get(dependency.kind);
    if (type === undefined) continue;
    const graph = graphs.get(dependency.input);
    const isIn =
      isInside(dependency, shown, graph) ||
      runtimes.has(dependency) ||
      (dependency.kind === 'oci-image' && dependency.input === content.base);
    const component = componentOf(dependency, type, isIn, edgesOf(dependency, dependencies, graph));
    const known = components.get(component.ref);
    // The same package in two places is one; it is in the artifact where either is.
    components.set(
      component.ref,
      known?.scope === 'required' ? { ...component, scope: 'required' } : component,
    );
    if (isIn && (graph === undefined || (graph.needs.get('') ?? []).includes(dependency.path ?? '')))
      needs.add(component.ref);
  }
  const listed = [...components.values()];
  // What is in it and nothing else asks for, it asks for itself.
  const asked = new Set(listed.flatMap((one) => (one.scope === 'required' ? one.needs : [])));
  for (const { ref, scope } of listed) if (scope === 'required' && !asked.has(ref)) needs.add(ref);
  return { components: listed, needs: [...needs] };
}

interface Shown {
  readonly isGo: boolean;
  readonly goModules: ReadonlySet<string>;
  readonly npmPackages: ReadonlySet<string>;
  readonly hasNode: boolean;
}

function shownBy(inside: readonly Inside[]): Shown {
  return {
    isGo: inside.some(({ goModules }) => goModules !== undefined),
    goModules: new Set(inside.flatMap(({ goModules }) => goModules ?? [])),
    npmPackages: new Set(inside.flatMap(({ npmPackages }) => npmPackages)),
    hasNode: inside.some(({ hasNode }) => hasNode),
  };
}

function checkListed({ name, dependencies }: ArtifactContent, shown: Shown): void {
  const modules = new Set(
    dependencies.filter(({ kind }) => GO.has(kind)).map(({ uri }) => decoded(uri).replace('pkg:golang/', '')),
  );
  for (const module of shown.goModules) if (!modules.has(module)) incomplete(name, `the Go module ${module}`);
  const packages = new Set(
    dependencies.filter(({ kind }) => kind === 'npm-package').map(({ uri }) => nameAndVersion(uri)[0]),
  );
  for (const one of shown.npmPackages) if (!packages.has(one)) incomplete(name, `the npm package ${one}`);
  if (shown.hasNode && !dependencies.some(isNode)) incomplete(name, 'Node.js');
}

function isInside(dependency: LockedDependency, shown: Shown, graph: NpmGraph | undefined): boolean {
  const { kind, uri, path = '' } = dependency;
  if (GO.has(kind)) return shown.goModules.has(decoded(uri).replace('pkg:golang/', ''));
  if (kind === 'npm-package') {
    const [name] = nameAndVersion(uri);
    // A bundler that names what it put in is exact; else all count that the project needs at run time.
    if (shown.npmPackages.size > 0) return shown.npmPackages.has(name);
    return !shown.isGo && graph?.development.has(path) !== true;
  }
  return false;
}

/** The Node.js of the platform, where there are several. */
function nodeFor({ dependencies, platform }: ArtifactContent): readonly LockedDependency[] {
  const all = dependencies.filter(isNode);
  const ours = all.filter(({ uri }) => ARCHITECTURES[platform].test(decoded(uri)));
  return ours.length > 0 ? ours : all;
}

/** A toolchain or a file that Node.js is in, by its name. */
function isNode({ kind, uri }: LockedDependency): boolean {
  return (kind === 'toolchain' || kind === 'url') && /(?:^|[/:@-])node(?:js)?(?:[-_@/]|$)/.test(decoded(uri));
}

function edgesOf(
  { input, path = '' }: LockedDependency,
  dependencies: readonly LockedDependency[],
  graph: NpmGraph | undefined,
): readonly string[] {
  const places = new Set(graph?.needs.get(path));
  if (places.size === 0) return [];
  return dependencies
    .filter((one) => one.input === input && one.path !== undefined && places.has(one.path))
    .map(({ uri }) => uri);
}

function componentOf(
  { uri, digest, license }: LockedDependency,
  type: BomComponent['type'],
  isIn: boolean,
  needs: readonly string[],
): BomComponent {
  const isPurl = uri.startsWith('pkg:');
  const [name, version] = isPurl ? nameAndVersion(uri) : [uri, undefined];
  return {
    ref: uri,
    type,
    name,
    ...(version === undefined ? {} : { version }),
    ...(isPurl ? { purl: uri } : {}),
    digest,
    ...(license === undefined ? {} : { license }),
    scope: isIn ? 'required' : 'excluded',
    needs: [...new Set(needs)],
  };
}

/** Of a package URL: `@scope/name` and version. */
function nameAndVersion(uri: string): readonly [string, string | undefined] {
  const [plain = ''] = uri.replace(/^pkg:[a-z]+\//, '').split(/[?#]/, 1);
  const text = decoded(plain);
  const at = text.lastIndexOf('@');
  return at <= 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

function incomplete(name: string, what: string): never {
  return refuse('SBOM_INCOMPLETE', `${JSON.stringify(name)} holds what the lock does not list: ${what}`, {
    expected: 'only what fetch has brought for its steps',
    found: JSON.stringify(what.slice(0, 300)),
    hint: 'it came by another way than through the inputs: find out how, and declare it or keep it out',
  });
}
