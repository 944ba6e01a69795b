import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { nodeFiles } from './files.ts';
import type { Files } from './io.ts';

let folder: string;
let files: Files;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'edgeseal-files-'));
  files = nodeFiles(folder);
  writeFileSync(path.join(folder, 'three'), 'abc');
  writeFileSync(path.join(folder, 'empty'), '');
  writeFileSync(path.join(folder, 'large'), Buffer.alloc(3 * 1024 * 1024 + 7, 1));
  mkdirSync(path.join(folder, 'folder'));
  symlinkSync('nowhere', path.join(folder, 'dangling'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'nothing';
  } catch (error) {
    return error instanceof EdgesealError ? error.code : String(error);
  }
}

describe('read', () => {
  test.each([
    ['three', 3, 'abc'],
    ['three', 1000, 'abc'],
    ['empty', 0, ''],
  ])('%s with a limit of %s bytes', (name, limit, content) => {
    expect(Buffer.from(files.read(name, limit)).toString()).toBe(content);
  });
  test.each([
    ['three', 2, 'INPUT_TOO_LARGE'],
    ['/dev/zero', 1000, 'INPUT_TOO_LARGE'],
    ['missing', 10, 'FILE_NOT_FOUND'],
    ['three/inside', 10, 'FILE_NOT_FOUND'],
    ['dangling', 10, 'FILE_NOT_FOUND'],
    ['a\0b', 10, 'FILE_NOT_FOUND'],
    ['x'.repeat(5000), 10, 'FILE_NOT_FOUND'],
    ['folder', 10, 'FILE_IS_DIRECTORY'],
    ['', 10, 'FILE_IS_DIRECTORY'],
  ])('%j with a limit of %s bytes: %s %s', (name, limit, code) => {
    expect(codeOf(() => files.read(name, limit))).toBe(code);
  });
  test.skipIf(process.getuid?.() === 0)(
    'a file that may not be read (skipped: root may read everything)',
    () => {
      writeFileSync(path.join(folder, 'closed'), 'x');
      chmodSync(path.join(folder, 'closed'), 0);
      expect(codeOf(() => files.read('closed', 10))).toBe('FILE_UNREADABLE');
    },
  );
});

describe('digest', () => {
  test.each(['three', 'empty', 'large'])('%s', (name) => {
    const bytes = readFileSync(path.join(folder, name));
    expect(files.digest(name)).toEqual({ sha256: hash('sha256', bytes), sha512: hash('sha512', bytes) });
  });
  test('tells how far it is', () => {
    const steps: number[] = [];
    files.digest('large', (bytes) => steps.push(bytes));
    expect(steps.at(-1)).toBe(3 * 1024 * 1024 + 7);
    expect(steps.length).toBe(4);
  });
  test.each([
    ['missing', 'FILE_NOT_FOUND'],
    ['folder', 'FILE_IS_DIRECTORY'],
  ])('%s: %s', (name, code) => {
    expect(codeOf(() => files.digest(name))).toBe(code);
  });
});

describe('write', () => {
  test('replaces as one step and leaves nothing beside it', () => {
    files.makeFolder('made/of/parts');
    files.write('made/of/parts/file', Buffer.from('one'));
    files.write('made/of/parts/file', Buffer.from('two'));
    expect(readFileSync(path.join(folder, 'made/of/parts/file'), 'utf8')).toBe('two');
    expect(readdirSync(path.join(folder, 'made/of/parts'))).toEqual(['file']);
  });
  test.each(['nowhere/file', 'three/file', 'folder'])('%s cannot be written', (name) => {
    expect(codeOf(() => files.write(name, Buffer.from('x')))).toBe('FILE_UNWRITABLE');
  });
  test.each(['/proc/nowhere/deep', 'three/folder'])('%s cannot be made', (name) => {
    expect(codeOf(() => files.makeFolder(name))).toBe('FILE_UNWRITABLE');
  });
});

test('list is sorted, and nothing where there is no folder', () => {
  expect(files.list('made')).toEqual([{ name: 'of', isDirectory: true, isFile: false }]);
  expect(files.list('missing')).toBeUndefined();
  expect(files.list('three')).toBeUndefined();
});
