import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { EdgesealError, refuse } from '#core/errors/error';
import { makeFolders, nodeFiles } from '#core/io/files';
import { limits } from '#core/limits';
import { formatJob, parseJob, type SigningJob } from './job.ts';

/** The jobs of a work folder, one file each, by the statement's digest. Only one process has it open. */
export interface SigningQueue extends AsyncDisposable {
  /** Undefined where nothing of it is signed yet. @throws SIGNING_QUEUE_INVALID, JSON_*, FILE_UNREADABLE */
  readonly read: (statement: string) => SigningJob | undefined;
  /** There as a whole, on the disk, or not at all, also where the power fails. @throws FILE_UNWRITABLE */
  readonly write: (job: SigningJob) => void;
  readonly remove: (statement: string) => void;
}

/**
 * Opens the queue of a work folder, which is made where it is not there.
 * @param folder `DIR/queue`
 * @throws SIGNING_QUEUE_BUSY, FILE_UNWRITABLE
 */
export async function openQueue(folder: string): Promise<SigningQueue> {
  writing(() => {
    makeFolders(folder);
  });
  const unlock = await lock(folder);
  const files = nodeFiles(folder);
  const nameOf = (statement: string): string => `${statement}.json`;
  return {
    read: (statement) => {
      try {
        return parseJob(files.read(nameOf(statement), limits.evidenceItem), statement);
      } catch (error) {
        if (error instanceof EdgesealError && error.code === 'FILE_NOT_FOUND') return undefined;
        throw error;
      }
    },
    write: (job) => {
      writing(() => {
        replace(path.join(folder, nameOf(job.statement)), formatJob(job));
        synchronise(folder);
      });
    },
    remove: (statement) => {
      writing(() => {
        rmSync(path.join(folder, nameOf(statement)), { force: true });
        synchronise(folder);
      });
    },
    [Symbol.asyncDispose]: unlock,
  };
}

function replace(file: string, bytes: Uint8Array): void {
  const begun = `${file}.tmp`;
  const descriptor = openSync(begun, 'w', 0o600);
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(begun, file);
}

function synchronise(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function writing(write: () => void): void {
  try {
    write();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'an unknown fault';
    refuse('FILE_UNWRITABLE', 'the signing queue cannot be written', {
      found: code,
      hint: 'check that you may write to the work folder, and that there is room',
      cause,
    });
  }
}

/**
 * A socket in Linux's abstract namespace, named by the folder's place on its disk: the kernel lets one process have it,
 * and takes it back however that process ends.
 */
async function lock(folder: string): Promise<() => Promise<void>> {
  const { dev, ino } = statSync(folder, { bigint: true });
  const server = createServer((socket) => socket.destroy());
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ path: `\0edgeseal-signing-queue-${dev}-${ino}` }, resolve);
  try {
    await promise;
  } catch (cause) {
    return refuse('SIGNING_QUEUE_BUSY', 'another process signs in this work folder', {
      expected: 'one at a time, so that nothing is signed twice',
      found: cause instanceof Error && 'code' in cause ? String(cause.code) : 'an unknown fault',
      hint: 'wait until it has ended; --work names another folder',
      cause,
    });
  }
  server.unref();
  return async () => {
    const closed = Promise.withResolvers<void>();
    server.close(() => closed.resolve());
    await closed.promise;
  };
}
