import type { Platform } from '../description/document.ts';

/** What `rebuild` found: `rebuild.json`. Digests are SHA-256 in hexadecimal; times are RFC 3339 in UTC. */
export interface RebuildRecord {
  readonly schemaVersion: 1;
  /** Of `build.json`, as it was read. */
  readonly build: string;
  readonly startedOn: string;
  readonly finishedOn: string;
  /** What was otherwise than in the build. */
  readonly varied: Varied;
  /** How many outputs, assets and images were compared. */
  readonly compared: { readonly outputs: number; readonly assets: number; readonly images: number };
  /** Empty where every byte is equal. */
  readonly differences: readonly Difference[];
}

export interface Varied {
  /** Where steps found their work directory. */
  readonly path: string;
  readonly hostname: string;
  readonly user: number;
  readonly group: number;
  /** In octal digits. */
  readonly umask: string;
  /** Only for steps whose environment does not say it. */
  readonly locale: string;
  /** Only for steps whose environment does not say it. */
  readonly zone: string;
  /** Of the source's files, seconds since 1970. */
  readonly fileTime: number;
  /** Those that steps could use; absent where the machine has one. */
  readonly processors?: number;
  /** Seconds that the time since the machine's start was ahead. */
  readonly bootOffset: number;
  /** Seconds from the start of the build to the start of the second one: the clock itself cannot be set. */
  readonly later: number;
}

export interface Difference {
  /** `output verifier/edgeseal`, `asset NAME`, `image NAME`. */
  readonly what: string;
  readonly platform?: Platform;
  /** The step that wrote it: `verifier/bundle`. */
  readonly step?: string;
  readonly first: string;
  readonly second: string;
  /** From the outside to the inside: `gzip`, `member usr/bin/node`, `section .rodata`, `line 3`. */
  readonly where: readonly string[];
  /** In the innermost of these, octets. */
  readonly offset: number;
  /** What stands there, as text with escapes. */
  readonly found: readonly [first: string, second: string];
}
