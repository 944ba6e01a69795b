import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import { openStore, type Store } from './store.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'edgeseal-store-'));
  store = openStore(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const sha512 = (bytes: Uint8Array): string => createHash('sha512').update(bytes).digest('hex');
const files = (): string[] => readdirSync(path.join(folder, 'store'), { recursive: true }).map(String).sort();
const codeOf = async (call: () => Promise<unknown>): Promise<string> => {
  try {
    await call();
    return 'nothing';
  } catch (error) {
    return reasonOf(error).code;
  }
};
async function* parts(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}
/** Changes a file of the store as an intruder would. */
const spoil = (hex: string, text: string): void => {
  const file = path.join(folder, 'store/sha256', hex);
  chmodSync(file, 0o644);
  writeFileSync(file, text);
};
const all = async (stream: AsyncIterable<Uint8Array>): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(stream));

const content = Buffer.from('content');
const hex = sha256(content);

describe('what is put', () => {
  test.each([
    ['bytes', () => content],
    ['a stream', () => parts('con', '', 'tent')],
  ])('%s are there by their digest, read-only, and nothing else', async (_, make) => {
    expect(await store.put(make())).toEqual({ sha256: hex, size: 7 });
    expect(files()).toEqual(['sha256', `sha256/${hex}`, 'tmp']);
    expect(statSync(path.join(folder, 'store/sha256', hex)).mode & 0o777).toBe(0o444);
    expect(await store.has(hex)).toBe(true);
    expect(await store.read(hex)).toEqual(content);
    expect(await all(store.stream(hex))).toEqual(content);
    expect(await store.pathOf(hex)).toBe(path.join(folder, 'store/sha256', hex));
  });
  test('nothing at all is content too', async () => {
    const stored = await store.put(new Uint8Array());
    expect(await store.read(stored.sha256)).toHaveLength(0);
  });
  test('twice, and many at once, is once', async () => {
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => store.put(index % 2 === 0 ? content : parts('content'))),
    );
    expect(files()).toEqual(['sha256', `sha256/${hex}`, 'tmp']);
  });
  test.each([
    [
      'its digests and its size',
      { digests: { sha256: hex, sha512: sha512(content) }, size: 7, limit: 7 },
      'nothing',
    ],
    ['another SHA-256', { digests: { sha256: '0'.repeat(64) } }, 'RELEASE_CONTENT_MISMATCH'],
    ['another SHA-512', { digests: { sha256: hex, sha512: '0'.repeat(128) } }, 'RELEASE_CONTENT_MISMATCH'],
    ['a smaller size', { size: 6 }, 'RELEASE_CONTENT_MISMATCH'],
    ['a larger size', { size: 8 }, 'RELEASE_CONTENT_MISMATCH'],
    ['a limit', { limit: 6 }, 'INPUT_TOO_LARGE'],
  ])('is compared with %s', async (_, expected, code) => {
    for (const make of [() => content, () => parts('con', 'tent')])
      expect(await codeOf(async () => store.put(make(), { name: 'it', ...expected }))).toBe(code);
    expect(existsSync(path.join(folder, 'store/sha256', hex))).toBe(code === 'nothing');
    if (existsSync(path.join(folder, 'store/tmp')))
      expect(readdirSync(path.join(folder, 'store/tmp'))).toEqual([]);
  });
  test('is not there where its stream ends by throwing', async () => {
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield content;
      throw new Error('cut off');
    };
    await expect(store.put(broken())).rejects.toThrow('cut off');
    expect(files()).toEqual(['sha256', 'tmp']);
  });
  test('is not put where it cannot be', async () => {
    writeFileSync(path.join(folder, 'store'), 'a file');
    expect(await codeOf(async () => store.put(parts('content')))).toBe('FILE_UNWRITABLE');
  });
});

describe('what is read', () => {
  test.each(['contents', 'conten', '', 'CONTENT'])('is refused where it became %j', async (text) => {
    await store.put(content);
    spoil(hex, text);
    expect(await store.has(hex)).toBe(false);
    for (const call of [
      async () => store.read(hex),
      async () => all(store.stream(hex)),
      async () => store.pathOf(hex),
    ])
      expect(await codeOf(call)).toBe('RELEASE_CONTENT_MISMATCH');
    // To put it again heals it.
    await store.put(content);
    expect(await store.read(hex)).toEqual(content);
  });
  test('is refused where it is not there', async () => {
    expect(await store.has(hex)).toBe(false);
    for (const call of [
      async () => store.read(hex),
      async () => all(store.stream(hex)),
      async () => store.pathOf(hex),
    ])
      expect(await codeOf(call)).toBe('RELEASE_CONTENT_MISSING');
  });
  test('is refused where it is larger than it may be', async () => {
    await store.put(content);
    expect(await codeOf(async () => store.read(hex, 6))).toBe('INPUT_TOO_LARGE');
  });
  test.each(['', '..', '../../etc/passwd', hex.toUpperCase(), `${hex}0`, `sha256:${hex}`])(
    'has a digest for its name, and not %j',
    async (name) => {
      for (const call of [
        async () => store.read(name),
        async () => store.has(name),
        async () => store.pathOf(name),
      ])
        expect(await codeOf(call)).toBe('DIGEST_INVALID');
    },
  );
});

describe.each([
  ['small', Buffer.from('content')],
  ['large', Buffer.alloc(3 * 1024 * 1024 + 1, 'content')],
])('a %s file', (_, bytes) => {
  const digest = sha256(bytes);
  const place = (): string => path.join(folder, 'store/sha256', digest);
  const turned = Buffer.from(bytes);
  turned.writeUInt8(bytes.readUInt8(5) ^ 1, 5);

  test('is read, again and again, and copied with the mode that is wanted', async () => {
    await store.put(bytes);
    for (const name of ['one', 'two']) {
      expect(Buffer.compare(await store.read(digest), bytes)).toBe(0);
      await store.copyTo(digest, path.join(folder, name), 0o755);
      expect(Buffer.compare(readFileSync(path.join(folder, name)), bytes)).toBe(0);
      expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o755);
    }
    expect(await codeOf(async () => store.copyTo(digest, path.join(folder, 'one'), 0o644))).toBe(
      'FILE_UNWRITABLE',
    );
  });

  test.each<readonly [string, () => void]>([
    ['written to', () => spoil(digest, turned.toString('latin1'))],
    [
      'written to, and has the times that it had',
      () => {
        const { atime, mtime } = statSync(place());
        spoil(digest, turned.toString('latin1'));
        utimesSync(place(), atime, mtime);
      },
    ],
    [
      'replaced by another, of the same times',
      () => {
        const { atime, mtime } = statSync(place());
        const other = path.join(folder, 'other');
        copyFileSync(place(), other);
        chmodSync(other, 0o644);
        writeFileSync(other, turned);
        utimesSync(other, atime, mtime);
        renameSync(other, place());
      },
    ],
  ])('that was put and read, and is then %s, is refused', async (_name, change) => {
    await store.put(bytes);
    await store.read(digest);
    change();
    expect(await store.has(digest)).toBe(false);
    for (const call of [
      async () => store.read(digest),
      async () => all(store.stream(digest)),
      async () => store.pathOf(digest),
      async () => store.copyTo(digest, path.join(folder, 'copy'), 0o644),
    ])
      expect(await codeOf(call)).toBe('RELEASE_CONTENT_MISMATCH');
  });

  test('is refused where it is written to while it is read', async () => {
    await store.put(bytes);
    const read = async (): Promise<void> => {
      let count = 0;
      for await (const _chunk of store.stream(digest))
        if (count++ === 0) spoil(digest, turned.toString('latin1'));
    };
    // All of a small one was read before.
    expect(await codeOf(read)).toBe(bytes.length < 1024 ? 'nothing' : 'RELEASE_CONTENT_MISMATCH');
  });
});
