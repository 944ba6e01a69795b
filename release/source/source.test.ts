import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import { COMMITTED, TestRepository, type SourceFile } from '../../test/release-fetch/repository.ts';
import { openStore } from '../store/store.ts';
import { exportSource, type SourceTree } from './export-source.ts';
import { findRepository } from './git.ts';
import { parseCommit, parseTree } from './git-tree.ts';

const made: { remove: () => void }[] = [];
afterEach(() => {
  for (const one of made.splice(0)) one.remove();
});
const repositoryOf = (
  files: Readonly<Record<string, SourceFile>>,
  ...init: readonly string[]
): TestRepository => {
  const repository = new TestRepository(files, ...init);
  made.push(repository);
  return repository;
};
const exported = async (
  { folder, head }: Pick<TestRepository, 'folder' | 'head'>,
  commit = head,
): Promise<SourceTree & { read: (name: string) => Promise<string> }> => {
  const work = mkdtempSync(path.join(os.tmpdir(), 'edgeseal-work-'));
  made.push({ remove: () => rmSync(work, { recursive: true, force: true }) });
  const store = openStore(work);
  const tree = await exportSource({
    repository: folder,
    source: { repository: 'https://example.com/a', ref: 'refs/tags/v1.0.0', commit },
    store,
    env: { PATH: process.env['PATH'] },
    progress: () => undefined,
  });
  return {
    ...tree,
    read: async (name) =>
      Buffer.from(
        await store.read(tree.locked.files.find((file) => file.path === name)?.sha256 ?? ''),
      ).toString(),
  };
};
const refusal = async (call: () => Promise<unknown>): Promise<string> => {
  try {
    await call();
    return 'nothing';
  } catch (error) {
    return reasonOf(error).code;
  }
};

describe.each(['sha1', 'sha256'])('a repository of %s', (format) => {
  const init = [`--object-format=${format}`];
  test('gives the files of the commit, and nothing of the working tree', async () => {
    const repository = repositoryOf(
      {
        'b/c': 'in b',
        a: 'in a\r\n',
        'run.sh': { script: '#!/bin/sh\n' },
        link: { link: '../elsewhere' },
        empty: '',
      },
      ...init,
    );
    repository.write('a', 'changed and not committed');
    repository.write('new', 'not committed');
    const { locked, folders, read } = await exported(repository);
    expect(locked).toMatchObject({
      commit: repository.head,
      tree: repository.git('rev-parse', 'HEAD^{tree}'),
      time: COMMITTED,
    });
    expect(locked.files.map(({ path: name, mode, size }) => [name, mode, size])).toEqual([
      ['a', '100644', 6],
      ['b/c', '100644', 4],
      ['empty', '100644', 0],
      ['link', '120000', 12],
      ['run.sh', '100755', 10],
    ]);
    expect([await read('a'), await read('b/c'), await read('link')]).toEqual([
      'in a\r\n',
      'in b',
      '../elsewhere',
    ]);
    expect(folders).toEqual(
      new Map([
        ['', locked.tree],
        ['b', repository.git('rev-parse', 'HEAD:b')],
      ]),
    );
  });

  test('gives the same again, of an older commit too', async () => {
    const repository = repositoryOf({ a: '1' }, ...init);
    const first = repository.head;
    const before = await exported(repository);
    repository.commit({ a: '2' });
    expect((await exported(repository, first)).locked).toEqual(before.locked);
  });
});

describe('git is not believed', () => {
  test('filters, attributes, replacements and the index change nothing', async () => {
    const repository = repositoryOf({
      a: '$Id$\n',
      '.gitattributes': 'a ident text eol=crlf filter=f export-ignore export-subst\n',
    });
    repository.git('config', 'filter.f.smudge', 'sed s/Id/changed/');
    const commit = repository.head;
    const evil = repository.commit({ a: 'evil' });
    repository.git('replace', commit, evil);
    repository.git(
      'replace',
      repository.git('rev-parse', `${evil}~1:a`),
      repository.git('rev-parse', `${evil}:a`),
    );
    expect(await (await exported(repository, commit)).read('a')).toBe('$Id$\n');
  });

  test('an object that is not what its id says', async () => {
    const repository = repositoryOf({ a: 'good' });
    const id = repository.git('rev-parse', 'HEAD:a');
    const file = path.join(repository.folder, '.git/objects', id.slice(0, 2), id.slice(2));
    rmSync(file);
    writeFileSync(file, deflateSync(Buffer.from('blob 4\0evil')));
    expect(await refusal(async () => exported(repository))).toMatch(
      /^RELEASE_SOURCE_(?:MISMATCH|UNAVAILABLE)$/,
    );
  });

  test.each(['blob', 'tree', 'commit'])('a %s that is not there', async (kind) => {
    const repository = repositoryOf({ a: 'good' });
    const rev = { blob: 'HEAD:a', tree: 'HEAD^{tree}', commit: 'HEAD' }[kind] ?? '';
    const id = repository.git('rev-parse', rev);
    const { folder, head } = repository;
    rmSync(path.join(folder, '.git/objects', id.slice(0, 2), id.slice(2)));
    expect(await refusal(async () => exported({ folder, head }))).toBe('RELEASE_SOURCE_UNAVAILABLE');
  });

  test('a tag that is of another commit', async () => {
    const repository = repositoryOf({ a: '1' });
    const first = repository.head;
    repository.git('tag', '-a', '-m', 'a tag', 'v1.0.0');
    await exported(repository);
    repository.commit({ a: '2' });
    expect(await refusal(async () => exported(repository))).toBe('RELEASE_SOURCE_MISMATCH');
    await exported(repository, first);
  });

  test('an id that is of a tree', async () => {
    const repository = repositoryOf({ a: '1' });
    const tree = repository.git('rev-parse', 'HEAD^{tree}');
    expect(await refusal(async () => exported(repository, tree))).toBe('RELEASE_SOURCE_MISMATCH');
  });

  test.each([
    ['a submodule', '.gitmodules', 'sub', 'RELEASE_SOURCE_UNSUPPORTED'],
    ['a submodule in a folder', '.gitmodules', 'deep/sub', 'RELEASE_SOURCE_UNSUPPORTED'],
    ['not a commit of nobody knows what, which git leaves out too', 'a', 'sub', 'nothing'],
    ['nor where another folder has a file of that name', 'deep/.gitmodules', 'sub', 'nothing'],
  ])('%s', async (_, name, sub, code) => {
    const repository = repositoryOf({ [name]: '1' });
    repository.git('update-index', '--add', '--cacheinfo', `160000,${repository.head},${sub}`);
    repository.git('commit', '-q', '-m', 'a submodule');
    expect(await refusal(async () => exported(repository, repository.git('rev-parse', 'HEAD')))).toBe(code);
  });
});

describe('where the repository is', () => {
  test('around a folder', async () => {
    const repository = repositoryOf({ 'deep/er/a': '1' });
    const top = execFileSync('realpath', [repository.folder], { encoding: 'utf8' }).trim();
    expect(await findRepository(path.join(repository.folder, 'deep/er'), process.env)).toBe(top);
  });
  test.each([
    ['no repository', { PATH: process.env['PATH'] }],
    ['no git', { PATH: '/nowhere' }],
  ])('%s is refused', async (_, env) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'edgeseal-nowhere-'));
    made.push({ remove: () => rmSync(folder, { recursive: true, force: true }) });
    mkdirSync(path.join(folder, 'a'));
    expect(await refusal(async () => findRepository(path.join(folder, 'a'), env))).toBe(
      'RELEASE_SOURCE_UNAVAILABLE',
    );
  });
});

const id = createHash('sha1').update('a').digest();
const entry = (mode: string, name: string | Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${mode} `), Buffer.from(name), Buffer.from([0]), id]);

describe('tree objects', () => {
  const read = (bytes: Buffer): string => {
    try {
      return parseTree(bytes, 20, 'top')
        .map(({ mode, name }) => `${mode} ${name}`)
        .join();
    } catch (error) {
      return reasonOf(error).code;
    }
  };
  test.each([
    [Buffer.alloc(0), ''],
    [entry('100644', 'a'), '100644 a'],
    [Buffer.concat([entry('40000', 'a'), entry('120000', 'b é')]), '40000 a,120000 b é'],
    [entry('100664', 'a'), 'RELEASE_SOURCE_UNSUPPORTED'],
    [entry('040000', 'a'), 'RELEASE_SOURCE_UNSUPPORTED'],
    [entry('160000', 'a'), '160000 a'],
    [entry('100644', ''), 'RELEASE_SOURCE_UNSUPPORTED'],
    [entry('100644', '.'), 'RELEASE_SOURCE_UNSUPPORTED'],
    [entry('100644', '..'), 'RELEASE_SOURCE_UNSUPPORTED'],
    [entry('100644', 'a/b'), 'RELEASE_SOURCE_UNSUPPORTED'],
    [Buffer.concat([entry('100644', 'a'), entry('40000', 'a')]), 'RELEASE_SOURCE_UNSUPPORTED'],
    [entry('100644', Buffer.from([0xff])), 'UTF8_INVALID'],
    [entry('100644', 'a').subarray(0, -1), 'RELEASE_SOURCE_UNSUPPORTED'],
    [Buffer.from('100644'), 'RELEASE_SOURCE_UNSUPPORTED'],
  ])('%j', (bytes, expected) => {
    expect(read(bytes)).toBe(expected);
  });
  test('any octets are a tree that writes them, or refused', () => {
    const piece = fc.oneof(
      fc.constantFrom('100644 a', '40000 b').map((text) => Buffer.from(`${text}\0`)),
      fc.constant(id),
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const bytes = Buffer.concat(pieces);
        if (/^(?:RELEASE_SOURCE_UNSUPPORTED|UTF8_INVALID)$/.test(read(bytes))) return;
        const entries = parseTree(bytes, 20, 'top').map((one) =>
          Buffer.concat([Buffer.from(`${one.mode} ${one.name}\0`), Buffer.from(one.id, 'hex')]),
        );
        expect(Buffer.concat(entries)).toEqual(bytes);
      }),
    );
  });
});

describe('commit objects', () => {
  const tree = 'd'.repeat(40);
  test.each([
    [`tree ${tree}\nauthor A <a> 1 +0000\ncommitter C <c> 2 -0130\n\ntext\n`, 2],
    [`tree ${tree}\nparent ${tree}\nauthor A <a> 1 +0000\ncommitter > <> 2 +0000\ngpgsig x\n y\n\n`, 2],
    [`tree ${tree}\nauthor A <a> 1 +0000\n\ncommitter C <c> 2 +0000\n`, undefined],
    [`tree ${tree}\ncommitter C <c> 2 +0000\ncommitter C <c> 3 +0000\n\n`, undefined],
    [`tree ${tree}\ncommitter C <c> -2 +0000\n\n`, undefined],
    [`parent ${tree}\ntree ${tree}\ncommitter C <c> 2 +0000\n\n`, undefined],
    [`tree ${'d'.repeat(64)}\ncommitter C <c> 2 +0000\n\n`, undefined],
    ['', undefined],
  ])('%j', (text, time) => {
    let found: unknown;
    try {
      found = parseCommit(Buffer.from(text), 'c'.repeat(40)).time;
    } catch (error) {
      expect(reasonOf(error).code).toBe('RELEASE_SOURCE_UNSUPPORTED');
    }
    expect(found).toBe(time);
  });
});
