import { foldersOf, isTreePath } from '../description/tree-path.ts';
import { shown, type Site } from '../description/site.ts';
import type { Lock } from './lock.ts';
import { lazySchema, readWorkFile, writeWorkFile, type WorkFile } from './work-file.ts';

const NAME = 'lock.json';
const schema = lazySchema<Lock>(
  async () => (await import('./lock.schema.json', { with: { type: 'json' } })).default,
);

/**
 * The lock that `fetch` wrote.
 * @throws FILE_NOT_FOUND, RELEASE_WORK_INVALID, ...
 */
export async function readLock(workFolder: string): Promise<WorkFile<Lock>> {
  const file = await readWorkFile(workFolder, NAME, 'fetch', schema);
  checkFiles(file.value, file.site.child('source', 'files'));
  checkDependencies(file.value, file.site.child('dependencies'));
  return file;
}

/**
 * @returns SHA-256 of its bytes, lower-case hexadecimal
 * @throws FILE_UNWRITABLE
 */
export function writeLock(workFolder: string, lock: Lock): string {
  return writeWorkFile(workFolder, NAME, lock);
}

/** Each file once, in order, none in another one, none outside. */
function checkFiles({ source: { files } }: Lock, site: Site): void {
  const paths = new Set<string>();
  let before = '';
  for (const [index, { path }] of files.entries()) {
    const at = site.child(index, 'path');
    if (!isTreePath(path)) invalid(at, 'is no path in the source', path);
    if (index > 0 && path <= before) invalid(at, 'is not in order', path);
    before = path;
    paths.add(path);
  }
  for (const [index, { path }] of files.entries()) {
    const above = foldersOf(path).find((folder) => paths.has(folder));
    if (above !== undefined) invalid(site.child(index, 'path'), 'lies in another file', path);
  }
}

/** Those of an input together, the input itself first and once; paths inside, each once. */
function checkDependencies({ dependencies }: Lock, site: Site): void {
  const ended = new Set<string>();
  let current: string | undefined;
  const paths = new Set<string>();
  for (const [index, { input, path }] of dependencies.entries()) {
    const at = site.child(index);
    const isFirst = input !== current;
    if (isFirst) {
      if (ended.has(input)) invalid(at.child('input'), 'is not together with those of its input', input);
      ended.add(input);
      current = input;
      paths.clear();
    }
    if (isFirst !== (path === undefined))
      invalid(at, 'is out of order: the input itself comes first, and once', input);
    if (path === undefined) continue;
    if (!isTreePath(path)) invalid(at.child('path'), 'is no path in the folder of its input', path);
    if (paths.has(path)) invalid(at.child('path'), 'is taken by another one', path);
    paths.add(path);
  }
}

function invalid(site: Site, message: string, found: string): never {
  return site.refuse('RELEASE_WORK_INVALID', message, {
    found: shown(found),
    hint: 'something else than edgeseal-release wrote it: run edgeseal-release fetch again',
  });
}
