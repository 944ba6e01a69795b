import { readEvidencePack } from '#core/bundle/evidence-pack';
import { decodeUtf8 } from '#core/bytes/utf8';
import { parsePublicKey } from '#core/crypto/public-key';
import type { Io } from '#core/io/io';
import { limits } from '#core/limits';
import { parsePolicy } from '#core/policy/parse-policy';
import type { Policy } from '#core/policy/policy';
import type { EvidenceItem } from '#core/sigstore/evidence';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import type { TrustedKey } from '#core/trust/trust';
import { parseTrustedRoot, type TrustedRoot } from '#core/trust/trusted-root';
import type { Artifact } from '#core/verify/artifact';
import { nameOf } from './evidence.ts';
import { pinnedDigest } from './trust.ts';
import type { TrustFlags } from './trust-flags.ts';
import { loadImage, type LoadedImage } from './packed-images.ts';

/** An evidence pack, its parts read. */
export interface LoadedPack {
  readonly artifacts: readonly Artifact[];
  readonly evidence: readonly EvidenceItem[];
  readonly images: readonly LoadedImage[];
  readonly root: TrustedRoot | undefined;
  readonly keys: readonly TrustedKey[];
  readonly policies: readonly Policy[];
}

/**
 * Reads an evidence pack. It is not signed: what it says that it trusts is said on standard error.
 * @param flags may pin its trusted root; where they choose another one, that is pinned
 * @throws BUNDLE_INVALID, BUNDLE_VERSION_UNSUPPORTED, POLICY_INVALID, TRUST_ROOT_INVALID, TRUST_ROOT_MISMATCH,
 * KEY_INVALID, FILE_*
 */
export async function readPack(io: Io, path: string, flags?: TrustFlags): Promise<LoadedPack> {
  const pack = readEvidencePack(io.files.read(path, limits.evidenceFile), nameOf(path));
  const policies: Policy[] = [];
  for (const { name, bytes } of pack.policies)
    policies.push(await parsePolicy(decodeUtf8(bytes, name), name));
  const { trustedRoot } = pack;
  const pinned =
    flags === undefined || flags.text('trusted-root') !== undefined ? undefined : pinnedDigest(flags);
  const root =
    trustedRoot === undefined ? undefined : parseTrustedRoot(trustedRoot.bytes, trustedRoot.name, pinned);
  if (root !== undefined) io.stderr(`Trusted root: from ${nameOf(path)}, sha256:${root.digest}\n`);
  return {
    artifacts: pack.artifacts.map(({ name, digests }) => ({ name, kind: 'digest', digests })),
    evidence: pack.evidence.flatMap(({ name, bytes }) => parseEvidence(bytes, name)),
    images: pack.images.map(loadImage),
    root,
    keys: pack.keys.map(({ name, bytes }) => ({
      name,
      key: parsePublicKey(bytes, name),
      hints: [],
      transparencyLog: 'optional',
    })),
    policies,
  };
}
