import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readLock } from '../../release/lock/lock-file.ts';
import { openStore, type Store } from '../../release/store/store.ts';
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

/** Codes that tell of the inputs of releases. */
export const fetchReaches = {
  RELEASE_CONTENT_MISMATCH: storing(async (store) =>
    store.put(Buffer.from('b'), { name: 'a', digests: { sha256: '0'.repeat(64) } }),
  ),
  RELEASE_CONTENT_MISSING: storing(async (store) => store.read('0'.repeat(64))),
  RELEASE_WORK_INVALID: inFolder(async (folder) => {
    writeFileSync(path.join(folder, 'lock.json'), '{}');
    return readLock(folder);
  }),
} satisfies Reaches;
