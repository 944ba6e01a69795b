/** A release description as it is written: what release/release.schema.json describes. */
export interface DescriptionDocument {
  readonly schemaVersion: 1;
  readonly name: string;
  readonly source: SourceDocument;
  readonly platforms: readonly Platform[];
  readonly environment?: Environment;
  readonly inputs: readonly InputDocument[];
  readonly components: readonly ComponentDocument[];
  readonly images: readonly ImageDocument[];
  readonly assets: readonly AssetDocument[];
  readonly sbom: { readonly format: 'CycloneDX' };
  /** A file of the source. */
  readonly policy: string;
}

export type Platform = 'linux/amd64' | 'linux/arm64';
export type Environment = Readonly<Record<string, string>>;

export interface SourceDocument {
  readonly repository: string;
  readonly ref?: string;
  readonly commit?: string;
  readonly tagPrefix?: string;
}

export type InputDocument = { readonly name: string } & (
  | {
      readonly kind: 'npm-lockfile' | 'go-sum' | 'vendor-tree';
      /** In the source. */
      readonly path: string;
      readonly digest: string;
    }
  | {
      readonly kind: 'toolchain' | 'url';
      /** `https://...`, `pkg:npm/NAME@VERSION`, or `file:PATH` from the description's folder on. */
      readonly uri: string;
      readonly digest: string;
    }
  | { readonly kind: 'oci-image'; readonly image: string }
);

export interface ComponentDocument {
  readonly name: string;
  readonly platforms?: readonly Platform[];
  /** An oci-image or a toolchain. */
  readonly root?: string;
  readonly steps: readonly StepDocument[];
}

export interface StepDocument {
  readonly name: string;
  readonly run: readonly string[];
  /** Inputs by name, outputs of steps as COMPONENT/OUTPUT. */
  readonly reads: readonly string[];
  /** In the source; its top where it is not said. */
  readonly directory?: string;
  readonly environment?: Environment;
  readonly outputs: readonly { readonly name: string; readonly path: string }[];
}

/** An output, and where it is put in an archive or an image. */
export interface FileDocument {
  readonly output: string;
  readonly path: string;
}

export interface ImageDocument {
  readonly repository: string;
  readonly tags: readonly string[];
  readonly platforms?: readonly Platform[];
  readonly base?: string;
  readonly files: readonly FileDocument[];
  readonly entrypoint: readonly string[];
}

export interface AssetDocument {
  readonly name: string;
  readonly platforms?: readonly Platform[];
  readonly output?: string;
  readonly archive?: readonly FileDocument[];
}
