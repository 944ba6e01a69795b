import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, constants, readFileSync, statSync, writeFileSync, type BigIntStats } from 'node:fs';
import { copyFile, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { sha256Hex } from '#core/bytes/digest';
import { refuse } from '#core/errors/error';
import { makeFolders } from '#core/io/files';
import { limits } from '#core/limits';
import { accessFault, codeOf } from './access-fault.ts';
import { ContentHash, type ExpectedContent } from './content-hash.ts';
import { isLarge, isSameContent, KnownFiles } from './known-files.ts';
import type { Store, Stored } from './store.ts';

/** Octets that are read at once. */
const CHUNK = 1024 * 1024;
const DIGEST = /^[0-9a-f]{64}$/;

/** A store in two folders: one for what is there, and one for what is being written. */
export class FolderStore implements Store {
  readonly #content: string;
  readonly #begun: string;
  readonly #known = new KnownFiles();

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
    await using file = (await this.#find(sha256)) ?? missing(sha256);
    const stat = await statOf(file, sha256);
    if (stat.size > limit) {
      refuse('INPUT_TOO_LARGE', 'a file of the store is too large here', {
        path: shownDigest(sha256),
        expected: `at most ${limit} octets`,
        found: `${stat.size} octets`,
      });
    }
    const bytes = await access('read', sha256, async () => readFile(file));
    await this.#check(sha256, file, stat, this.#known.has(sha256, stat) ? undefined : sha256Hex(bytes));
    return bytes;
  };

  readonly stream = (sha256: string): AsyncGenerator<Uint8Array> => this.#chunks(sha256);

  readonly pathOf: Store['pathOf'] = async (sha256) => {
    if (!(await this.#isKnown(sha256))) for await (const chunk of this.#chunks(sha256)) void chunk;
    return this.#place(sha256);
  };

  readonly copyTo: Store['copyTo'] = async (sha256, target, mode) => {
    const bytes = this.#readSmall(sha256);
    if (bytes !== undefined) {
      await access('write', target, async () => writeFileSync(target, bytes, { flag: 'wx', mode }));
    } else {
      const from = await this.pathOf(sha256);
      await access('write', target, async () => copyFile(from, target, constants.COPYFILE_EXCL));
      // Nobody has changed it between the one reading and the other.
      if (!(await this.#isKnown(sha256))) changing(sha256);
    }
    await access('write', target, async () => chmodSync(target, mode));
  };

  readonly has: Store['has'] = async (sha256) => {
    const found = await this.#find(sha256);
    if (found === undefined) return false;
    await using file = found;
    const stat = await statOf(file, sha256);
    return this.#known.has(sha256, stat) || (await digestOf(file, stat, sha256)) === sha256;
  };

  async *#chunks(sha256: string): AsyncGenerator<Uint8Array> {
    await using file = (await this.#find(sha256)) ?? missing(sha256);
    const stat = await statOf(file, sha256);
    const hash = this.#known.has(sha256, stat) ? undefined : createHash('sha256');
    for await (const chunk of chunksOf(file, stat, sha256)) {
      hash?.update(chunk);
      yield chunk;
    }
    await this.#check(sha256, file, stat, hash?.digest('hex'));
  }

  /**
   * The last word on what was read.
   * @param before of the file, before it was read
   * @param found its digest; undefined where this process knew it before
   */
  async #check(
    sha256: string,
    file: FileHandle,
    before: BigIntStats,
    found: string | undefined,
  ): Promise<void> {
    if (found !== undefined && found !== sha256) unsound(sha256, found);
    if (!isLarge(before)) return;
    if (isSameContent(before, await statOf(file, sha256))) this.#known.note(sha256, before);
    else if (found === undefined) changing(sha256);
  }

  async #isKnown(sha256: string): Promise<boolean> {
    await using file = (await this.#find(sha256)) ?? missing(sha256);
    return this.#known.has(sha256, await statOf(file, sha256));
  }

  /** Undefined where it is large. Most files are small: to wait for each step of reading one takes longest. */
  #readSmall(sha256: string): Uint8Array | undefined {
    const file = this.#place(sha256);
    try {
      if (statSync(file).size > CHUNK) return undefined;
      const bytes = readFileSync(file);
      const found = sha256Hex(bytes);
      return found === sha256 ? bytes : unsound(sha256, found);
    } catch (cause) {
      return codeOf(cause) === 'ENOENT' ? missing(sha256) : accessFault('read', sha256, cause);
    }
  }

  #place(sha256: string): string {
    if (DIGEST.test(sha256)) return path.join(this.#content, sha256);
    return refuse('DIGEST_INVALID', 'the store has no such names', {
      expected: '64 lower-case hexadecimal digits',
      found: JSON.stringify(sha256.slice(0, 100)),
    });
  }

  /** Undefined where there is none. */
  async #find(sha256: string): Promise<FileHandle | undefined> {
    const file = this.#place(sha256);
    try {
      return await open(file, 'r');
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
    await using file = await access('write', name, async () => {
      makeFolders(this.#begun);
      makeFolders(this.#content);
      return open(begun, 'wx', 0o600);
    });
    try {
      for await (const chunk of content) {
        hash.add(chunk);
        await access('write', name, async () => writeAll(file, chunk));
      }
      const stored = hash.end();
      await access('write', name, async () => {
        await file.chmod(0o444);
        await rename(begun, path.join(this.#content, stored.sha256));
      });
      this.#known.note(stored.sha256, await statOf(file, name));
      return stored;
    } finally {
      await rm(begun, { force: true });
    }
  }
}

async function access<T>(kind: 'read' | 'write', name: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (cause) {
    return accessFault(kind, name, cause);
  }
}

async function statOf(file: FileHandle, name: string): Promise<BigIntStats> {
  return access('read', name, async () => file.stat({ bigint: true }));
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten;
}

async function* chunksOf(file: FileHandle, { size }: BigIntStats, name: string): AsyncGenerator<Uint8Array> {
  try {
    // One octet more than it says it has, so that its end is seen; most files are small.
    for (let left = Number(size) + 1; ; left = Math.max(left, 1)) {
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

async function digestOf(file: FileHandle, stat: BigIntStats, name: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunksOf(file, stat, name)) hash.update(chunk);
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

function changing(sha256: string): never {
  return refuse('RELEASE_CONTENT_MISMATCH', 'a file of the store was written to while it was read', {
    expected: shownDigest(sha256),
    found: 'a later time of change',
    hint: 'find out what writes there, then run edgeseal-release fetch again',
  });
}

function shownDigest(sha256: string): string {
  return `sha256:${sha256}`;
}
