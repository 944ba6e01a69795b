import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import { paxRecord } from '../../release/archive/pax.ts';
import { block, END, entriesOf, file, header, link, MTIME, pieces, tarOf } from './tar.ts';

/** What a reader says: the paths, or the code of its refusal. */
async function outcome(bytes: Uint8Array): Promise<string> {
  try {
    return (await entriesOf(pieces(bytes))).map(({ path }) => path).join(' ');
  } catch (error) {
    return reasonOf(error).code;
  }
}

const octal = (size: number): string => `${size.toString(8).padStart(11, '0')}\0`;
/** An extended header before a file `a`. */
const extended = (text: string, type = 'x'): Buffer[] => [
  header([124, octal(Buffer.byteLength(text))], [156, type]),
  block(text),
  header(),
];
const dir: readonly [number, string] = [156, '5'];

describe('what is read', () => {
  test.each<[string, string, readonly Buffer[]]>([
    ['nothing', '', []],
    ['a file', 'a', [header()]],
    ['a file of the old type', 'a', [header([156, '\0'])]],
    ['GNU magic', 'a', [header([257, 'ustar  \0'])]],
    ['a leading ./', 'b/a', [header([0, './b/a'])]],
    ['the folder itself', 'a', [header([0, './'], dir), header()]],
    ['a folder after what lies in it', 'd/a d', [header([0, 'd/a']), header([0, 'd/'], dir)]],
    ['a prefix', 'p/a', [header([345, 'p'])]],
    ['no prefix in GNU magic', 'a', [header([257, 'ustar  \0'], [345, 'p'])]],
    ['a path in an extended header', 'é', extended(paxRecord('path', 'é'))],
    ['unknown keywords', 'a', extended(paxRecord('SCHILY.xattr.user.x', 'y'))],
    ['a global comment', 'a', extended(paxRecord('comment', 'f00'), 'g')],
    [
      'a long name of GNU',
      'x'.repeat(150),
      [header([124, octal(151)], [156, 'L']), block('x'.repeat(150)), header()],
    ],
    ['a size in GNU binary', 'a', [header([124, '\x80\0\0\0\0\0\0\0\0\0\0\x02']), block('hi')]],
    ['numbers with spaces', 'a', [header([124, '          2 ']), block('hi')]],
  ])('%s', async (_, paths, blocks) => {
    expect(await outcome(Buffer.concat([...blocks, END]))).toBe(paths);
  });
});

describe('what is refused', () => {
  const hard = (target: string): Buffer => header([0, 'h'], [156, '1'], [157, target]);
  const symbolic = (path: string, target: string): Buffer => header([0, path], [156, '2'], [157, target]);
  test.each<[string, string, readonly Buffer[]]>([
    ['an absolute path', 'ARCHIVE_PATH_UNSAFE', [header([0, '/a'])]],
    ['a path that leaves', 'ARCHIVE_PATH_UNSAFE', [header([0, 'a/../../b'])]],
    ['.. that stays', 'ARCHIVE_PATH_UNSAFE', [header([0, 'a/../b'])]],
    ['an empty part', 'ARCHIVE_PATH_UNSAFE', [header([0, 'a//b'])]],
    ['a . within', 'ARCHIVE_PATH_UNSAFE', [header([0, 'a/./b'])]],
    ['a file with a last /', 'ARCHIVE_PATH_UNSAFE', [header([0, 'a/'])]],
    ['no name', 'ARCHIVE_PATH_UNSAFE', [header([0, '\0'])]],
    ['.. in an extended header', 'ARCHIVE_PATH_UNSAFE', extended(paxRecord('path', '../a'))],
    ['a file in a file', 'ARCHIVE_PATH_UNSAFE', [header(), header([0, 'a/b'])]],
    ['a file in a link', 'ARCHIVE_PATH_UNSAFE', [symbolic('l', 'd'), header([0, 'l/b'])]],
    ['a path twice', 'ARCHIVE_DUPLICATE', [header(), header()]],
    ['a path twice, spelt otherwise', 'ARCHIVE_DUPLICATE', [header(), header([0, './a'])]],
    ['a folder twice', 'ARCHIVE_DUPLICATE', [header([0, 'd'], dir), header([0, 'd/'], dir)]],
    ['a file where a folder is', 'ARCHIVE_DUPLICATE', [header([0, 'd/a']), header([0, 'd'])]],
    ['a hard link to nothing', 'ARCHIVE_LINK_UNSAFE', [hard('a')]],
    ['a hard link to itself', 'ARCHIVE_LINK_UNSAFE', [hard('h')]],
    ['a hard link out', 'ARCHIVE_PATH_UNSAFE', [hard('../a')]],
    ['a hard link to a link', 'ARCHIVE_LINK_UNSAFE', [symbolic('l', 'a'), hard('l')]],
    ['an absolute link', 'ARCHIVE_LINK_UNSAFE', [symbolic('l', '/etc')]],
    ['a link out', 'ARCHIVE_LINK_UNSAFE', [symbolic('l', '../x')]],
    ['a link down and up', 'ARCHIVE_LINK_UNSAFE', [symbolic('a/b/l', '../x/../../..')]],
    ['a link to nothing', 'ARCHIVE_LINK_UNSAFE', [symbolic('l', '')]],
    ['a character device', 'ARCHIVE_ENTRY_UNSUPPORTED', [header([156, '3'])]],
    ['a block device', 'ARCHIVE_ENTRY_UNSUPPORTED', [header([156, '4'])]],
    ['a pipe', 'ARCHIVE_ENTRY_UNSUPPORTED', [header([156, '6'])]],
    ['a sparse file of GNU', 'ARCHIVE_ENTRY_UNSUPPORTED', [header([156, 'S'])]],
    [
      'a sparse file of pax',
      'ARCHIVE_ENTRY_UNSUPPORTED',
      extended(paxRecord('GNU.sparse.map', '0,1') + paxRecord('GNU.sparse.name', 'b')),
    ],
    ['an unknown type', 'ARCHIVE_ENTRY_UNSUPPORTED', [header([156, 'Z'])]],
    ['a link with content', 'ARCHIVE_INVALID', [header([156, '2'], [157, 'b'], [124, octal(1)]), block('x')]],
    ['a wrong checksum', 'ARCHIVE_INVALID', [header().fill('b', 0, 1)]],
    ['no magic', 'ARCHIVE_INVALID', [header([257, '\0\0\0\0\0\0\0\0'])]],
    ['a size that is none', 'ARCHIVE_INVALID', [header([124, '0000000000x\0'])]],
    ['a negative size', 'ARCHIVE_INVALID', [header([124, '\xff'.repeat(12)])]],
    ['a size beyond all', 'ARCHIVE_INVALID', [header([124, `\x80${'\xff'.repeat(11)}`])]],
    ['a name that is not UTF-8', 'UTF8_INVALID', [header([0, '\xff'])]],
    ['two long names', 'ARCHIVE_INVALID', [...twice('L', 'x\0'), header()]],
    [
      'two extended headers with a path',
      'ARCHIVE_INVALID',
      [...twice('x', paxRecord('path', 'b')), header()],
    ],
    ['a record of a wrong length', 'ARCHIVE_INVALID', extended('8 path=b\n')],
    ['a record without a keyword', 'ARCHIVE_INVALID', extended('6 =bc\n')],
    ['a record twice', 'ARCHIVE_INVALID', extended(paxRecord('path', 'b') + paxRecord('path', 'c'))],
    ['another charset', 'ARCHIVE_INVALID', extended(paxRecord('hdrcharset', 'BINARY'))],
    ['a global path', 'ARCHIVE_INVALID', extended(paxRecord('path', 'b'), 'g')],
    ['a huge extended header', 'INPUT_TOO_LARGE', [header([124, octal(2 ** 21)], [156, 'x'])]],
    ['too much of all', 'INPUT_TOO_LARGE', [header([124, '\x80\0\0\0\0\0\x10\0\0\0\0\0'])]],
    ['an extended header of nothing', 'ARCHIVE_INVALID', extended(paxRecord('path', 'b')).slice(0, 2)],
  ])('%s', async (_, code, blocks) => {
    expect(await outcome(Buffer.concat([...blocks, END]))).toBe(code);
  });

  function twice(type: string, text: string): readonly Buffer[] {
    const one = [header([124, octal(text.length)], [156, type]), block(text)];
    return [...one, ...one];
  }

  test.each<[string, readonly Buffer[]]>([
    ['no end', [header()]],
    ['half an end', [header(), Buffer.alloc(512)]],
    ['something after the end', [header(), END, header()]],
    ['an end within a block', [header(), END, Buffer.alloc(100)]],
    ['content that is cut off', [header([124, octal(600)]), Buffer.alloc(512)]],
    ['a header that is cut off', [header().subarray(0, 300)]],
  ])('%s', async (_, blocks) => {
    expect(await outcome(Buffer.concat(blocks))).toBe('ARCHIVE_INVALID');
  });
});

describe('spoiled archives', () => {
  const original = tarOf(file('a', 'content'), file('d/b', '', true), link('d/l', '../a'));

  test('each octet of a header counts', async () => {
    const bytes = await original;
    const headers = [0, 1024, 1536, 2048];
    for (const start of headers) {
      for (let at = start; at < start + 512; at++) {
        const spoiled = Buffer.from(bytes);
        spoiled[at] = (spoiled[at] ?? 0) ^ 0x01;
        expect(await outcome(spoiled), `octet ${at}`).toMatch(/^(?:ARCHIVE_|UTF8_)/);
      }
    }
  });

  test('cut off anywhere', async () => {
    const bytes = await original;
    for (let length = 1; length < bytes.length; length += 61) {
      expect(await outcome(bytes.subarray(0, length)), `${length} octets`).toBe('ARCHIVE_INVALID');
    }
  });

  property.prop([fc.uint8Array({ maxLength: 2048 })])('noise ends in a refusal', async (noise) => {
    const isEmpty = noise.length >= 1024 && noise.length % 512 === 0 && noise.every((octet) => octet === 0);
    expect(await outcome(noise)).toMatch(isEmpty ? /^$/ : /^(?:ARCHIVE_|UTF8_|INPUT_)/);
  });

  property.prop([fc.nat(2047), fc.nat(255), fc.integer({ min: 1, max: 700 })])(
    'a changed octet never leaves the folder, however it comes',
    async (at, value, size) => {
      const bytes = Buffer.from(await original);
      bytes[at] = value;
      const found = await entriesOf(pieces(bytes, size)).catch((error: unknown) => reasonOf(error).code);
      if (typeof found === 'string') expect(found).not.toBe('INTERNAL_ERROR');
      else expect(found.map(({ path }) => path)).toEqual(['a', 'd', 'd/b', 'd/l']);
    },
  );
});

test('time is not looked at', async () => {
  expect(MTIME).toBeGreaterThan(0);
  expect(await entriesOf(pieces(Buffer.concat([header([136, '77777777777\0']), END])))).toHaveLength(1);
});
