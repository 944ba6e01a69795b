import path from 'node:path';
import type { ExpectedContent } from './content-hash.ts';
import { FolderStore } from './folder-store.ts';

/** Bytes of the store: SHA-256 in hexadecimal, and octets. */
export interface Stored {
  readonly sha256: string;
  readonly size: number;
}

/**
 * Bytes by their SHA-256, each in a read-only file `store/sha256/HEX` of a work folder. Nothing in it is trusted: what is
 * read is checked, but for large files that this process has checked or written before, and that nobody has changed
 * since.
 */
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
   * The file that holds the bytes, absolute, its content checked.
   * @throws as {@link Store.read}
   */
  readonly pathOf: (sha256: string) => Promise<string>;
  /**
   * Writes the bytes into a file that is not there yet, checked.
   * @param mode of the file, whatever the umask says
   * @throws as {@link Store.read}, FILE_UNWRITABLE
   */
  readonly copyTo: (sha256: string, file: string, mode: number) => Promise<void>;
  /** Whether the bytes are there, and are what they should be. @throws FILE_UNREADABLE */
  readonly has: (sha256: string) => Promise<boolean>;
}

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
