import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import { scratch } from '../../test/release-build/ground.ts';
import { madeElf, writeElf } from '../../test/release-build/made-elf.ts';
import { readNeeds } from '../elf/dynamic.ts';
import { readElf } from '../elf/elf.ts';
import { rootArchive } from './root-archive.ts';
import { collectRoot } from './libraries.ts';

const { folder, remove } = scratch();
afterAll(remove);
const at = (name: string): string => path.join(folder, name);
const codeOf = (call: () => unknown): unknown => {
  try {
    return call();
  } catch (error) {
    return reasonOf(error).code;
  }
};

describe('what a program needs', () => {
  test.each([
    [{ interpreter: '/lib/ld.so', libraries: ['a.so', 'b.so'], paths: ['$ORIGIN/../lib:/opt/lib'] }],
    [{ libraries: ['a.so'], paths: [] }],
    [{ libraries: [], paths: [] }],
  ])('is read from its head: %j', (needs) => {
    const { paths } = needs;
    expect(readNeeds(readElf(madeElf(needs), 'made'))).toEqual({
      ...needs,
      paths: paths.flatMap((text) => text.split(':')),
    });
  });

  test.each([
    ['no ELF', Buffer.from('#!/bin/sh\n')],
    ['32 bits', Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, 1, 1]), Buffer.alloc(100)])],
    ['big-endian', Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 2]), Buffer.alloc(100)])],
    ['cut off', madeElf({ libraries: ['a.so'] }).subarray(0, 100)],
    ['cut off in its dynamic table', madeElf({ libraries: ['a.so'] }).subarray(0, 200)],
    ['nothing', Buffer.alloc(0)],
  ])('is not read from what is %s', (_, bytes) => {
    expect(codeOf(() => readNeeds(readElf(bytes, 'made')))).toBe('ELF_INVALID');
  });

  test('is never read behind the end, whatever octet is wrong', () => {
    const sound = madeElf({ interpreter: '/lib/ld.so', libraries: ['a.so'], paths: ['/x'] });
    for (let index = 0; index < sound.length; index++) {
      const bytes = Buffer.from(sound);
      bytes[index] = 0xff;
      const found = codeOf(() => readNeeds(readElf(bytes, 'made')));
      expect(typeof found === 'string' ? found : 'ELF_INVALID').toBe('ELF_INVALID');
    }
  });
});

describe('a root for programs', () => {
  test('holds them, their loader, and libraries of libraries', () => {
    mkdirSync(at('lib'));
    const loader = writeElf(at('ld.so'), {});
    writeElf(at('lib/b.so.1.2'), {});
    symlinkSync('b.so.1.2', at('lib/b.so.1'));
    writeElf(at('lib/a.so'), { libraries: ['b.so.1'], paths: ['$ORIGIN'] });
    const program = writeElf(at('program'), {
      interpreter: loader,
      libraries: ['a.so'],
      paths: ['${ORIGIN}/lib'],
    });
    const strip = (file: string): string => file.replace(/^\//, '');
    expect(collectRoot(new Map([['/usr/bin/made', program]]))).toEqual(
      [
        { path: strip(at('ld.so')), source: loader },
        { path: strip(at('lib/a.so')), source: at('lib/a.so') },
        // The library under the name that it is asked for by.
        { path: strip(at('lib/b.so.1')), source: at('lib/b.so.1.2') },
        { path: 'usr/bin/made', source: program },
      ].toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    );
  });

  test('of this machine holds what Node.js needs', () => {
    const paths = collectRoot(new Map([['/bin/node', process.execPath]])).map((file) => file.path);
    expect(paths).toContain('bin/node');
    expect(paths.filter((file) => /\/libc\.so\.6$|\/libc\.musl/.test(file))).toHaveLength(1);
  });

  test('has the libraries of guests, and not the guests', () => {
    const library = writeElf(at('of-a-guest.so'), {});
    const guest = writeElf(at('guest.node'), { libraries: ['of-a-guest.so'], paths: ['$ORIGIN'] });
    const program = writeElf(at('host'), {});
    expect(collectRoot(new Map([['/bin/host', program]]), [guest]).map(({ source }) => source)).toEqual([
      program,
      library,
    ]);
  });

  test('is the same archive at any time', async () => {
    const program = writeElf(at('alone'), {});
    const made = async (): Promise<string> =>
      Buffer.concat(await Array.fromAsync(rootArchive(new Map([['/bin/alone', program]])))).toString(
        'latin1',
      );
    const first = await made();
    utimesSync(program, 1, 1);
    expect(await made()).toBe(first);
  });

  test.each([
    ['a library that there is not', { libraries: ['no-such.so'] }, 'ROOT_LIBRARY_MISSING'],
    ['one for another processor', { libraries: ['other.so'], paths: ['$ORIGIN'] }, 'ROOT_LIBRARY_MISSING'],
    ['a loader that there is not', { interpreter: '/no/such/ld.so' }, 'FILE_NOT_FOUND'],
  ])('is refused for %s', (_, made, code) => {
    writeElf(at('other.so'), { machine: 183 });
    const program = writeElf(at('lacking'), made);
    expect(codeOf(() => collectRoot(new Map([['/bin/made', program]])))).toBe(code);
  });

  test('is refused for a script', () => {
    writeFileSync(at('script'), '#!/bin/sh\n');
    expect(codeOf(() => collectRoot(new Map([['/bin/made', at('script')]])))).toBe('ELF_INVALID');
  });
});
