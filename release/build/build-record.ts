import type { Platform } from '../description/document.ts';

/** What `build` did: `build.json`. All digests are SHA-256 in hexadecimal; all times are RFC 3339 in UTC. */
export interface BuildRecord {
  readonly schemaVersion: 1;
  /** Of `lock.json`, as it was read. */
  readonly lock: string;
  /** Changes from build to build; a UUID. */
  readonly invocationId: string;
  readonly startedOn: string;
  readonly finishedOn: string;
  /** Seconds since 1970, the source commit's. */
  readonly sourceDateEpoch: number;
  readonly sandbox: { readonly mechanism: 'linux-namespaces' | 'container'; readonly version: string };
  readonly steps: readonly BuiltStep[];
  /** Every file that a step wrote and said so, in the steps' order. */
  readonly outputs: readonly BuiltFile[];
  /** Assets that are files or archives, by name: the bytes are in the store. */
  readonly assets: readonly BuiltAsset[];
  readonly images: readonly BuiltImage[];
}

export interface BuiltStep {
  readonly component: string;
  readonly name: string;
  readonly platform: Platform;
  readonly startedOn: string;
  readonly finishedOn: string;
  /** What it printed. */
  readonly log: string;
  /** The hermetic evidence of this step: a JSON document in the store. */
  readonly evidence: string;
}

export interface BuiltFile {
  /** COMPONENT/OUTPUT. */
  readonly output: string;
  readonly platform: Platform;
  readonly sha256: string;
  readonly size: number;
  readonly executable: boolean;
}

export interface BuiltAsset {
  readonly name: string;
  readonly platform?: Platform;
  readonly sha256: string;
  readonly sha512: string;
  readonly size: number;
}

/** An image in the OCI layout `images/` of the work folder. */
export interface BuiltImage {
  readonly references: readonly string[];
  /** Of the index, or of the manifest where there is one platform: `sha256:HEX`. */
  readonly digest: string;
  readonly platforms: readonly { readonly platform: Platform; readonly digest: string }[];
}
