import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import { contentOf, type Entry } from '../../release/archive/entry.ts';
import { unpacked } from '../../release/archive/gzip.ts';
import { readTar } from '../../release/archive/read-tar.ts';
import { writeTar } from '../../release/archive/write-tar.ts';

const file = (path: string): Entry => ({
  kind: 'file',
  path,
  executable: false,
  content: contentOf(Buffer.alloc(200_000, path)),
});
const tar = Buffer.concat(await Array.fromAsync(writeTar([file('a'), file('b')], { mtime: 0 })));

/** A source that says when it was let go, as a file that is closed. */
function source(bytes: Uint8Array) {
  const state = { isOpen: false };
  const read = async function* read(): AsyncGenerator<Uint8Array> {
    state.isOpen = true;
    try {
      for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
    } finally {
      state.isOpen = false;
    }
  };
  return { state, read };
}

test.each([
  ['as it is', tar],
  ['packed by gzip', gzipSync(tar, { level: 0 })],
  ['packed by zstd', zstdCompressSync(tar)],
])('an archive %s that is not read to its end is let go', async (_, bytes) => {
  const { state, read } = source(bytes);
  for await (const entry of readTar(unpacked(read(), 'a.tar'), { name: 'a.tar', links: 'inside' })) {
    expect(entry.path).toBe('a');
    break;
  }
  await expect.poll(() => state.isOpen).toBe(false);
});

test('an archive that cannot be unpacked is let go', async () => {
  const { state, read } = source(Buffer.from('504b030400000000', 'hex'));
  await expect(Array.fromAsync(unpacked(read(), 'a.zip'))).rejects.toSatisfy(
    (error) => reasonOf(error).code === 'ARCHIVE_PACKING_UNSUPPORTED',
  );
  expect(state.isOpen).toBe(false);
});
