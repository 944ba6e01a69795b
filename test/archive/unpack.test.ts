import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  lstatSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { zstdCompressSync } from 'node:zlib';
import { reasonOf } from '#core/errors/error';
import type { Entry } from '../../release/archive/entry.ts';
import { gzip } from '../../release/archive/write-gzip.ts';
import { unpackLayers } from '../../release/archive/layers.ts';
import { unpackArchive } from '../../release/archive/unpack.ts';
import { writeTar } from '../../release/archive/write-tar.ts';
import { bytesOf, file, link, MTIME, pieces, tarOf } from './tar.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'edgeseal-archive-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What lies in a folder, a line each. */
function listed(at: string, below = ''): readonly string[] {
  return readdirSync(path.join(at, below))
    .toSorted()
    .flatMap((name) => {
      const inside = path.join(below, name);
      const stat = lstatSync(path.join(at, inside));
      const mode = (stat.mode & 0o7777).toString(8);
      if (stat.isSymbolicLink()) return [`${inside} -> ${readlinkSync(path.join(at, inside))}`];
      if (stat.isDirectory()) return [`${inside}/ ${mode}`, ...listed(at, inside)];
      return [`${inside} ${mode} ${readFileSync(path.join(at, inside), 'utf8')}`];
    });
}

const folderAt = (at: string): Entry => ({ kind: 'folder', path: at });

describe('an archive', () => {
  const entries = [file('p/a', 'x'), file('p/bin/b', 'y', true), link('p/l', 'bin/b')];
  const want = ['a 644 x', 'bin/ 755', 'bin/b 755 y', 'l -> bin/b'];

  test.each<[string, (tar: Buffer) => Promise<Buffer>]>([
    ['plain', async (tar) => tar],
    ['by gzip', async (tar) => bytesOf(gzip(pieces(tar)))],
    ['by zstd', async (tar) => zstdCompressSync(tar)],
  ])('is unpacked without its folder, whatever the umask: %s', async (_, pack) => {
    const before = process.umask(0o077);
    try {
      const bytes = await pack(await tarOf(...entries));
      await unpackArchive(pieces(bytes, 100), path.join(folder, 'to'), {
        name: 'a',
        links: 'inside',
        strip: true,
      });
    } finally {
      process.umask(before);
    }
    expect(listed(path.join(folder, 'to'))).toEqual(want);
  });

  test('or as it is', async () => {
    const hard: Entry = { kind: 'hard-link', path: 'p/z', target: 'p/a' };
    await unpackArchive(pieces(await tarOf(...entries, hard)), folder, {
      name: 'a',
      links: 'inside',
      strip: false,
    });
    expect(listed(path.join(folder, 'p'))).toEqual([...want, 'z 644 x']);
  });

  test.each<[string, readonly Entry[]]>([
    ['two folders', [file('a/x'), file('b/x')]],
    ['a file beside the folder', [file('a')]],
    ['a link out of its folder', [file('p/a'), link('p/l', '../q')]],
  ])('%s cannot be left out', async (_, of) => {
    const to = path.join(folder, 'to');
    const unpacking = unpackArchive(pieces(await tarOf(...of)), to, {
      name: 'a',
      links: 'inside',
      strip: true,
    });
    await expect(unpacking.catch((error: unknown) => reasonOf(error).code)).resolves.toBe(
      'ARCHIVE_PATH_UNSAFE',
    );
  });

  test('never writes over or through what is there', async () => {
    writeFileSync(path.join(folder, 'a'), 'mine');
    const options = { name: 'a', links: 'inside', strip: false } as const;
    await expect(unpackArchive(pieces(await tarOf(file('a', 'x'))), folder, options)).rejects.toThrow(
      'EEXIST',
    );
    await expect(unpackArchive(pieces(await tarOf(file('a/b', 'x'))), folder, options)).rejects.toThrow(
      'EEXIST',
    );
    expect(listed(folder)).toEqual(['a 644 mine']);
  });
});

describe('layers', () => {
  const unpack = async (...layers: readonly (readonly Entry[])[]): Promise<readonly string[]> => {
    const bytes = await Promise.all(layers.map(async (entries) => tarOf(...entries)));
    return unpackAll(bytes);
  };
  const unpackAll = async (bytes: readonly Buffer[]): Promise<readonly string[]> => {
    const root = path.join(folder, 'root');
    mkdirSync(root);
    await unpackLayers(
      bytes.map((tar, index) => ({ name: `layer ${index}`, read: () => pieces(tar) })),
      root,
    );
    return listed(root);
  };

  test.each<[string, readonly (readonly Entry[])[], readonly string[]]>([
    ['a file over a file', [[file('a', '1')], [file('a', '2', true)]], ['a 755 2']],
    ['a file over a folder', [[file('a/b/c', '1')], [file('a', '2')]], ['a 644 2']],
    ['a folder over a file', [[file('a', '1')], [file('a/b', '2')]], ['a/ 755', 'a/b 644 2']],
    ['a folder over a link', [[link('a', 'b')], [folderAt('a'), file('a/x')]], ['a/ 755', 'a/x 644 ']],
    [
      'a folder over a folder',
      [[file('a/b', '1')], [folderAt('a'), file('a/c', '2')]],
      ['a/ 755', 'a/b 644 1', 'a/c 644 2'],
    ],
    ['a link over a file', [[file('a')], [link('a', '/bin/sh')]], ['a -> /bin/sh']],
    ['a whiteout', [[file('a/b'), file('a/c')], [file('a/.wh.b')]], ['a/ 755', 'a/c 644 ']],
    ['a whiteout at the top', [[file('a'), file('b')], [file('.wh.a')]], ['b 644 ']],
    ['a whiteout of a folder', [[file('a/b/c'), file('d')], [file('.wh.a')]], ['d 644 ']],
    ['a whiteout of nothing', [[file('a')], [file('.wh.b')]], ['a 644 ']],
    [
      'an opaque folder',
      [
        [file('a/b/c'), file('a/d')],
        [file('a/.wh..wh..opq'), file('a/e', 'new')],
      ],
      ['a/ 755', 'a/e 644 new'],
    ],
    [
      'a whiteout keeps what its own layer brings',
      [
        [file('a/b', 'old'), file('a/c')],
        [file('.wh.a'), file('a/b', 'new')],
      ],
      ['a/ 755', 'a/b 644 new'],
    ],
    [
      'a whiteout after what its own layer brings',
      [
        [file('a/.b/old'), file('a/.b/c')],
        [file('a/.b/new'), file('a/.wh..b')],
      ],
      ['a/ 755', 'a/.b/ 755', 'a/.b/new 644 '],
    ],
  ])('%s', async (_, layers, want) => {
    expect(await unpack(...layers)).toEqual(want);
  });

  test.each<[string, readonly (readonly Entry[])[]]>([
    ['through a link of a layer below', [[link('a', '/tmp')], [file('a/x')]]],
    ['below a file of a layer below', [[file('a')], [file('a/b')]]],
    ['a whiteout of the folder above', [[file('a/b')], [file('a/.wh...')]]],
    ['a whiteout of nothing at all', [[file('a/b')], [file('a/.wh.')]]],
  ])('refused: %s', async (_, layers) => {
    const existing = new Set(['a']);
    const bare = layers.map(async (entries) => bytesOf(writeTar(entries, { mtime: MTIME, existing })));
    const unpacking = unpackAll(await Promise.all(bare));
    await expect(unpacking.catch((error: unknown) => reasonOf(error).code)).resolves.toBe(
      'ARCHIVE_PATH_UNSAFE',
    );
  });
});

describe('other programs', () => {
  const run = (command: string, ...args: readonly string[]): Buffer =>
    execFileSync(command, args, { cwd: folder });
  const read = async (bytes: Buffer, strip = false): Promise<readonly string[]> => {
    const to = path.join(folder, 'read');
    await unpackArchive(pieces(bytes, 10_000), to, { name: 'a', links: 'inside', strip });
    return listed(to);
  };
  const long = `${'long/'.repeat(40)}name`;
  const make = (): void => {
    mkdirSync(path.join(folder, 'from', path.dirname(long)), { recursive: true });
    writeFileSync(path.join(folder, 'from', long), 'deep');
    writeFileSync(path.join(folder, 'from', 'é'), 'x', { mode: 0o755 });
  };

  test.each(['gnu', 'ustar', 'posix'])('what GNU tar writes is read: %s', async (format) => {
    make();
    const names = await read(run('tar', `--format=${format}`, '-czf', '-', '-C', 'from', '.'));
    expect(names).toContain('é 755 x');
    expect(names.at(-2)).toBe(`${long} 644 deep`);
  });

  test('what we write is read by GNU tar, octet by octet', async () => {
    const of = [
      file(long, 'deep'),
      file('é', 'x'.repeat(1000), true),
      link('l', 'x'.repeat(150)),
      folderAt('empty'),
    ];
    writeFileSync(path.join(folder, 'a.tar'), await tarOf(...of));
    mkdirSync(path.join(folder, 'to'));
    run('tar', '-xf', 'a.tar', '-C', 'to');
    expect(listed(path.join(folder, 'to'))).toEqual([
      'empty/ 755',
      `l -> ${'x'.repeat(150)}`,
      ...foldersOf(long),
      `${long} 644 deep`,
      `é 755 ${'x'.repeat(1000)}`,
    ]);
    expect(run('tar', '-tvf', 'a.tar', '--numeric-owner').toString('utf8')).toMatch(/^drwxr-xr-x 0\/0 /);
  });

  test('what npm packs is read', async () => {
    mkdirSync(path.join(folder, 'from'));
    writeFileSync(path.join(folder, 'from', 'package.json'), '{"name":"x","version":"1.0.0","bin":"b.js"}');
    writeFileSync(path.join(folder, 'from', 'b.js'), '#!/usr/bin/env node\n', { mode: 0o755 });
    run(
      'npm',
      'pack',
      './from',
      '--silent',
      '--offline',
      '--ignore-scripts',
      '--cache',
      path.join(folder, 'cache'),
    );
    const names = await read(readFileSync(path.join(folder, 'x-1.0.0.tgz')), true);
    expect(names.map((line) => line.split(' ')[0])).toEqual(['b.js', 'package.json']);
  });
});

function foldersOf(file: string): readonly string[] {
  const parts = file.split('/').slice(0, -1);
  return parts.map((_, index) => `${parts.slice(0, index + 1).join('/')}/ 755`);
}
