import { spawnSync } from 'node:child_process';
import { copyFileSync, linkSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { collectRoot } from '../../release/root/libraries.ts';

const needed = [
  '--user',
  '--map-root-user',
  '--mount',
  '--pid',
  '--fork',
  '--net',
  '--ipc',
  '--uts',
  '--cgroup',
];
const tried = spawnSync('unshare', [...needed, 'true'], { encoding: 'utf8' });

/** Whether this machine lets us make sandboxes; `why` it does not, for the titles of the tests that it skips. */
export const sandboxes: { readonly allowed: boolean; readonly why: string } = {
  allowed: tried.status === 0,
  why:
    tried.status === 0
      ? ''
      : ` (skipped: user namespaces are not allowed here: ${(tried.stderr || String(tried.error)).trim()})`,
};

/** A folder of a test's own, and the end of it. */
export function scratch(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'edgeseal-build-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A root file system with Node.js and a shell, of this machine's own files. */
export function makeRoot(folder: string): string {
  const files = collectRoot(
    new Map([
      ['/bin/node', process.execPath],
      ['/bin/sh', '/bin/sh'],
    ]),
  );
  for (const { path: inside, source } of files) {
    const target = path.join(folder, inside);
    mkdirSync(path.dirname(target), { recursive: true });
    try {
      linkSync(source, target);
    } catch {
      copyFileSync(source, target);
    }
  }
  return folder;
}
