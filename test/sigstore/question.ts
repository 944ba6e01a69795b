import { verifyEcdsaDigest } from '#core/crypto/ecdsa-prehashed';
import { EdgesealError } from '#core/errors/error';
import type { Trust } from '#core/trust/trust';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import type { Artifact } from '#core/verify/artifact';
import { signingTime, type EvidenceFixture } from './make-evidence.ts';
import { artifactOf, trustOf } from './trust.ts';
import type { TrustedRootJson } from './world.ts';
import { authenticate, type Authenticated } from '#core/sigstore/authenticate';
import type { Evidence } from '#core/sigstore/evidence';
import { parseEvidence } from '#core/sigstore/parse-evidence';

function evidenceOf(fixture: EvidenceFixture): Evidence {
  const [item] = parseEvidence(fixture.bytes, 'evidence');
  if (item?.kind !== 'evidence') throw new Error(`no evidence: ${item?.reason.code}`);
  return item.evidence;
}

export interface Question {
  readonly fixture: EvidenceFixture;
  readonly trust?: Trust;
  readonly artifact?: Artifact;
  readonly engine?: boolean;
}

export function proven({ fixture, trust, artifact, engine }: Question): Authenticated {
  return authenticate(
    evidenceOf(fixture),
    artifact ?? artifactOf(fixture),
    trust ?? trustOf(fixture),
    engine === false ? undefined : verifyEcdsaDigest,
  );
}

export function outcome(question: Question): string {
  try {
    return proven(question)
      .signers.map(({ identity, keyName }) => identity ?? keyName ?? '')
      .join(', ');
  } catch (error) {
    if (error instanceof EdgesealError) return error.code;
    throw error;
  }
}

export const rootOf = (fixture: EvidenceFixture, edit: (root: TrustedRootJson) => void): Trust => {
  const root = structuredClone(fixture.trustedRoot);
  edit(root);
  return { root: parseTrustedRoot(Buffer.from(JSON.stringify(root)), 'root'), keys: [] };
};
export const iso = (seconds: number): string =>
  new Date(signingTime.getTime() + seconds * 1000).toISOString().replace('.000Z', 'Z');
