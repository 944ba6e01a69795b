import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureFiles } from './fixtures.ts';

const repository = path.resolve(import.meta.dirname, '../..');
const program = path.join(repository, 'verifier/bin/edgeseal.ts');
/** Node's own permissions: files may be read, no connection may be opened, no process started. */
const denied = ['--permission', '--allow-fs-read=*', program];
const canUnshare = spawnSync('unshare', ['-rn', 'true']).status === 0;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'edgeseal-offline-'));
  for (const [name, content] of fixtureFiles()) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const verify = (...root: readonly string[]): readonly string[] => [
  'verify-artifact',
  '--offline',
  '--source-uri=github.com/example-org/example',
  '--provenance-path=generator.sigstore.json',
  ...root,
  'example-1.2.3.tar.gz',
];

describe('--offline', () => {
  test.each([
    ['verifies by a given root', ['--trusted-root=root.json'], 0],
    ['decides by the embedded root', [], 1],
  ])('%s where no connection may be opened', (_what, root, status) => {
    const result = spawnSync(process.execPath, [...denied, ...verify(...root)], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(result.stderr).not.toMatch(/ERR_ACCESS_DENIED|INTERNAL_ERROR|could be fetched/);
    expect(result.status).toBe(status);
  });
  test.skipIf(!canUnshare)(
    `verifies in a network namespace without routes${canUnshare ? '' : ' (skipped: no unshare)'}`,
    () => {
      const argv = ['-rn', process.execPath, program, ...verify('--trusted-root=root.json')];
      const result = spawnSync('unshare', argv, { cwd: folder, encoding: 'utf8' });
      expect([result.status, result.stderr.includes('PASSED')]).toEqual([0, true]);
    },
  );
});
