import path from 'node:path';
import { refuse } from '#core/errors/error';
import type { LockedDependency, LockedFile } from '../../lock/lock.ts';
import { moduleUrl } from '../go/go-proxy.ts';
import { plannedDigests, sorted, sourceUri, type FetchContext, type FetchInput } from '../input.ts';
import type { PlannedInput } from '../../plan/plan.ts';
import { parseModulesTxt, type VendoredModule } from './modules-txt.ts';

/** A vendor tree, which is in the source, and the Go modules that it holds. */
export const fetchVendor: FetchInput = async (input, context) => {
  checkTree(input, context);
  const files = filesUnder(input.from, context.source.locked.files);
  const own = await locked(input, 'vendor-tree', sourceUri(input.from, context), files, context);
  const list = files.find((file) => file.path === 'modules.txt' && file.mode !== '120000');
  if (list === undefined) return [{ ...own, digest: { ...own.digest, ...plannedDigests(input) } }];
  const bytes = await context.origins.store.read(list.sha256);
  const modules = parseModulesTxt(bytes, `${input.from}/modules.txt`).filter(
    ({ hasPackages }) => hasPackages,
  );
  const byModule = Map.groupBy(files, (file) => moduleOf(file.path, modules));
  const brought: LockedDependency[] = [];
  for (const module of modules) {
    const uri = uriOf(module, input, context);
    const linked = linkedFolder(module, input, files);
    const inside =
      linked === undefined
        ? filesUnder(module.path, byModule.get(module) ?? [])
        : filesUnder(linked, context.source.locked.files);
    const one = await locked(input, 'vendored-module', uri, inside, context);
    brought.push({ ...one, path: module.path });
  }
  return [{ ...own, digest: { ...own.digest, ...plannedDigests(input) } }, ...sorted(brought)];
};

function checkTree({ name, from, digest }: PlannedInput, { source }: FetchContext): void {
  const found = source.folders.get(from);
  if (digest === `gitTree:${found ?? ''}`) return;
  refuse('RELEASE_CONTENT_MISMATCH', `${JSON.stringify(from.slice(0, 300))} is not what its digest says`, {
    path: `inputs ${name}`,
    expected: digest,
    found: found === undefined ? 'no such folder in the commit' : `gitTree:${found}`,
    hint: 'look at what has changed, and write the new digest into the description: git rev-parse COMMIT:PATH',
  });
}

/** Paths from the folder on. */
function filesUnder(folder: string, files: readonly LockedFile[]): readonly LockedFile[] {
  return files
    .filter((file) => file.path.startsWith(`${folder}/`))
    .map((file) => ({ ...file, path: file.path.slice(folder.length + 1) }));
}

/** The module that a file belongs to: of several the one with the longest path. */
function moduleOf(file: string, modules: readonly VendoredModule[]): VendoredModule | undefined {
  return modules
    .filter((module) => file.startsWith(`${module.path}/`))
    .reduce<VendoredModule | undefined>(
      (longest, module) =>
        longest === undefined || module.path.length > longest.path.length ? module : longest,
      undefined,
    );
}

function uriOf(
  { path: name, version, replacement }: VendoredModule,
  input: PlannedInput,
  context: FetchContext,
): string {
  if (replacement === undefined) return moduleUrl(name, version, 'zip');
  if (replacement.version !== undefined) return moduleUrl(replacement.path, replacement.version, 'zip');
  return sourceUri(replacedBy(replacement, input), context);
}

/** The folder of the source that stands in the place of a module. */
function replacedBy(replacement: { readonly path: string }, { from }: PlannedInput): string {
  return path.posix.join(path.posix.dirname(from), replacement.path);
}

/** The same, where the vendor tree has only a link there, as Kubernetes and KubeEdge have for `staging`. */
function linkedFolder(
  { path: place, replacement }: VendoredModule,
  input: PlannedInput,
  files: readonly LockedFile[],
): string | undefined {
  if (replacement === undefined || replacement.version !== undefined) return undefined;
  const isLink = files.some((file) => file.path === place && file.mode === '120000');
  return isLink ? replacedBy(replacement, input) : undefined;
}

/** Keeps the list of the files: `MODE SHA256  PATH`, a line each, in the order of the lock. */
async function locked(
  input: PlannedInput,
  kind: LockedDependency['kind'],
  uri: string,
  files: readonly LockedFile[],
  { origins }: FetchContext,
): Promise<LockedDependency> {
  const lines = files.map((file) => `${file.mode} ${file.sha256}  ${file.path}\n`);
  const { sha256, size } = await origins.store.put(Buffer.from(lines.join('')), { name: uri });
  return { input: input.name, kind, uri, digest: { sha256 }, size };
}
