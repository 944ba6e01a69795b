import { spawn, spawnSync, type SpawnOptionsWithoutStdio } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, readlinkSync, lstatSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, beforeAll, describe as suite, expect, test } from 'vitest';
import { openStore } from '../../release/store/store.ts';
import { materialiseNpm } from '../../release/fetch/npm/materialise.ts';
import { sha256Hex } from '#core/bytes/digest';
import { FileServer } from './file-server.ts';
import { publish, type Published } from './npm-world.ts';
import { TestRepository } from './repository.ts';
import { describe, fetching, Folders, refusalOf, worldOf } from './work.ts';

const packages: readonly Published[] = [
  {
    name: 'a',
    version: '1.0.0',
    manifest: {
      bin: { a: 'bin/a.js', away: '../../../away.js', gone: 'gone.js' },
      dependencies: { b: '^1.0.0' },
    },
    files: {
      'bin/a.js': '#!/usr/bin/env node\r\nconsole.log(1)\r\n',
      'away.js': 'it stays\n',
      '.gitignore': 'ignored\n',
      'deep/.gitignore': 'one\n',
      'deep/.npmignore': 'two\n',
      '*run.sh': '#!/bin/sh\n',
      link: '->run.sh',
    },
  },
  { name: 'b', version: '1.0.0', manifest: { bin: 'b.js' }, files: { 'b.js': 'b1\n' }, folder: 'other' },
  { name: 'b', version: '2.0.0', manifest: { bin: 'b.js' }, files: { 'b.js': 'b2\n' } },
  {
    name: '@s/c',
    version: '1.0.0-rc.1',
    manifest: { bin: './c', dependencies: { b: '^2.0.0', d: '1' }, bundleDependencies: ['d'] },
    files: {
      c: '#!/usr/bin/env node\n',
      'node_modules/d/package.json': JSON.stringify({ name: 'd', version: '1.0.0', bin: 'd.js' }),
      'node_modules/d/d.js': 'd\n',
    },
  },
  {
    name: '@s/f',
    version: '3.0.0',
    manifest: { bin: { a: 'second.js', f: 'f.js' } },
    files: { 'second.js': '', 'f.js': '' },
  },
  { name: 'mac', version: '1.0.0', manifest: { os: ['darwin'], dependencies: { onlymac: '1' } } },
  { name: 'onlymac', version: '1.0.0' },
  { name: 'notwin', version: '1.0.0', manifest: { os: ['!win32'], cpu: 'x64', libc: ['glibc'] } },
];

let server: FileServer;
let integrity: (name: string) => string;
const folders = new Folders();
let repository: TestRepository;
beforeAll(async () => {
  server = await FileServer.start();
  const tarballs = await publish(server, packages);
  integrity = (name) => tarballs.get(name)?.integrity ?? '';
  repository = new TestRepository({
    'web/package.json': JSON.stringify(project),
    'web/package-lock.json': JSON.stringify(lockFile()),
    'web/packages/w/package.json': JSON.stringify(workspace),
    'web/packages/w/w.js': '#!/usr/bin/env node\n',
  });
});
afterAll(async () => {
  await server.stop();
  folders.remove();
  repository.remove();
});

const workspace = { name: 'w', version: '0.0.1', bin: { w: 'w.js' }, dependencies: { b: '^1.0.0' } };
const project = {
  name: 'project',
  version: '1.0.0',
  workspaces: ['packages/w'],
  dependencies: { a: '^1.0.0', e: 'npm:@s/f@^3.0.0' },
  devDependencies: { '@s/c': '1.0.0-rc.1' },
  optionalDependencies: { mac: '1.0.0', notwin: '1.0.0' },
};

function lockFile(): object {
  const { name, version } = project;
  return {
    name,
    version,
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': project,
      'node_modules/@s/c': {
        version: '1.0.0-rc.1',
        integrity: integrity('@s/c@1.0.0-rc.1'),
        dev: true,
        bundleDependencies: ['d'],
        dependencies: { b: '^2.0.0', d: '1' },
        bin: { c: 'c' },
        license: 'MIT',
      },
      'node_modules/@s/c/node_modules/b': {
        version: '2.0.0',
        resolved: `${server.url}/b/-/b-2.0.0.tgz`,
        integrity: integrity('b@2.0.0'),
        dev: true,
        bin: { b: 'b.js' },
      },
      'node_modules/@s/c/node_modules/d': { version: '1.0.0', dev: true, inBundle: true, bin: { d: 'd.js' } },
      'node_modules/a': {
        version: '1.0.0',
        integrity: integrity('a@1.0.0'),
        dependencies: { b: '^1.0.0' },
        bin: { a: 'bin/a.js', away: '../../../away.js', gone: 'gone.js' },
      },
      'node_modules/b': { version: '1.0.0', integrity: integrity('b@1.0.0'), bin: { b: 'b.js' } },
      'node_modules/e': {
        name: '@s/f',
        version: '3.0.0',
        integrity: integrity('@s/f@3.0.0'),
        bin: { a: 'second.js', f: 'f.js' },
      },
      'node_modules/mac': {
        version: '1.0.0',
        integrity: integrity('mac@1.0.0'),
        optional: true,
        os: ['darwin'],
        dependencies: { onlymac: '1' },
      },
      'node_modules/notwin': {
        version: '1.0.0',
        integrity: integrity('notwin@1.0.0'),
        optional: true,
        os: ['!win32'],
        cpu: ['x64'],
        libc: ['glibc'],
      },
      'node_modules/onlymac': { version: '1.0.0', integrity: integrity('onlymac@1.0.0'), optional: true },
      'node_modules/w': { resolved: 'packages/w', link: true },
      'packages/w': workspace,
    },
  };
}

/** Runs a program, while the server here answers. */
async function run(
  program: string,
  argv: readonly string[],
  options: SpawnOptionsWithoutStdio,
): Promise<{ readonly stderr: string }> {
  const child = spawn(program, argv, { ...options, timeout: 20_000, killSignal: 'SIGKILL' });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (stderr += text));
  child.stdout.resume();
  await once(child, 'close');
  return { stderr };
}

/** What lies under a folder: kinds, who may run it, contents, targets of links. */
function treeOf(folder: string): readonly string[] {
  return (
    readdirSync(folder, { recursive: true })
      .map(String)
      // What npm keeps for itself, and what is behind a link.
      .filter((name) => name !== '.package-lock.json' && !name.startsWith('w/'))
      .sort()
      .map((name) => {
        const file = path.join(folder, name);
        const stat = lstatSync(file);
        if (stat.isSymbolicLink()) return `${name} -> ${readlinkSync(file)}`;
        if (stat.isDirectory()) return `${name}/ ${(stat.mode & 0o777).toString(8)}`;
        const hash = createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 8);
        return `${name} ${(stat.mode & 0o777).toString(8)} ${hash}`;
      })
  );
}

const hasNpm = spawnSync('npm', ['--version']).status === 0;
const onBuildPlatform = process.platform === 'linux' && process.arch === 'x64';
const canCompare = hasNpm && onBuildPlatform;

suite('packages of an npm lock file', () => {
  test.skipIf(!canCompare)(
    `are the tree that npm ci installs${canCompare ? '' : ' (skipped: no npm on linux/x64)'}`,
    async () => {
      const lock = readFileSync(path.join(repository.folder, 'web/package-lock.json'));
      const description = describe([
        {
          name: 'packages',
          kind: 'npm-lockfile',
          path: 'web/package-lock.json',
          digest: `sha256:${sha256Hex(lock)}`,
        },
      ]);
      const work = folders.make('work');
      const home = folders.make('home');
      const env = { npm_config_registry: server.url };
      const result = await fetching({ repository, description, work, io: worldOf(home, env) });
      expect(result.lock.dependencies.map(({ uri, path: at }) => `${uri} ${at ?? ''}`)).toEqual([
        `git+https://github.com/example-org/example@${repository.head}#web/package-lock.json `,
        'pkg:npm/%40s/c@1.0.0-rc.1 node_modules/@s/c',
        'pkg:npm/%40s/f@3.0.0 node_modules/e',
        'pkg:npm/a@1.0.0 node_modules/a',
        'pkg:npm/b@1.0.0 node_modules/b',
        'pkg:npm/b@2.0.0 node_modules/@s/c/node_modules/b',
        'pkg:npm/d@1.0.0 node_modules/@s/c/node_modules/d',
        'pkg:npm/notwin@1.0.0 node_modules/notwin',
      ]);

      const ours = folders.make('ours');
      expect(await materialiseNpm(result.lock, openStore(work), 'packages', ours)).toEqual(['node_modules']);
      const theirs = folders.make('theirs');
      cpSync(path.join(repository.folder, 'web'), theirs, { recursive: true });
      const npm = await run(
        'npm',
        [
          'ci',
          '--ignore-scripts',
          '--no-audit',
          '--no-fund',
          '--registry',
          server.url,
          '--cache',
          folders.make('cache'),
        ],
        { cwd: theirs, env: { PATH: process.env['PATH'], HOME: folders.make('home') } },
      );
      expect(npm.stderr).not.toContain('npm error');
      expect(treeOf(path.join(ours, 'node_modules'))).toEqual(treeOf(path.join(theirs, 'node_modules')));
    },
  );

  test('are refused where the lock does not list them all', async () => {
    const lock = readFileSync(path.join(repository.folder, 'web/package-lock.json'));
    const description = describe([
      {
        name: 'packages',
        kind: 'npm-lockfile',
        path: 'web/package-lock.json',
        digest: `sha256:${sha256Hex(lock)}`,
      },
    ]);
    const work = folders.make('work');
    const io = worldOf(folders.make('home'), { npm_config_registry: server.url });
    const { lock: whole } = await fetching({ repository, description, work, io });
    const store = openStore(work);
    const [own, first, ...rest] = whole.dependencies;
    const other = { ...first!, digest: { ...first!.digest, sha512: '0'.repeat(128) } };
    const extra = { ...first!, path: 'node_modules/extra' };
    for (const dependencies of [
      [own!, ...rest],
      [own!, other, ...rest],
      [own!, first!, extra, ...rest],
      [],
    ]) {
      const target = folders.make('target');
      const refusal = await refusalOf(async () =>
        materialiseNpm({ ...whole, dependencies }, store, 'packages', target),
      );
      expect(refusal).toMatch(/^RELEASE_WORK_INVALID /);
      expect(readdirSync(target)).toEqual([]);
    }
  });
});
