import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { contentOf, type Entry } from '../archive/entry.ts';
import { writeTar } from '../archive/write-tar.ts';
import { readElf } from '../elf/elf.ts';
import { readSections } from '../elf/sections.ts';
import { firstDifference } from './first-difference.ts';

const file = (path: string, content: Buffer | string): Entry => ({
  kind: 'file',
  path,
  executable: false,
  content: contentOf(Buffer.from(content)),
});
const tar = async (...entries: readonly Entry[]): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(writeTar(entries, { mtime: 0 })));
const program = readFileSync(process.execPath);

/** A program with one octet of a section changed. */
function changed(section: string, at: number): { readonly bytes: Buffer; readonly offset: number } {
  const bytes = Buffer.from(program);
  const found = readSections(readElf(bytes, 'node')).find(({ name }) => name === section);
  const offset = (found?.offset ?? 0) + at;
  bytes[offset] = (bytes[offset] ?? 0) ^ 1;
  return { bytes, offset };
}

describe('the first difference', () => {
  test.each([
    ['one\ntwo\nthree', 'one\ntwo\ntree', ['line 3'], 9, 'one\\x0atwo\\x0athree', 'one\\x0atwo\\x0atree'],
    ['one', 'one more', ['line 1'], 3, 'the end', 'one more'],
    ['\0\0a', '\0\0b', [], 2, '\\x00\\x00a', '\\x00\\x00b'],
    ['\\', 'x', ['line 1'], 0, '\\\\', 'x'],
  ])('of %j and %j', async (first, second, where, offset, one, other) => {
    expect(await firstDifference(Buffer.from(first), Buffer.from(second))).toEqual({
      where,
      offset,
      found: [one, other],
    });
  });

  test('is far in', async () => {
    const first = Buffer.alloc(3_000_000);
    const second = Buffer.from(first);
    second[2_999_999] = 1;
    expect((await firstDifference(first, second)).offset).toBe(2_999_999);
  });

  test.each(['.text', '.rodata'])('is in a section of an executable: %s', async (section) => {
    const { bytes, offset } = changed(section, 100);
    expect(await firstDifference(program, bytes)).toMatchObject({ where: [`section ${section}`], offset });
  });

  test('is in a member of an archive, packed or not, and what is in that', async () => {
    const [first, second] = [
      await tar(file('a', 'x'), file('b/c', 'same\none')),
      await tar(file('a', 'x'), file('b/c', 'same\ntwo')),
    ];
    const inside = { offset: 5, found: ['same\\x0aone', 'same\\x0atwo'] };
    expect(await firstDifference(first, second)).toEqual({ where: ['member b/c', 'line 2'], ...inside });
    const packed = [gzipSync(first), gzipSync(second)] as const;
    expect(await firstDifference(...packed)).toEqual({ where: ['gzip', 'member b/c', 'line 2'], ...inside });
    const outer = [await tar(file('in.tar.gz', packed[0])), await tar(file('in.tar.gz', packed[1]))] as const;
    expect((await firstDifference(...outer)).where).toEqual([
      'member in.tar.gz',
      'gzip',
      'member b/c',
      'line 2',
    ]);
  });

  test.each([
    ['another name', [file('a', 'x'), file('c', 'x')], 'file b', 'file c'],
    ['one that is not there', [file('a', 'x')], 'file b', 'the end'],
    ['one more', [file('a', 'x'), file('b', 'x'), file('c', 'x')], 'the end', 'file c'],
  ])('is a member: %s', async (_, entries, one, other) => {
    const first = await tar(file('a', 'x'), file('b', 'x'));
    expect(await firstDifference(first, await tar(...entries))).toMatchObject({ found: [one, other] });
  });

  test('is in the packing where what is packed is equal', async () => {
    const text = Buffer.from('text '.repeat(100));
    const [first, second] = [gzipSync(text, { level: 1 }), gzipSync(text, { level: 9 })];
    expect((await firstDifference(first, second)).where).toEqual([]);
  });

  test('of what only looks like an archive is told all the same', async () => {
    const first = Buffer.alloc(600, 'ustar');
    first.write('ustar', 257);
    const second = Buffer.from(first);
    second[599] = 0;
    expect((await firstDifference(first, second)).offset).toBe(599);
  });
});
