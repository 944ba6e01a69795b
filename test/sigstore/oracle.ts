import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { createPublicKey } from 'node:crypto';

import type { EvidenceFixture } from './make-evidence.ts';

export interface OracleOptions {
  /** Least number of log entries; default 1. */
  readonly tlogThreshold?: number;
}

/** Verifies a bundle by sigstore-js, which shares no code with edgeseal's own verifier. Throws its refusal. */
export function verifyByOracle(fixture: EvidenceFixture, options: OracleOptions = {}): void {
  const root = TrustedRoot.fromJSON(JSON.parse(fixture.trustedRootBytes.toString()));
  const key = { hint: fixture.keyHint, rawBytes: fixture.key.spki };
  const material = toTrustMaterial(root, (hint) => {
    if (hint !== key.hint) throw new Error(`unknown key ${hint}`);
    return {
      publicKey: createPublicKey({ key: key.rawBytes, format: 'der', type: 'spki' }),
      validFor: () => true,
    };
  });
  const byKey = fixture.certificate === undefined;
  const verifier = new Verifier(material, {
    tlogThreshold: options.tlogThreshold ?? 1,
    ctlogThreshold: byKey ? 0 : 1,
    timestampThreshold: 1,
  });
  const bundle = bundleFromJSON(JSON.parse(fixture.bytes.toString()));
  const entity = toSignedEntity(bundle, fixture.artifact.content);
  const signer = verifier.verify(entity, undefined);
  if (!byKey && signer.identity?.subjectAlternativeName !== fixture.identity) {
    throw new Error(`sigstore-js sees the identity ${String(signer.identity?.subjectAlternativeName)}`);
  }
}
