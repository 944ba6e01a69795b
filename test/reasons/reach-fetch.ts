import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseGoSum } from '../../release/fetch/go/go-sum.ts';
import { Origins } from '../../release/fetch/origins.ts';
import { readLock } from '../../release/lock/lock-file.ts';
import { exportSource } from '../../release/source/export-source.ts';
import { Aliases } from '../../release/store/aliases.ts';
import { openStore, type Store } from '../../release/store/store.ts';
import { TestRepository } from '../release-fetch/repository.ts';
import { thrown, type Reach, type Reaches } from './reach.ts';

/** What is told of a new folder. */
function inFolder(use: (folder: string) => Promise<unknown>): Reach {
  return async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'edgeseal-fetch-'));
    try {
      return await thrown(async () => use(folder));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

const storing = (use: (store: Store) => Promise<unknown>): Reach =>
  inFolder(async (folder) => use(openStore(folder)));

/** What is told of a source: of a repository, and the commit and the tag that are asked for. */
function exporting(
  commit?: string,
  prepare: (repository: TestRepository) => unknown = () => undefined,
): Reach {
  return inFolder(async (folder) => {
    const repository = new TestRepository({ a: 'a' });
    try {
      prepare(repository);
      await exportSource({
        repository: repository.folder,
        source: {
          repository: 'https://example.com/a',
          ref: 'refs/tags/v1.0.0',
          commit: commit ?? repository.head,
        },
        store: openStore(folder),
        env: { PATH: process.env['PATH'] },
        progress: () => undefined,
      });
    } finally {
      repository.remove();
    }
  });
}

/** Codes that tell of the inputs of releases. */
export const fetchReaches = {
  RELEASE_SOURCE_UNAVAILABLE: exporting('0'.repeat(40)),
  RELEASE_SOURCE_MISMATCH: exporting(undefined, (repository) => {
    repository.git('tag', 'v1.0.0');
    repository.commit({ a: 'b' });
  }),
  RELEASE_SOURCE_UNSUPPORTED: exporting(undefined, (repository) => {
    repository.write('.gitmodules', '[submodule "sub"]\n\tpath = sub\n\turl = https://example.com/sub\n');
    repository.git('add', '.gitmodules');
    repository.git('update-index', '--add', '--cacheinfo', `160000,${repository.head},sub`);
    repository.git('commit', '-q', '-m', 'a submodule');
  }),
  RELEASE_CONTENT_MISMATCH: storing(async (store) =>
    store.put(Buffer.from('b'), { name: 'a', digests: { sha256: '0'.repeat(64) } }),
  ),
  RELEASE_CONTENT_MISSING: storing(async (store) => store.read('0'.repeat(64))),
  RELEASE_WORK_INVALID: inFolder(async (folder) => {
    writeFileSync(path.join(folder, 'lock.json'), '{}');
    return readLock(folder);
  }),
  RELEASE_LOCKFILE_INVALID: async () => thrown(() => parseGoSum(Buffer.from('a v1 h1:'), 'go.sum')),
  RELEASE_INPUT_UNAVAILABLE: inFolder(async (folder) => {
    const origins = new Origins({
      store: openStore(folder),
      aliases: new Aliases(folder),
      web: undefined,
      progress: () => undefined,
    });
    await origins.get({ name: 'a', digests: { sha256: '0'.repeat(64) }, files: [], addresses: [] });
    origins.checkComplete();
  }),
} satisfies Reaches;
