import { refuse } from '#core/errors/error';
import { parseStatement } from '#core/in-toto-attestation/index';
import { definePolicy } from '#core/policy/define-policy';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import type { TrustedRoot } from '#core/trust/trusted-root';
import { reasonsAgainst } from '#core/verdict/reasons';
import { verify } from '#core/verify/verify';

/** Who must have signed. */
export interface ExpectedSigner {
  readonly issuer: string;
  /** The certificate's subject alternative name. */
  readonly identity: string;
}

/**
 * Verifies a bundle as everybody will: signature, certificate, log, time, signer, and what provenance says against what
 * the certificate says.
 * @param line the bundle
 * @param payload the statement that it must carry
 * @throws the reason for which it does not verify
 */
export async function verifySigned(
  line: string,
  payload: Uint8Array,
  signer: ExpectedSigner,
  root: TrustedRoot,
  now: Date,
): Promise<void> {
  const { predicateType, subjects } = parseStatement(payload);
  const policy = await definePolicy({
    name: 'what is signed',
    requirements: [{ predicateType, signers: [{ issuer: signer.issuer, identity: signer.identity }] }],
  });
  const evidence = parseEvidence(Buffer.from(line), 'the bundle');
  for (const { name, digest } of subjects) {
    const artifact = { name: name ?? 'a subject', kind: 'digest', digests: digest } as const;
    const verdict = verify({ artifact, evidence, policy, trust: { root, keys: [] }, now });
    if (verdict.outcome === 'pass') continue;
    const reasons = reasonsAgainst(verdict);
    const placed = reasons.find(({ attestation }) => attestation !== undefined) ?? reasons[0];
    const { code, message, ...detail } = placed?.reason ?? {
      code: 'ATTESTATION_MISSING' as const,
      message: 'nothing says why',
    };
    refuse(code, `what was signed does not verify: ${message}`, detail);
  }
}
