/**
 * What `fetch` brought, complete: `lock.json`. Each entry becomes a resolved dependency of the provenance
 * (SLSA provenance v1, `buildDefinition.resolvedDependencies`), and its bytes lie in the store.
 */
export interface Lock {
  readonly schemaVersion: 1;
  /** SHA-256 of the release description, in hexadecimal. */
  readonly description: string;
  readonly source: LockedSource;
  /** In the order of the description's inputs; of each the input itself, then what it brought, by URI and path. */
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
  /** When it was committed, as the commit says: seconds since 1970. */
  readonly time: number;
  /** By path, in the order of their UTF-16 code units. */
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
  /**
   * `pkg:npm/ajv@8.20.0`, `pkg:golang/...@v1.2.3`, `https://...`, `file:...`, `pkg:oci/...`,
   * `git+https://...@COMMIT#path`.
   */
  readonly uri: string;
  /**
   * in-toto DigestSet in hexadecimal: always `sha256`, and what the lock file or the description said where that is
   * another one (`sha384`, `sha512`, `gitTree`; `dirHash1` is Go's `h1:`).
   */
  readonly digest: Readonly<Record<string, string>>;
  /** Octets of the stored bytes, whose SHA-256 is `digest.sha256`: of a package that npm bundles, the tarball it is in. */
  readonly size: number;
  /**
   * Where the build puts it, in the folder of its input; absent for the input itself. `node_modules/ajv` beside the
   * lock file; `example.com/mod/@v/v1.2.3.zip` in a GOPROXY; `blobs/sha256/HEX` in an OCI layout; the folder of a module
   * in its vendor tree.
   */
  readonly path?: string;
  /** An SPDX expression, where the lock file has one. */
  readonly license?: string;
}

/**
 * What a dependency's bytes are: the file itself; of a `vendor-tree` and a `vendored-module` the list of their files
 * (`MODE SHA256  PATH`, a line each).
 */
export type DependencyKind =
  | 'npm-lockfile'
  | 'npm-package'
  | 'go-sum'
  | 'go-module'
  | 'go-mod'
  | 'vendor-tree'
  | 'vendored-module'
  | 'toolchain'
  | 'url'
  | 'oci-image'
  | 'oci-manifest'
  | 'oci-config'
  | 'oci-layer';
