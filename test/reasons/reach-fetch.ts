import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openStore, type Store } from '../../release/store/store.ts';
import { thrown, type Reach, type Reaches } from './reach.ts';

/** What is told of a new store. */
function storing(use: (store: Store) => Promise<unknown>): Reach {
  return async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'edgeseal-store-'));
    try {
      return await thrown(async () => use(openStore(folder)));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

/** Codes that tell of the inputs of releases. */
export const fetchReaches = {
  RELEASE_CONTENT_MISMATCH: storing(async (store) =>
    store.put(Buffer.from('b'), { name: 'a', digests: { sha256: '0'.repeat(64) } }),
  ),
  RELEASE_CONTENT_MISSING: storing(async (store) => store.read('0'.repeat(64))),
} satisfies Reaches;
