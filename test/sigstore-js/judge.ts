import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { createPublicKey } from 'node:crypto';
import { digest } from '#core/bytes/digest';
import { toHex } from '#core/bytes/hex';
import { verifyEcdsaDigest } from '#core/crypto/ecdsa-prehashed';
import { parsePublicKey } from '#core/crypto/public-key';
import { EdgesealError } from '#core/errors/error';
import { authenticate } from '#core/sigstore/authenticate';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import type { Signer } from '#core/sigstore/signer';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import type { Artifact } from '#core/verify/artifact';
import { keyHint } from '../sigstore/bundle.ts';
import type { EvidenceFixture } from '../sigstore/make-evidence.ts';

/** One question for both verifiers: does this bundle prove who signed? */
export interface Case {
  readonly name: string;
  readonly bundle: Buffer;
  readonly artifact: Artifact & { readonly content: Uint8Array };
  readonly root: Buffer;
  readonly keys: readonly {
    /** Empty: any hint will do. */
    readonly hint: string;
    readonly pem: Buffer;
    /** RFC 3339. */
    readonly validFrom: string | undefined;
    readonly validTo: string | undefined;
  }[];
  /** A key, and nothing else, may have signed. */
  readonly byKey: boolean;
}

export function artifactOf(content: Uint8Array): Case['artifact'] {
  const hex = (algorithm: 'sha256' | 'sha384' | 'sha512'): string => toHex(digest(algorithm, content));
  return {
    name: 'artifact',
    kind: 'file',
    digests: { sha256: hex('sha256'), sha384: hex('sha384'), sha512: hex('sha512') },
    content,
  };
}

export function caseOf(name: string, fixture: EvidenceFixture): Case {
  const byKey = fixture.certificate === undefined;
  const key = {
    hint: keyHint(fixture.key),
    pem: Buffer.from(fixture.publicKeyPem),
    validFrom: undefined,
    validTo: undefined,
  };
  return {
    name,
    bundle: fixture.bytes,
    artifact: artifactOf(fixture.artifact.content),
    root: fixture.trustedRootBytes,
    keys: byKey ? [key] : [],
    byKey,
  };
}

/** What a verifier answered: nothing, or why it refused. `typed` where it refused by an error of its own. */
export type Answer =
  | { readonly accepted: true; readonly identity: string | undefined; readonly issuer: string | undefined }
  | { readonly accepted: false; readonly code: string; readonly typed: boolean; readonly message: string };

/** edgeseal's authentication of the file's only item. */
export function ours(question: Case): Answer {
  return attempt(
    () => {
      const [item] = parseEvidence(question.bundle, question.name);
      if (item === undefined) throw new Error('no item');
      if (item.kind === 'refused') throw new EdgesealError(item.reason.code, item.reason.message);
      const keys = question.keys.map(({ hint, pem, validFrom, validTo }) => ({
        name: hint === '' ? 'key.pub' : hint,
        key: parsePublicKey(pem, 'key.pub'),
        hints: hint === '' ? [] : [hint],
        notBefore: validFrom,
        notAfter: validTo,
        transparencyLog: 'required' as const,
      }));
      if (question.byKey && item.evidence.material.kind === 'certificates')
        throw new EdgesealError('KEY_UNKNOWN', 'a certificate where a key is asked for');
      const root = parseTrustedRoot(question.root, 'trusted_root.json');
      const { signers } = authenticate(item.evidence, question.artifact, { root, keys }, verifyEcdsaDigest);
      const [signer] = signers;
      return { identity: signer?.identity, issuer: signer?.issuer };
    },
    (error) => (error instanceof EdgesealError ? error.code : undefined),
  );
}

/** The bare library, with the strictest settings that it has. */
export function theirs(question: Case): Answer {
  return attempt(
    () => {
      const root = TrustedRoot.fromJSON(JSON.parse(question.root.toString()));
      const material = toTrustMaterial(root, (hint) => {
        const key = question.keys.find((known) => known.hint === '' || known.hint === hint);
        if (key === undefined) throw new Error('no such key');
        return {
          publicKey: createPublicKey(key.pem),
          validFor: (time) =>
            (key.validFrom === undefined || new Date(key.validFrom) <= time) &&
            (key.validTo === undefined || time <= new Date(key.validTo)),
        };
      });
      const bundle = bundleFromJSON(JSON.parse(question.bundle.toString()));
      const byKey = bundle.verificationMaterial.content.$case === 'publicKey';
      const options = { tlogThreshold: 1, ctlogThreshold: byKey ? 0 : 1, timestampThreshold: 1 };
      const entity = toSignedEntity(bundle, Buffer.from(question.artifact.content));
      const { identity } = new Verifier(material, options).verify(entity);
      return {
        identity: identity?.subjectAlternativeName,
        issuer: identity?.extensions?.issuer,
      };
    },
    (error) =>
      error instanceof Error && (error.name === 'VerificationError' || error.name === 'ValidationError')
        ? 'code' in error
          ? String(error.code)
          : error.name
        : undefined,
  );
}

function attempt(
  judge: () => Pick<Signer, 'identity' | 'issuer'>,
  codeOf: (error: unknown) => string | undefined,
): Answer {
  try {
    return { accepted: true, ...judge() };
  } catch (error) {
    const code = codeOf(error);
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { accepted: false, code: code ?? 'untyped', typed: code !== undefined, message: text };
  }
}
