import { parsePublicKey } from '#core/crypto/public-key';
import type { Trust } from '#core/trust/trust';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import type { Artifact } from '#core/verify/artifact';
import type { EvidenceFixture } from './make-evidence.ts';

/** What a caller who believes the fixture's Sigstore instance trusts; for a plain key, that key too. */
export function trustOf(fixture: EvidenceFixture): Trust {
  const root = parseTrustedRoot(fixture.trustedRootBytes, 'trusted_root.json');
  if (fixture.certificate !== undefined) return { root, keys: [] };
  return { root, keys: [trustedKeyOf(fixture)] };
}

export function trustedKeyOf(fixture: EvidenceFixture): Trust['keys'][number] {
  const key = parsePublicKey(Buffer.from(fixture.publicKeyPem), 'key.pub');
  return { name: 'key.pub', key, hints: [fixture.keyHint], transparencyLog: 'optional' };
}

/** The fixture's artifact as the core knows it, with its bytes. */
export function artifactOf(fixture: EvidenceFixture): Artifact {
  const { name, digests, content } = fixture.artifact;
  return { name, kind: 'file', digests: { ...digests }, content };
}
