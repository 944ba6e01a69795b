import type { HermeticEvidence } from './evidence.ts';

/** What is run without a network, and all that it sees. Paths of the host are from its root on. */
export interface SandboxOrder {
  /** The folder of the host that is the root file system: read-only. */
  readonly root: string;
  readonly mounts: readonly Mount[];
  /** Where the program starts, inside. */
  readonly directory: string;
  /** The program, by its path inside or by PATH, and its arguments. */
  readonly argv: readonly string[];
  /** All of it: nothing of the caller's is passed on. */
  readonly environment: Readonly<Record<string, string>>;
  readonly identity: Identity;
  readonly limits: RunLimits;
}

/** A folder or a file of the host, seen inside. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly isWritable: boolean;
}

/** What a program can learn of the machine it runs on; another one must not change what it makes. */
export interface Identity {
  readonly hostname: string;
  /** Never 0: who is root has capabilities. */
  readonly user: number;
  readonly group: number;
  readonly umask: number;
  /** Processors that it may run on; absent for all. */
  readonly processors?: readonly number[];
  /** Seconds that the clock of the time since start is ahead. */
  readonly bootOffset?: number;
}

export interface RunLimits {
  readonly seconds: number;
  /** Octets that it may print. */
  readonly output: number;
}

/** How a run ended, and what was seen of the network around it. */
export type SandboxRun =
  | {
      readonly kind: 'ended';
      /** Null where a signal ended it. */
      readonly code: number | null;
      readonly signal: string | null;
      /** What was printed, standard output and error as one. */
      readonly log: Uint8Array;
      readonly evidence: HermeticEvidence;
    }
  | { readonly kind: 'limit'; readonly limit: keyof RunLimits; readonly log: Uint8Array };

/** A way to run without a network. */
export interface SandboxDriver {
  readonly mechanism: 'linux-namespaces' | 'container';
  /**
   * Of the program that makes it: `util-linux 2.38.1`.
   * @throws SANDBOX_UNAVAILABLE
   */
  version(): Promise<string>;
  /**
   * Runs, and ends with it everything that it began.
   * @param folder an empty folder for what the sandbox needs meanwhile
   * @param signal to end it before
   * @throws SANDBOX_UNAVAILABLE, the signal's reason
   */
  run(order: SandboxOrder, folder: string, signal: AbortSignal): Promise<SandboxRun>;
  /** Takes away what it has made for all runs. */
  close(): Promise<void>;
}
