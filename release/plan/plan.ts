import type { Environment, InputDocument, Platform } from '../description/document.ts';

/** What a release would do: every name resolved, every placeholder filled in that is not a path of the build. */
export interface Plan {
  readonly name: string;
  readonly version: string;
  /** The file that says so. */
  readonly description: { readonly file: string; readonly sha256: string };
  readonly source: PlannedSource;
  readonly platforms: readonly Platform[];
  /** To be fetched, in the description's order. */
  readonly inputs: readonly PlannedInput[];
  /** In the order in which they run: what one reads is written before. */
  readonly steps: readonly PlannedStep[];
  readonly images: readonly PlannedImage[];
  readonly assets: readonly PlannedAsset[];
  readonly policy: string;
}

export interface PlannedSource {
  readonly repository: string;
  readonly ref: string;
  readonly commit: string;
}

export interface PlannedInput {
  readonly name: string;
  readonly kind: InputDocument['kind'];
  /** A path of the source, an address, or an image. */
  readonly from: string;
  /** `sha256:HEX`, `sha512:HEX`, `gitTree:HEX`. */
  readonly digest: string;
}

export interface PlannedStep {
  readonly component: string;
  readonly name: string;
  readonly platform: Platform;
  /** The input that is its root file system, where the description says one. */
  readonly root?: string;
  readonly run: readonly string[];
  /** In the source. */
  readonly directory: string;
  readonly environment: Environment;
  readonly reads: readonly string[];
  /** By COMPONENT/OUTPUT; paths in the work directory. */
  readonly writes: readonly { readonly output: string; readonly path: string }[];
}

/** An output, and where it is put. */
export interface PlannedFile {
  readonly output: string;
  readonly path: string;
}

export interface PlannedImage {
  /** `docker.io/kubeedge/cloudcore:v1.0.0`, one for each tag. */
  readonly references: readonly string[];
  /** The input that it begins with; absent for an empty root. */
  readonly base?: string;
  readonly platforms: readonly {
    readonly platform: Platform;
    readonly files: readonly PlannedFile[];
    readonly entrypoint: readonly string[];
  }[];
}

export interface PlannedAsset {
  readonly name: string;
  readonly kind: 'file' | 'archive' | 'sbom' | 'attestations' | 'checksums';
  readonly platform?: Platform;
  /** What a file or an archive holds. */
  readonly files?: readonly PlannedFile[];
  /** What a bill of materials is about: an asset by its name; an image by its first reference, for `platform`. */
  readonly about?: string;
}
