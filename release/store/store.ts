import { createHash, randomUUID } from 'node:crypto';
import { chmod, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { refuse } from '#core/errors/error';
import { makeFolders } from '#core/io/files';
import { limits } from '#core/limits';
import { accessFault, codeOf } from './access-fault.ts';
import { ContentHash, type ExpectedContent } from './content-hash.ts';

/** Bytes of the store: SHA-256 in hexadecimal, and octets. */
export interface Stored {
  readonly sha256: string;
  readonly size: number;
}

/** Bytes by their SHA-256, each in a read-only file `store/sha256/HEX` of a work folder. Nothing in it is trusted. */
export interface Store {
  /**
   * Keeps bytes: hashed while they are written, and there as a whole or not at all.
   * @param content read once; a stream may end by throwing, then nothing is kept
   * @param expected what they must be, and what they are called where they are not
   * @throws RELEASE_CONTENT_MISMATCH, INPUT_TOO_LARGE, FILE_UNWRITABLE, and what the stream throws
   */
  readonly put: (
    content: Uint8Array | AsyncIterable<Uint8Array>,
    expected?: ExpectedContent,
  ) => Promise<Stored>;
  /**
   * The bytes, checked.
   * @param limit octets at most
   * @throws RELEASE_CONTENT_MISSING, RELEASE_CONTENT_MISMATCH, INPUT_TOO_LARGE, FILE_UNREADABLE
   */
  readonly read: (sha256: string, limit?: number) => Promise<Uint8Array>;
  /**
   * The bytes as they are read, in constant memory: who takes them all has them checked, for the last step throws
   * where they are not what they should be.
   * @throws as {@link Store.read}
   */
  readonly stream: (sha256: string) => AsyncGenerator<Uint8Array>;
  /**
   * The file that holds the bytes, absolute, its content checked just now.
   * @throws as {@link Store.read}
   */
  readonly pathOf: (sha256: string) => Promise<string>;
  /** Whether the bytes are there, and are what they should be. @throws FILE_UNREADABLE */
  readonly has: (sha256: string) => Promise<boolean>;
}

/** Octets that are read at once. */
const CHUNK = 1024 * 1024;
const DIGEST = /^[0-9a-f]{64}$/;

/**
 * The store of a work folder; its folders are made when something is put.
 * @param workFolder `--work`
 */
export function openStore(workFolder: string): Store {
  const folder = path.resolve(workFolder, 'store');
  return new FolderStore(path.join(folder, 'sha256'), path.join(folder, 'tmp'));
}

/**
 * The blobs of an OCI layout, kept and checked in the same way: those by SHA-256.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md#blobs
 */
export function openBlobs(layoutFolder: string): Store {
  const folder = path.resolve(layoutFolder);
  return new FolderStore(path.join(folder, 'blobs', 'sha256'), path.join(folder, 'tmp'));
}

class FolderStore implements Store {
  readonly #content: string;
  readonly #begun: string;

  constructor(content: string, begun: string) {
    this.#content = content;
    this.#begun = begun;
  }

  readonly put: Store['put'] = async (content, expected) => {
    if (!(content instanceof Uint8Array)) return this.#write(content, expected);
    const hash = new ContentHash(expected);
    hash.add(content);
    const stored = hash.end();
    // Most of a source is what a former run has put there; what is unsound is written anew.
    if (await this.has(stored.sha256)) return stored;
    return this.#write([content], expected);
  };

  readonly read: Store['read'] = async (sha256, limit = limits.releaseContentRead) => {
    const bytes = await this.#open(sha256, async (file) => {
      const { size } = await file.stat();
      if (size <= limit) return readFile(file);
      return refuse('INPUT_TOO_LARGE', 'a file of the store is too large here', {
        path: shownDigest(sha256),
        expected: `at most ${limit} octets`,
        found: `${size} octets`,
      });
    });
    const hash = createHash('sha256').update(bytes).digest('hex');
    return hash === sha256 ? bytes : unsound(sha256, hash);
  };

  readonly stream = (sha256: string): AsyncGenerator<Uint8Array> => this.#chunks(sha256);

  readonly pathOf: Store['pathOf'] = async (sha256) => {
    for await (const chunk of this.#chunks(sha256)) void chunk;
    return path.join(this.#content, sha256);
  };

  readonly has: Store['has'] = async (sha256) => {
    const found = await this.#find(sha256);
    if (found === undefined) return false;
    await using file = found;
    return (await digestOf(file, sha256)) === sha256;
  };

  async *#chunks(sha256: string): AsyncGenerator<Uint8Array> {
    await using file = (await this.#find(sha256)) ?? missing(sha256);
    const hash = createHash('sha256');
    for await (const chunk of chunksOf(file, sha256)) {
      hash.update(chunk);
      yield chunk;
    }
    const found = hash.digest('hex');
    if (found !== sha256) unsound(sha256, found);
  }

  async #open<T>(sha256: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
    await using file = (await this.#find(sha256)) ?? missing(sha256);
    try {
      return await use(file);
    } catch (cause) {
      return accessFault('read', sha256, cause);
    }
  }

  /** Undefined where there is none. */
  async #find(sha256: string): Promise<FileHandle | undefined> {
    if (!DIGEST.test(sha256))
      return refuse('DIGEST_INVALID', 'the store has no such names', {
        expected: '64 lower-case hexadecimal digits',
        found: JSON.stringify(sha256.slice(0, 100)),
      });
    try {
      return await open(path.join(this.#content, sha256), 'r');
    } catch (cause) {
      return codeOf(cause) === 'ENOENT' ? undefined : accessFault('read', sha256, cause);
    }
  }

  async #write(
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    expected: ExpectedContent | undefined,
  ): Promise<Stored> {
    const begun = path.join(this.#begun, `${process.pid}-${randomUUID()}`);
    const hash = new ContentHash(expected);
    const name = expected?.name ?? 'a file of the store';
    const file = await writing(name, async () => {
      makeFolders(this.#begun);
      makeFolders(this.#content);
      return open(begun, 'wx', 0o600);
    });
    try {
      try {
        for await (const chunk of content) {
          hash.add(chunk);
          await writing(name, async () => writeAll(file, chunk));
        }
      } finally {
        await file.close();
      }
      const stored = hash.end();
      await writing(name, async () => {
        await chmod(begun, 0o444);
        await rename(begun, path.join(this.#content, stored.sha256));
      });
      return stored;
    } finally {
      await rm(begun, { force: true });
    }
  }
}

async function writing<T>(name: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    return accessFault('write', name, cause);
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten;
}

async function* chunksOf(file: FileHandle, name: string): AsyncGenerator<Uint8Array> {
  try {
    // One octet more than it says it has, so that its end is seen; most files are small.
    for (let left = (await file.stat()).size + 1; ; left = Math.max(left, 1)) {
      const buffer = Buffer.allocUnsafe(Math.min(left, CHUNK));
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return;
      left -= bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } catch (cause) {
    accessFault('read', name, cause);
  }
}

async function digestOf(file: FileHandle, name: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunksOf(file, name)) hash.update(chunk);
  return hash.digest('hex');
}

function missing(sha256: string): never {
  return refuse('RELEASE_CONTENT_MISSING', 'the store does not have what is asked for', {
    expected: shownDigest(sha256),
    found: 'no such file',
    hint: 'is --work the folder that the phase before has filled? else run that phase again',
  });
}

function unsound(sha256: string, found: string): never {
  return refuse('RELEASE_CONTENT_MISMATCH', 'a file of the store is not what its name says', {
    expected: shownDigest(sha256),
    found: shownDigest(found),
    hint: 'something has changed it since it was put there: find out what, then run edgeseal-release fetch again',
  });
}

function shownDigest(sha256: string): string {
  return `sha256:${sha256}`;
}
