import { randomBytes } from 'node:crypto';
import { digest } from '#core/bytes/digest';
import { bundleEnvelope } from '#core/bundle/bundle-envelope';
import { refuse } from '#core/errors/error';
import { parseTrustedRoot, type TrustedRoot } from '#core/trust/trusted-root';
import { codeSigningAuthority, timestampAuthority, type AuthorityParts } from '../local/authority.ts';
import type { Claims } from '../local/claims.ts';
import { leafRequest } from '../local/leaf-request.ts';
import { makePrivateKey, signingKey, type SigningKey } from '../local/signing-key.ts';
import { stamp } from '../local/timestamp-service.ts';
import { authorityJson, TRUSTED_ROOT_TYPE, type TrustedRootJson } from '../local/trusted-root.ts';
import { issueCertificate, serialFrom } from '../local/x509.ts';
import { envelopeOf, signedBytes } from '../signing/signed-statement.ts';

/** Statements as they would be signed, and what they verify by: nothing and nobody else does. */
export interface Rehearsal {
  /** Sigstore bundles, in the order of the statements: lines of JSON without their line feeds. */
  readonly lines: readonly string[];
  readonly root: TrustedRoot;
}

const LABEL = 'edgeseal rehearsal';
/** Milliseconds around now in which the authorities are good. */
const WINDOW = 3_600_000;

/**
 * What would be signed, before anything is: each statement with a certificate of the same content that Fulcio would
 * give for the token, by an authority that is forgotten when this returns. So a policy can judge all of it while
 * nobody has seen anything.
 * @param claims of the identity token
 */
export function rehearse(claims: Claims, payloads: readonly Uint8Array[], now: Date): Rehearsal {
  const parts = (): AuthorityParts => ({
    organization: LABEL,
    label: LABEL,
    rootKey: newKey(),
    window: { notBefore: new Date(now.getTime() - WINDOW), notAfter: new Date(now.getTime() + WINDOW) },
    serial: () => serialFrom(randomBytes(20)),
  });
  const authority = codeSigningAuthority(parts());
  const timeKey = newKey();
  const times = timestampAuthority(parts(), timeKey);
  const [timeCertificate = new Uint8Array()] = times.chain;
  const root = rootOf(authority.chain, times.chain, new Date(now.getTime() - WINDOW));

  const key = newKey();
  const certificate = issueCertificate(leafRequest(authority, claims, key.spki, now));
  const timeSigner = { key: timeKey, leaf: times.leaf, certificate: timeCertificate };
  const lines = payloads.map((payload) => {
    const signature = key.sign(signedBytes(payload));
    const imprint = { hash: 'sha256', digest: digest('sha256', signature) } as const;
    const [line] = bundleEnvelope({
      envelope: envelopeOf({ payload, signature, certificate }),
      name: 'a statement that is to be signed',
      candidates: [[]],
      timestamps: [stamp(timeSigner, { imprint, wantsCertificate: true }, now)],
      trust: { root, keys: [] },
    });
    return line ?? refuse('SIGNATURE_MISSING', 'a statement without signature');
  });
  return { lines, root };
}

function newKey(): SigningKey {
  return signingKey('p256', makePrivateKey('p256'));
}

function rootOf(signing: readonly Uint8Array[], stamping: readonly Uint8Array[], start: Date): TrustedRoot {
  const subject = { organization: LABEL, commonName: LABEL };
  const validFor = { start: start.toISOString() };
  const uri = 'https://rehearsal.invalid';
  const root: TrustedRootJson = {
    mediaType: TRUSTED_ROOT_TYPE,
    tlogs: [],
    certificateAuthorities: [authorityJson(subject, uri, signing, validFor)],
    ctlogs: [],
    timestampAuthorities: [authorityJson(subject, uri, stamping, validFor)],
  };
  return parseTrustedRoot(Buffer.from(JSON.stringify(root)), LABEL);
}
