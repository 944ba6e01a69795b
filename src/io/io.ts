import type { RunHelper } from '#core/oci/credentials';
import type { Clock, HttpFetch } from '#core/oci/http';
import type { TlsOptions } from './http.ts';
import type { TufTarget } from './tuf.ts';

/** Digests of an artifact's bytes, lower-case hex. */
export interface FileDigests {
  readonly sha256: string;
  readonly sha512: string;
}

/** Called now and then with the bytes read so far. */
export type Progress = (bytes: number) => void;

/** Files by the name that the user wrote: relative to the working folder; `-` is standard input. */
export interface Files {
  /**
   * The whole file.
   * @param limit bytes; one more is refused
   * @throws FILE_NOT_FOUND, FILE_IS_DIRECTORY, FILE_UNREADABLE, INPUT_TOO_LARGE
   */
  read(path: string, limit: number): Uint8Array;
  /**
   * Digests of a file of any size, in constant memory.
   * @throws FILE_NOT_FOUND, FILE_IS_DIRECTORY, FILE_UNREADABLE
   */
  digest(path: string, progress?: Progress): FileDigests;
  /**
   * Replaces the file as one step.
   * @throws FILE_UNWRITABLE
   */
  write(path: string, bytes: Uint8Array): void;
  /**
   * Names in a folder, sorted; undefined where there is no such folder.
   * @throws FILE_UNREADABLE
   */
  list(path: string): readonly DirectoryEntry[] | undefined;
  /**
   * The name from the root on: what another program is told.
   */
  absolute(path: string): string;
  /**
   * Makes a folder and those above it, where they are not there.
   * @throws FILE_UNWRITABLE
   */
  makeFolder(path: string): void;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly isDirectory: boolean;
  /** A file of its own: no symbolic link, no device, no pipe. */
  readonly isFile: boolean;
}

/** The world that a command may touch: everything that is not a pure function of its arguments. */
export interface Io {
  readonly files: Files;
  /** Data. */
  readonly stdout: (text: string) => void;
  /** Reports, for people. */
  readonly stderr: (text: string) => void;
  readonly now: () => Date;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The bytes of the seeds that @sigstore/tuf ships: TUF root and targets of the public-good instance. */
  readonly seeds: () => Uint8Array;
  /** Fetches a target by TUF. Never called where the user said `--offline`. */
  readonly tuf: (target: TufTarget, cacheFolder: string | undefined) => Promise<Uint8Array>;
  /** Loads what asking a registry takes; absent where there is no network. Never called with `--offline`. */
  readonly network?: () => Promise<Network>;
}

/** What asking a registry takes. */
export interface Network {
  readonly http: (tls: TlsOptions) => HttpFetch;
  readonly clock: Clock;
  /** What was asked until now goes out, and what has been answered is taken: between pieces of work that take time. */
  readonly turn: () => Promise<void>;
  readonly runHelper: RunHelper;
}
