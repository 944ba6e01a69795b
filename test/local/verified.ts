import { createHash } from 'node:crypto';
import { verifyEcdsaDigest } from '#core/crypto/ecdsa-prehashed';
import { authenticate, type Authenticated } from '#core/sigstore/authenticate';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import type { Local } from '../../release/local/start-local.ts';

/** What edgeseal proves of a bundle about content, where the local services are trusted. */
export function authenticated(
  local: Pick<Local, 'trustedRoot'>,
  bundle: Buffer,
  content: Buffer,
): Authenticated {
  const [item] = parseEvidence(bundle, 'bundle.json');
  if (item?.kind !== 'evidence') throw new Error(`no evidence: ${item?.reason.code}`);
  const hex = (name: string): string => createHash(name).update(content).digest('hex');
  const digests = { sha256: hex('sha256'), sha384: hex('sha384'), sha512: hex('sha512') };
  const artifact = { name: 'artifact', kind: 'file', digests, content } as const;
  const root = parseTrustedRoot(Buffer.from(JSON.stringify(local.trustedRoot)), 'trusted_root.json');
  return authenticate(item.evidence, artifact, { root, keys: [] }, verifyEcdsaDigest);
}
