import { fc, test as property } from '@fast-check/vitest';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import type { Entry } from '../../release/archive/entry.ts';
import { unpacked } from '../../release/archive/gzip.ts';
import { gzip } from '../../release/archive/write-gzip.ts';
import { writeTar } from '../../release/archive/write-tar.ts';
import { bytesOf, entriesOf, file, link, MTIME, pieces, tarOf } from './tar.ts';

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 120 })
  .filter((part) => part !== '.' && part !== '..' && !/[/\0\ud800-\udfff\ufeff]/.test(part));
const content = fc.uint8Array({ maxLength: 1500 });
const files = fc.uniqueArray(
  fc.tuple(fc.array(name, { minLength: 1, maxLength: 4 }), content, fc.boolean()),
  {
    maxLength: 8,
    // No file within another.
    selector: ([path]) => path[0],
  },
);

const made = (of: readonly (readonly [readonly string[], Uint8Array, boolean])[]): Entry[] =>
  of.map(([path, bytes, executable]) => file(path.join('/'), bytes, executable));

describe('what is written', () => {
  property.prop([files, fc.integer({ min: 1, max: 3000 })])('is read again as it was', async (of, size) => {
    const found = await entriesOf(pieces(await tarOf(...made(of)), size));
    const back = found.filter(({ kind }) => kind === 'file');
    const wanted = of.map(([path, bytes, executable]) => ({
      kind: 'file',
      path: path.join('/'),
      executable,
      content: Buffer.from(bytes).toString('latin1'),
    }));
    expect(back).toEqual(expect.arrayContaining(wanted));
    expect(back).toHaveLength(wanted.length);
  });

  property.prop([
    files.chain((of) => fc.tuple(fc.constant(of), fc.shuffledSubarray(of, { minLength: of.length }))),
  ])('does not depend on the order of what it is told', async ([of, shuffled]) => {
    expect((await tarOf(...made(shuffled))).equals(await tarOf(...made(of)))).toBe(true);
  });

  property.prop([fc.uint8Array({ minLength: 1, maxLength: 200_000 }), fc.integer({ min: 1, max: 70_000 })], {
    numRuns: 10,
  })('is packed the same, however it comes', async (bytes, size) => {
    const whole = await bytesOf(gzip(pieces(bytes)));
    expect((await bytesOf(gzip(pieces(bytes, size)))).equals(whole)).toBe(true);
    expect(gunzipSync(whole).equals(Buffer.from(bytes))).toBe(true);
    expect((await bytesOf(unpacked(pieces(whole, size), 'a.gz'))).equals(Buffer.from(bytes))).toBe(true);
    // RFC 1952: CM deflate, no flags, MTIME 0, XFL 0, OS Unix.
    expect(whole.toString('hex', 0, 10)).toBe('1f8b0800000000000003');
  });

  test.each([0, 1, 2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1, 6 * 2 ** 20 + 7])(
    'is packed in pieces that know what stands before them: %i octets',
    async (size) => {
      // It repeats all over: a piece that does not know the one before holds it once more.
      const noise = Buffer.from(Array.from({ length: 16_384 }, (_, index) => (index * index * 31) % 251));
      const bytes = Buffer.alloc(size, noise);
      const packed = await bytesOf(gzip(pieces(bytes, 100_000)));
      expect(gunzipSync(packed).equals(bytes)).toBe(true);
      expect((await bytesOf(unpacked(pieces(packed, 5000), 'a.gz'))).equals(bytes)).toBe(true);
      expect(packed.length).toBeLessThan(noise.length + size / 100 + 100);
    },
  );

  test('folders that nobody names, all sorted by octets, hard links last', async () => {
    const bytes = await tarOf(
      { kind: 'hard-link', path: 'a/copy', target: 'b/x' },
      file('b/x', 'x', true),
      file('b-c'),
      link('b/l', 'x'),
      { kind: 'folder', path: 'z' },
    );
    const found = await entriesOf(pieces(bytes));
    expect(found.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'folder a',
      'folder b',
      'file b-c',
      'link b/l',
      'file b/x',
      'folder z',
      'hard-link a/copy',
    ]);
  });

  test('folders that are there already are left out', async () => {
    const tar = writeTar([file('usr/bin/x')], { mtime: MTIME, existing: new Set(['usr']) });
    expect((await entriesOf(tar)).map(({ path }) => path)).toEqual(['usr/bin', 'usr/bin/x']);
  });

  test.each([100, 101, 154, 155, 156, 254, 255, 256, 257, 1000])(
    'a path of %i characters',
    async (length) => {
      for (const path of ['x'.repeat(length), `${'d'.repeat(length - 51)}/${'f'.repeat(50)}`]) {
        expect((await entriesOf(pieces(await tarOf(file(path, 'y'))))).at(-1)).toMatchObject({
          path,
          content: 'y',
        });
      }
    },
  );

  test('a large file is said in an extended header', async () => {
    const size = 8 ** 11;
    const tar = writeTar([{ kind: 'file', path: 'a', executable: false, content: { size, read: none } }], {
      mtime: MTIME,
    });
    const { value } = await tar.next();
    await tar.return(undefined);
    expect(Buffer.from(value ?? []).toString('latin1')).toContain('19 size=8589934592\n');
  });
});

async function* none(): AsyncGenerator<Uint8Array> {
  // Nothing: whoever asks for it finds less than was said.
}

describe('what is not written', () => {
  const of = (size: number, text: string): Entry => ({
    kind: 'file',
    path: 'a',
    executable: false,
    content: { size, read: () => pieces(Buffer.from(text)) },
  });
  test.each<[string, string, readonly Entry[]]>([
    ['a path that leaves', 'ARCHIVE_PATH_UNSAFE', [file('../a')]],
    ['an absolute path', 'ARCHIVE_PATH_UNSAFE', [file('/a')]],
    ['a path twice', 'ARCHIVE_DUPLICATE', [file('a'), link('a', 'b')]],
    ['a file in a file', 'ARCHIVE_PATH_UNSAFE', [file('a'), file('a/b')]],
    ['a file in a file, told the other way', 'ARCHIVE_DUPLICATE', [file('a/b'), file('a')]],
    ['a hard link to nothing', 'ARCHIVE_LINK_UNSAFE', [{ kind: 'hard-link', path: 'a', target: 'b' }]],
    ['less content than was said', 'ARCHIVE_INVALID', [of(3, 'hi')]],
    ['more content than was said', 'ARCHIVE_INVALID', [of(1, 'hi')]],
  ])('%s', async (_, code, entries) => {
    const refused = await tarOf(...entries).catch((error: unknown) => reasonOf(error).code);
    expect(refused).toBe(code);
  });
});

describe('packed octets', () => {
  const packed = bytesOf(gzip(pieces(Buffer.from('content'))));
  test.each<[string, string, (bytes: Buffer) => Buffer]>([
    ['cut off', 'ARCHIVE_INVALID', (bytes) => bytes.subarray(0, -5)],
    [
      'damaged',
      'ARCHIVE_INVALID',
      (bytes) => Buffer.from(bytes.map((octet, at) => (at === 13 ? octet ^ 1 : octet))),
    ],
    ['with something after them', 'ARCHIVE_INVALID', (bytes) => Buffer.concat([bytes, Buffer.from('more')])],
    ['of xz', 'ARCHIVE_PACKING_UNSUPPORTED', () => Buffer.from('fd377a585a0000', 'hex')],
    ['of bzip2', 'ARCHIVE_PACKING_UNSUPPORTED', () => Buffer.from('BZh91AY', 'latin1')],
    ['of zip', 'ARCHIVE_PACKING_UNSUPPORTED', () => Buffer.from('PK\x03\x04....', 'latin1')],
  ])('%s', async (_, code, spoil) => {
    const bytes = spoil(await packed);
    const refused = await bytesOf(unpacked(pieces(bytes, 3), 'a.tgz')).catch(
      (error: unknown) => reasonOf(error).code,
    );
    expect(refused).toBe(code);
  });
});
