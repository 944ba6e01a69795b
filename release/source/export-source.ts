import { refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { inParallel } from '#core/oci/in-parallel';
import type { LockedFile, LockedSource } from '../lock/lock.ts';
import type { PlannedSource } from '../plan/plan.ts';
import type { Store } from '../store/store.ts';
import { commitOf } from './git.ts';
import { GitObjects } from './git-objects.ts';
import { parseCommit, parseTree, refuseSubmodule, SUBMODULE, type TreeEntry } from './git-tree.ts';

/** The source in the store, and the ids of its folders. */
export interface SourceTree {
  readonly locked: LockedSource;
  /** By path: the git tree of each folder; the top is the empty path. */
  readonly folders: ReadonlyMap<string, string>;
}

export interface SourceOptions {
  /** The top folder of the repository. */
  readonly repository: string;
  readonly source: PlannedSource;
  readonly store: Store;
  readonly env: Io['env'];
  /** Called with the octets of all files so far. */
  readonly progress: (bytes: number, more: string) => void;
}

/** Folders in folders, and files and folders in all. */
const DEPTH = 128;
const ENTRIES = 500_000;
/** Where a repository says from where its submodules come. */
const MODULES = '.gitmodules';

/**
 * Puts every file of the commit into the store, from git's objects: never from the working tree, through no filter
 * and no attribute.
 * @throws RELEASE_SOURCE_UNAVAILABLE, RELEASE_SOURCE_MISMATCH, RELEASE_SOURCE_UNSUPPORTED
 */
export async function exportSource(options: SourceOptions): Promise<SourceTree> {
  const { repository, source, store, env, progress } = options;
  await checkRef(repository, source, env);
  using objects = new GitObjects(repository, env);
  const { tree, time } = parseCommit(await objects.read(source.commit, 'commit'), source.commit);
  const folders = new Map<string, string>();
  const blobs: Blob[] = [];
  await walk(objects, { path: '', id: tree, depth: 0, hasModules: false }, folders, blobs);
  let octets = 0;
  let done = 0;
  const files = await inParallel(blobs, async ({ path, id, mode }): Promise<LockedFile> => {
    const bytes = await objects.read(id, 'blob');
    const { sha256, size } = await store.put(bytes, { name: path });
    progress((octets += size), `${++done} of ${blobs.length} files`);
    return { path, sha256, size, mode };
  });
  const locked: LockedSource = {
    repository: source.repository,
    ref: source.ref,
    commit: source.commit,
    tree,
    time,
    files: [...files].sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
  return { locked, folders };
}

interface Blob {
  readonly path: string;
  readonly id: string;
  readonly mode: LockedFile['mode'];
}

interface Folder {
  readonly path: string;
  readonly id: string;
  readonly depth: number;
  /** Whether the source says from where its submodules come. */
  readonly hasModules: boolean;
}

async function walk(
  objects: GitObjects,
  folder: Folder,
  folders: Map<string, string>,
  blobs: Blob[],
): Promise<void> {
  const { path, id, depth } = folder;
  if (depth > DEPTH || folders.size + blobs.length > ENTRIES) {
    refuse('RELEASE_SOURCE_UNSUPPORTED', 'the source has too many folders, or too deep ones', {
      expected: `at most ${DEPTH} levels, ${ENTRIES} files and folders`,
      found: JSON.stringify(path.slice(0, 200)),
    });
  }
  folders.set(path, id);
  const entries = parseTree(await objects.read(id, 'tree'), id.length / 2, path);
  const inside: Folder[] = [];
  const hasModules = folder.hasModules || (path === '' && entries.some(({ name }) => name === MODULES));
  for (const { mode, name, id: own } of entries) {
    const at = path === '' ? name : `${path}/${name}`;
    if (mode === SUBMODULE) {
      // Where nothing says from where it comes, git checks out an empty folder.
      if (hasModules) refuseSubmodule(at);
      continue;
    }
    if (isFolder(mode)) inside.push({ path: at, id: own, depth: depth + 1, hasModules });
    else blobs.push({ path: at, id: own, mode });
  }
  await Promise.all(inside.map(async (one) => walk(objects, one, folders, blobs)));
}

function isFolder(mode: TreeEntry['mode']): mode is '40000' {
  return mode === '40000';
}

/** A tag that is here must be of the commit; one that is not pushed yet need not be here. */
async function checkRef(repository: string, { ref, commit }: PlannedSource, env: Io['env']): Promise<void> {
  const found = await commitOf(repository, ref, env);
  if (found === undefined || found === commit) return;
  refuse('RELEASE_SOURCE_MISMATCH', `${JSON.stringify(ref)} is of another commit in this repository`, {
    expected: commit,
    found,
    hint: 'git fetch --tags; or release the commit that the tag is of',
  });
}
