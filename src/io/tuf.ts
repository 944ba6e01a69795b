import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolders } from './files.ts';

/** What edgeseal takes from a TUF repository of Sigstore. */
export type TufTarget = 'trusted_root.json' | 'signing_config.v0.2.json' | 'npm-keys.json';

/** The target's name in the repository: npm's keys stand there under the host of npm's registry. */
export function targetPath(target: TufTarget): string {
  return target === 'npm-keys.json' ? `${['registry', 'npmjs', 'org'].join('.')}/keys.json` : target;
}

export const PUBLIC_GOOD_MIRROR = 'https://tuf-repo-cdn.sigstore.dev';

/** Milliseconds for one request; one more attempt follows. */
const TIMEOUT = 3000;

/**
 * Fetches a target of the public-good instance by TUF, which begins at the root that ships in @sigstore/tuf.
 * Where no folder is given, or it cannot be written, the client works in a temporary one that it leaves empty.
 * The client is loaded here and only here.
 */
export async function fetchTufTarget(
  target: TufTarget,
  cacheFolder: string | undefined,
): Promise<Uint8Array> {
  const { initTUF } = await import('@sigstore/tuf');
  const fetch = async (folder: string): Promise<Uint8Array> => {
    const client = await initTUF({
      cachePath: folder,
      mirrorURL: PUBLIC_GOOD_MIRROR,
      timeout: TIMEOUT,
      retry: { retries: 1 },
    });
    return Buffer.from(await client.getTarget(targetPath(target)), 'utf8');
  };
  if (cacheFolder !== undefined && isWritable(cacheFolder)) return fetch(cacheFolder);
  const temporary = mkdtempSync(join(tmpdir(), 'edgeseal-tuf-'));
  try {
    return await fetch(temporary);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function isWritable(folder: string): boolean {
  try {
    makeFolders(folder);
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
