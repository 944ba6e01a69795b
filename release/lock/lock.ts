/**
 * What `fetch` brought, complete: `lock.json`. Each entry becomes a resolved dependency of the provenance
 * (SLSA provenance v1, `buildDefinition.resolvedDependencies`), and its bytes lie in the store.
 */
export interface Lock {
  readonly schemaVersion: 1;
  /** SHA-256 of the release description, in hexadecimal. */
  readonly description: string;
  readonly source: LockedSource;
  /** In the order of the description's inputs; those of one input by their URI. */
  readonly dependencies: readonly LockedDependency[];
}

/** The source, as the files of one commit. */
export interface LockedSource {
  /** `https://github.com/OWNER/NAME`. */
  readonly repository: string;
  readonly ref: string;
  readonly commit: string;
  /** The git tree of the commit. */
  readonly tree: string;
  readonly files: readonly LockedFile[];
}

/** A file of a tree; its bytes are in the store. */
export interface LockedFile {
  readonly path: string;
  readonly sha256: string;
  /** Octets. */
  readonly size: number;
  /** As git has it. */
  readonly mode: '100644' | '100755' | '120000';
}

export interface LockedDependency {
  /** The input of the description that brought it. */
  readonly input: string;
  readonly kind: DependencyKind;
  /** `pkg:npm/ajv@8.20.0`, `pkg:golang/...@v1.2.3`, `https://...`, `pkg:oci/...`, `git+https://...@COMMIT#path`. */
  readonly uri: string;
  /** in-toto DigestSet in hexadecimal: always `sha256`, and what the lock file said where that is another one. */
  readonly digest: Readonly<Record<string, string>>;
  /** Octets of the stored bytes, whose SHA-256 is `digest.sha256`. */
  readonly size: number;
  /** Where the build puts it, in the folder of its input: `node_modules/ajv`; absent for the input itself. */
  readonly path?: string;
  /** An SPDX expression, where the lock file has one. */
  readonly license?: string;
}

export type DependencyKind =
  | 'npm-lockfile'
  | 'npm-package'
  | 'go-sum'
  | 'go-module'
  | 'vendor-tree'
  | 'toolchain'
  | 'url'
  | 'oci-image'
  | 'oci-layer';
