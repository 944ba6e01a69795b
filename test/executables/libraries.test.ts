import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  copyFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readNeeds } from '../../release/elf/dynamic.ts';
import { readElf } from '../../release/elf/elf.ts';

const repository = path.resolve(import.meta.dirname, '../..');
const script = path.join(repository, 'scripts/shared-libraries.ts');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'edgeseal-libraries-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const collect = (root: string, out: string): ReturnType<typeof spawnSync> =>
  spawnSync(process.execPath, [script, process.execPath, root, path.join(folder, out)], { encoding: 'utf8' });

describe('shared libraries of Node', () => {
  test('are those that the example puts into the image', () => {
    const { status, stdout } = collect('/', 'all');
    expect(status).toBe(0);
    const description: {
      readonly components: readonly {
        readonly name: string;
        readonly steps: readonly { readonly outputs: readonly { readonly path: string }[] }[];
      }[];
    } = JSON.parse(readFileSync(path.join(repository, 'release/examples/edgeseal.json'), 'utf8'));
    const [step] = description.components.find(({ name }) => name === 'libraries')?.steps ?? [];
    const listed = (step?.outputs ?? []).map((output) => path.posix.basename(output.path)).toSorted();
    expect(String(stdout).trim().split('\n')).toEqual(listed);
    expect(readdirSync(path.join(folder, 'all')).toSorted()).toEqual(listed);
  });

  test('are all that it takes to run it in an empty root', ({ skip }) => {
    if (spawnSync('unshare', ['-r', 'true']).status !== 0) skip('user namespaces are not allowed here');
    const root = path.join(folder, 'root');
    const lib = path.join(root, 'lib');
    mkdirSync(root);
    expect(collect('/', 'root/lib').status).toBe(0);
    const { interpreter = '' } = readNeeds(readElf(readFileSync(process.execPath), 'node'));
    mkdirSync(path.join(root, path.dirname(interpreter)), { recursive: true });
    copyFileSync(path.join(lib, 'loader'), path.join(root, interpreter));
    copyFileSync(process.execPath, path.join(root, 'node'));
    const ran = spawnSync('unshare', ['-r', 'chroot', root, '/node', '-p', 'process.versions.node'], {
      encoding: 'utf8',
    });
    expect([ran.status, ran.stdout.trim()]).toEqual([0, process.versions.node]);
  });

  test('links of the root are followed within it', () => {
    const root = path.join(folder, 'other');
    mkdirSync(path.join(root, 'usr'), { recursive: true });
    symlinkSync('/usr/lib', path.join(root, 'lib'));
    symlinkSync('/', path.join(root, 'usr', 'lib'));
    const { status, stderr } = collect(root, 'none');
    expect([status, String(stderr)]).toEqual([1, expect.stringContaining('ld-linux')]);
  });
});
