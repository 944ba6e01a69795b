import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { limits } from '#core/limits';
import { gitEnvironment, noGit } from './git.ts';

export interface GitObject {
  readonly type: string;
  readonly bytes: Buffer;
}

interface Waiting {
  readonly id: string;
  readonly resolve: (object: GitObject) => void;
  readonly reject: (error: unknown) => void;
}

const HEADER = /^([0-9a-f]{40}|[0-9a-f]{64}) (commit|tree|blob|tag) (\d{1,15})$/;

/**
 * Objects of a git repository by their ids, from one `git cat-file --batch`. Each is hashed: what does not have its
 * id is refused, so that a commit's id stands for all that is under it, whatever the repository holds.
 */
export class GitObjects {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting: Waiting[] = [];
  #chunks: Buffer[] = [];
  #length = 0;
  /** Of the object that is being read: octets of its content, with the line feed after it. */
  #header: { readonly type: string; readonly size: number } | undefined;
  #fault: unknown;

  /** @param repository a folder in it */
  constructor(repository: string, env: Io['env']) {
    this.#child = spawn('git', ['-C', repository, 'cat-file', '--batch'], {
      env: gitEnvironment(env),
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#child.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#child.stdin.on('error', () => undefined);
    this.#child.on('error', (cause) => this.#fail(() => noGit(cause)));
    this.#child.on('close', () => this.#fail(() => unavailable('git ended before it had answered')));
  }

  /**
   * One object; several may be asked for at once.
   * @param id its SHA-1 or SHA-256, lower-case hexadecimal
   * @throws RELEASE_SOURCE_UNAVAILABLE, RELEASE_SOURCE_MISMATCH, INPUT_TOO_LARGE
   */
  async read(id: string, type: 'commit' | 'tree' | 'blob'): Promise<Buffer> {
    if (this.#fault !== undefined) throw this.#fault;
    const { promise, resolve, reject } = Promise.withResolvers<GitObject>();
    this.#waiting.push({ id, resolve, reject });
    this.#child.stdin.write(`${id}\n`);
    const object = await promise;
    checkObject(object, id, type);
    return object.bytes;
  }

  /** Ends git. */
  [Symbol.dispose](): void {
    this.#fault ??= new Error('closed');
    this.#child.kill('SIGKILL');
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    try {
      while (this.#answer());
    } catch (error) {
      this.#fail(() => {
        throw error;
      });
      this.#child.kill('SIGKILL');
    }
  }

  /** Answers the first who waits, where what has come is enough. */
  #answer(): boolean {
    if (this.#header === undefined) {
      const line = this.#line();
      if (line === undefined) return false;
      const [, id, type = '', size] = HEADER.exec(line) ?? [];
      const first = this.#waiting[0];
      if (first === undefined || id !== first.id) return this.#missing(line);
      this.#header = { type, size: Number(size) };
      if (this.#header.size > limits.releaseContentRead) tooLarge(first.id, this.#header.size);
    }
    const { type, size } = this.#header;
    if (this.#length < size + 1) return false;
    const bytes = this.#cut(size + 1).subarray(0, size);
    this.#header = undefined;
    this.#waiting.shift()?.resolve({ type, bytes });
    return true;
  }

  #missing(line: string): true {
    const first = this.#waiting.shift();
    const refusal = caught(() =>
      unavailable(`the repository does not have ${first?.id ?? 'it'}`, line.endsWith(' missing')),
    );
    first?.reject(refusal);
    return true;
  }

  #line(): string | undefined {
    const [first, ...rest] = this.#chunks;
    if (first === undefined) return undefined;
    const all = rest.length === 0 ? first : Buffer.concat(this.#chunks);
    this.#chunks = [all];
    const end = all.indexOf(0x0a);
    return end < 0 ? undefined : this.#cut(end + 1).toString('latin1', 0, end);
  }

  /** Takes octets off the front of what has come. */
  #cut(size: number): Buffer {
    const all = this.#chunks.length === 1 ? this.#chunks[0] : undefined;
    const whole = all ?? Buffer.concat(this.#chunks);
    const rest = whole.subarray(size);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#length -= size;
    return whole.subarray(0, size);
  }

  #fail(why: () => never): void {
    this.#fault ??= caught(why);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#fault);
  }
}

/** A git object's id is the hash of its type, its size and its content. */
function checkObject({ type, bytes }: GitObject, id: string, wanted: string): void {
  const hash = createHash(id.length === 40 ? 'sha1' : 'sha256');
  const found = hash.update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
  if (found === id && type === wanted) return;
  refuse('RELEASE_SOURCE_MISMATCH', `the repository has something else as ${id}`, {
    expected: `a ${wanted} of that id`,
    found: `a ${type} of the id ${found}`,
    hint: 'git fsck says what is wrong with the repository; clone it again',
  });
}

function unavailable(what: string, isMissing = true): never {
  return refuse('RELEASE_SOURCE_UNAVAILABLE', what, {
    expected: 'a repository with all that the commit names',
    found: isMissing ? 'no such object' : 'another answer than the one that was asked for',
    hint: 'git fetch it: a clone that is shallow, partial or older than the tag does not have everything',
  });
}

function tooLarge(id: string, size: number): never {
  return refuse('INPUT_TOO_LARGE', `the source holds a file that is too large: ${id}`, {
    expected: `at most ${limits.releaseContentRead} octets`,
    found: `${size} octets`,
  });
}

function caught(why: () => never): unknown {
  try {
    return why();
  } catch (error) {
    return error;
  }
}
