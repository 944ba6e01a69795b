import { createHash } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { refuse } from '#core/errors/error';
import type { DirectoryEntry, FileDigests, Files, Progress } from './io.ts';

const CHUNK = 1024 * 1024;
const STDIN = 0;

/** Files of this machine, names relative to the folder. */
export function nodeFiles(folder: string): Files {
  return {
    read: (path, limit) => withFile(folder, path, (fd) => readAll(fd, path, limit)),
    digest: (path, progress) => withFile(folder, path, (fd) => digestAll(fd, path, progress)),
    write: (path, bytes) => replace(resolve(folder, path), path, bytes),
    list: (path) => list(resolve(folder, path), path),
    absolute: (path) => resolve(folder, path),
    makeFolder: (path) => makeFolder(resolve(folder, path), path),
  };
}

function withFile<T>(folder: string, path: string, use: (fd: number) => T): T {
  if (path === '-') return use(STDIN);
  if (path.includes('\0')) return refuse('FILE_NOT_FOUND', 'a file name holds a NUL', { found: quote(path) });
  let fd: number;
  try {
    fd = openSync(resolve(folder, path), 'r');
  } catch (cause) {
    return failed(path, cause);
  }
  try {
    if (fstatSync(fd).isDirectory()) return isDirectory(path);
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

function readAll(fd: number, path: string, limit: number): Uint8Array {
  const size = fd === STDIN ? 0 : fstatSync(fd).size;
  if (size > limit) tooLarge(path, `${size} bytes`, limit);
  // One byte more than a regular file says it has, so that its end is seen without a second buffer.
  let buffer = Buffer.allocUnsafe(Math.min(limit, size === 0 ? 64 * 1024 : size) + 1);
  let length = 0;
  for (;;) {
    const read = readSome(fd, path, buffer, length);
    if (read === 0) return buffer.subarray(0, length);
    length += read;
    if (length > limit) tooLarge(path, `more than ${limit} bytes`, limit);
    if (length === buffer.length) {
      const larger = Buffer.allocUnsafe(Math.min(limit + 1, buffer.length * 2));
      buffer.copy(larger, 0, 0, length);
      buffer = larger;
    }
  }
}

function digestAll(fd: number, path: string, progress: Progress | undefined): FileDigests {
  const sha256 = createHash('sha256');
  const sha512 = createHash('sha512');
  const chunk = Buffer.allocUnsafe(CHUNK);
  let total = 0;
  for (;;) {
    const read = readSome(fd, path, chunk, 0);
    if (read === 0) return { sha256: sha256.digest('hex'), sha512: sha512.digest('hex') };
    const bytes = chunk.subarray(0, read);
    sha256.update(bytes);
    sha512.update(bytes);
    total += read;
    progress?.(total);
  }
}

/** Standard input may be set not to block, by whoever shares it. */
function readSome(fd: number, path: string, buffer: Buffer, offset: number): number {
  for (;;) {
    try {
      return readSync(fd, buffer, offset, buffer.length - offset, null);
    } catch (cause) {
      const code = codeOf(cause);
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') return failed(path, cause);
      pause(5);
    }
  }
}

/** Blocks for some milliseconds. */
export function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

function replace(path: string, name: string, bytes: Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, bytes, { flag: 'wx' });
    renameSync(temporary, path);
  } catch (cause) {
    remove(temporary);
    unwritable(name, cause);
  }
}

/** What was begun, where it was begun. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (cause) {
    if (codeOf(cause) !== 'ENOTDIR') throw cause;
  }
}

function makeFolder(path: string, name: string): void {
  try {
    makeFolders(path);
  } catch (cause) {
    unwritable(name, cause);
  }
}

/**
 * Makes a folder and those above it. Node's own recursion never ends where a parent cannot be made although it
 * does not exist, as under /proc.
 */
export function makeFolders(path: string): void {
  try {
    mkdirSync(path);
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw cause;
    makeFolders(dirname(path));
    mkdirSync(path);
  }
}

function unwritable(name: string, cause: unknown): never {
  return refuse('FILE_UNWRITABLE', `${quote(name)} cannot be written`, {
    found: codeOf(cause) ?? 'an unknown fault',
    hint: 'check that the folder is there and that you may write to it',
    cause,
  });
}

function list(path: string, name: string): readonly DirectoryEntry[] | undefined {
  try {
    return readdirSync(path, { withFileTypes: true })
      .map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory(), isFile: entry.isFile() }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    const code = codeOf(cause);
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : failed(name, cause);
  }
}

function failed(path: string, cause: unknown): never {
  const code = codeOf(cause);
  if (code === 'EISDIR') return isDirectory(path);
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') {
    return refuse('FILE_NOT_FOUND', `there is no file ${quote(path)}`, {
      expected: 'a file that can be read',
      found: 'no such file',
      hint: 'check the name and the working folder',
      cause,
    });
  }
  return refuse('FILE_UNREADABLE', `${quote(path)} cannot be read`, {
    found: code ?? 'an unknown fault',
    hint: code === 'EACCES' ? 'check who may read it' : undefined,
    cause,
  });
}

function isDirectory(path: string): never {
  return refuse('FILE_IS_DIRECTORY', `${quote(path)} is a folder`, {
    expected: 'a file',
    found: 'a folder',
    hint: 'name a file in it',
  });
}

function tooLarge(path: string, found: string, limit: number): never {
  return refuse('INPUT_TOO_LARGE', `${quote(path)} is too large`, {
    expected: `at most ${limit} bytes`,
    found,
  });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function quote(path: string): string {
  return JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}...` : path);
}
