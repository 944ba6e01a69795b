import type { DigestSet } from '#core/in-toto-attestation/types';
import type { Reason } from '#core/errors/reason';
import type { EvidenceItem } from '#core/sigstore/evidence';
import type { ChecksumFile } from './checksums.ts';
import type { ClaimedSubject } from './claims.ts';

/** One file of a release as it was found: hashed, and read where it says something about others. */
export interface ReleaseFile {
  /** Relative to the release, `/` between its parts. */
  readonly path: string;
  readonly digests: DigestSet;
  readonly isEmpty: boolean;
  /** Absent: an artifact. */
  readonly document?: ReleaseDocument | undefined;
  /** Why it is not to be had as a file: a symbolic link, a name that leaves the release. */
  readonly unsafe?: Reason | undefined;
}

/** A file that says something about other files, read by its content. */
export type ReleaseDocument =
  | {
      readonly kind: 'evidence';
      readonly items: readonly EvidenceItem[];
      /** What refused items said that they are about, by their digest, where they could be read before. */
      readonly about?: ReadonlyMap<string, readonly ClaimedSubject[]> | undefined;
    }
  | { readonly kind: 'checksums'; readonly file: ChecksumFile }
  | { readonly kind: 'sbom'; readonly sbom: ReleaseSbom }
  /** It is called like one, or begins like one, and cannot be read. */
  | { readonly kind: 'broken'; readonly reason: Reason };

/** A bill of materials that stands as a file. */
export interface ReleaseSbom {
  readonly subjects: readonly SbomSubject[];
  /** SHA-256 of its canonical JSON, lower-case hex: an attestation that carries it has the same. */
  readonly canonicalDigest: string;
}

/** What a bill of materials says that it is about. */
export interface SbomSubject {
  /** Where it stands in the document. */
  readonly path: string;
  readonly name: string | undefined;
  /** Only algorithms that files are known by; never empty. */
  readonly digests: DigestSet;
}
