/** Every bound on input, in one place. Bytes unless the name says otherwise. */
export const limits = {
  /** One evidence file: a bundle, an envelope, JSON lines of them. */
  evidenceFile: 32 * 1024 * 1024,
  /** One bundle or envelope. */
  evidenceItem: 16 * 1024 * 1024,
  /** Bundles and envelopes in one file, count. */
  evidenceItems: 1024,
  /** A trusted root, a policy, a key file. */
  configFile: 4 * 1024 * 1024,
  /** Nesting of a JSON document, levels. */
  jsonDepth: 128,
  /** Nesting of a DER value, levels. */
  derDepth: 32,
  /** Signatures in one envelope, count. */
  signatures: 64,
  /** Subjects in one statement, count. */
  subjects: 4096,
  /** Certificates in one chain, count. */
  certificates: 10,
  /** One certificate. */
  certificate: 64 * 1024,
  /** Log entries in one bundle, count. */
  logEntries: 32,
  /** Signed timestamps in one bundle, count. */
  timestamps: 32,
  /** A log's answer to a search: UUIDs of entries. */
  logIndexAnswer: 1024 * 1024,
  /** A log's answer with entries: 10 of them, some with what they are about. */
  logEntriesAnswer: 8 * 1024 * 1024,
  /** Entries that are looked at in one search, count. */
  logSearchEntries: 40,
  /** A bundle of 256 log entries: those of Rekor have some thousand octets each. */
  logEntryBundle: 4 * 1024 * 1024,
  /** A log's checkpoint, with the signatures of its witnesses. */
  logCheckpoint: 64 * 1024,
  /** Hashes in one inclusion proof, count: a tree has fewer than 2^63 leaves. */
  proofHashes: 64,
  /** Signature lines in one checkpoint, count. */
  checkpointSignatures: 64,
  /** One manifest or index of a registry: the distribution specification asks registries for no more. */
  manifest: 4 * 1024 * 1024,
  /** Manifests in one index, count. */
  indexManifests: 4096,
  /** Blobs of one OCI layout that are looked into for what is attached, count. */
  layoutBlobs: 4096,
  /** Layers of one image, count. */
  imageLayers: 1024,
  /** Indexes in indexes, levels. */
  indexDepth: 4,
  /** Pages of one list of referrers, count. */
  referrerPages: 64,
  /** Attestations of one image, all together. */
  imageEvidence: 64 * 1024 * 1024,
  /** A registry's answer with a token or an error. */
  registryAnswer: 256 * 1024,
  /** Files in one release, count. */
  releaseFiles: 10_000,
  /** Folders in folders in one release, count. */
  releaseDepth: 16,
  /** One checksum file. */
  checksumFile: 4 * 1024 * 1024,
  /** One page of GitHub's API. */
  githubAnswer: 16 * 1024 * 1024,
  /** Pages of GitHub's list of attestations of one file, count. */
  githubAttestationPages: 16,
  /** Pages of a registry's catalog, count. */
  catalogPages: 64,
  /** Repositories in a registry's catalog, count. */
  catalogRepositories: 20_000,
  /** Images of one release, count. */
  releaseImages: 1000,
  /** All that is kept of a release while it is verified: attestations, checksum files, bills of materials. */
  releaseDocuments: 64 * 1024 * 1024,
  /** Entries of one archive, count. */
  archiveEntries: 500_000,
  /** What one archive holds, unpacked. */
  archiveContent: 32 * 1024 * 1024 * 1024,
  /** A path, or the target of a link, in an archive: characters. */
  archivePath: 4096,
  /** One extended header of an archive. */
  archiveHeader: 1024 * 1024,
  /** One input, source file or output of a release that is built. */
  releaseContent: 4 * 1024 * 1024 * 1024,
  /** The same, where all of it is held at once. */
  releaseContentRead: 512 * 1024 * 1024,
  /** One step of a build, seconds; and what it prints. */
  buildStepSeconds: 4 * 3600,
  buildStepOutput: 64 * 1024 * 1024,
  /** One JSON file of a release's work folder. */
  releaseWorkFile: 256 * 1024 * 1024,
} as const;
