/** What is judged: known by digest only, so that a file of any size and an image are the same to the core. */
export interface Artifact {
  /** How the caller calls it: a path, `-`, an image reference, a package URL. */
  readonly name: string;
  readonly kind: 'file' | 'image' | 'digest';
  /** Algorithm (`sha256`, `sha384`, `sha512`) to lower-case hex. At least one. */
  readonly digests: Readonly<Record<string, string>>;
  /** The bytes, where the caller holds them: only signatures by Ed25519 over the artifact itself need them. */
  readonly content?: Uint8Array | undefined;
}
