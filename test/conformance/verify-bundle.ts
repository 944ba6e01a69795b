import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { verifyEcdsaDigest } from '#core/crypto/ecdsa-prehashed';
import { parsePublicKey } from '#core/crypto/public-key';
import { refuse } from '#core/errors/error';
import type { Reason } from '#core/errors/reason';
import { definePolicy } from '#core/policy/define-policy';
import type { SignerDocument } from '#core/policy/document';
import { evaluateSigner } from '#core/policy/evaluate-signer';
import { Site } from '#core/policy/site';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import type { TrustedKey } from '#core/trust/trust';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import type { Artifact } from '#core/verify/artifact';
import { examine } from '#core/verify/examine';
import { seededTarget } from '#core/io/seeds';

/** What sigstore-conformance's `verify-bundle` asks. */
export interface VerifyBundle {
  readonly bundle: string;
  readonly identity: string | undefined;
  readonly issuer: string | undefined;
  /** PEM file. */
  readonly key: string | undefined;
  /** Absent: the embedded root of the public-good instance. */
  readonly trustedRoot: string | undefined;
  /** A file, or `sha256:<hex>`. */
  readonly artifact: string;
}

/**
 * Answers `verify-bundle`: is the bundle genuine, by this signer, and about this artifact? It asks no more: one
 * happy path of the suite holds provenance that contradicts its certificate, which `verify()` refuses
 * (PROVENANCE_CONTRADICTS_CERTIFICATE), so the answer is taken before provenance is read.
 * `--staging` is not offered: staging's root is not embedded.
 * @see https://github.com/sigstore/sigstore-conformance/blob/main/docs/cli_protocol.md
 * @returns why it is refused; empty = verified
 * @throws what reading the files throws
 */
export async function verifyBundle(request: VerifyBundle, seeds: Uint8Array): Promise<readonly Reason[]> {
  const rootBytes =
    request.trustedRoot === undefined
      ? seededTarget(seeds, 'trusted_root.json')
      : readFileSync(request.trustedRoot);
  const root = parseTrustedRoot(rootBytes, 'trusted root');
  const keys = request.key === undefined ? [] : [trustedKey(request.key)];
  const document = { name: 'verify-bundle', requirements: [{ signers: [signer(request, keys[0])] }] };
  const [requirement] = (await definePolicy(document)).requirements;
  const [item, ...others] = parseEvidence(readFileSync(request.bundle), 'bundle');
  if (item === undefined || requirement === undefined || others.length > 0) {
    return refuse('EVIDENCE_TOO_MANY', 'a bundle file holds one bundle', {
      found: String(others.length + 1),
    });
  }
  const { failure, signers } = examine(
    item,
    readArtifact(request.artifact),
    { root, keys },
    verifyEcdsaDigest,
  );
  if (failure !== undefined) return [failure];
  const site = new Site(() => undefined);
  return signers.flatMap((by) => evaluateSigner(requirement.signers, { signer: by, site }));
}

/** Reads the protocol's arguments, in the order that it fixes. @throws FLAG_VALUE_INVALID */
export function parseArguments(argv: readonly string[]): VerifyBundle {
  const [command, ...rest] = argv;
  const flags = new Map<string, string>();
  while (rest.length > 1) {
    const [flag = '', value = ''] = rest.splice(0, 2);
    if (!/^--(?:bundle|certificate-identity|certificate-oidc-issuer|key|trusted-root)$/.test(flag)) break;
    flags.set(flag, value);
  }
  const [artifact] = rest;
  const bundle = flags.get('--bundle');
  if (command !== 'verify-bundle' || bundle === undefined || artifact === undefined || rest.length > 1) {
    return refuse('FLAG_VALUE_INVALID', 'not a command of the conformance protocol', {
      expected:
        'verify-bundle --bundle F (--certificate-identity I --certificate-oidc-issuer U | --key PEM) [--trusted-root F] FILE_OR_DIGEST',
      found: argv.join(' ').slice(0, 200),
    });
  }
  return {
    bundle,
    identity: flags.get('--certificate-identity'),
    issuer: flags.get('--certificate-oidc-issuer'),
    key: flags.get('--key'),
    trustedRoot: flags.get('--trusted-root'),
    artifact,
  };
}

function signer({ identity, issuer }: VerifyBundle, key: TrustedKey | undefined): SignerDocument {
  if (key !== undefined) return { key: { sha256: key.key.digest } };
  if (identity === undefined || issuer === undefined) {
    return refuse('FLAG_REQUIRED', 'who must have signed is not said', {
      expected: '--certificate-identity and --certificate-oidc-issuer, or --key',
    });
  }
  return { identity, issuer };
}

function trustedKey(file: string): TrustedKey {
  return {
    name: 'key',
    key: parsePublicKey(readFileSync(file), 'key'),
    hints: [],
    transparencyLog: 'required',
  };
}

function readArtifact(name: string): Artifact {
  const sha256 = /^sha256:([0-9a-f]{64})$/.exec(name)?.[1];
  if (sha256 !== undefined) return { name, kind: 'digest', digests: { sha256 } };
  const content = readFileSync(name);
  const digests = Object.fromEntries(
    ['sha256', 'sha384', 'sha512'].map((hash) => [hash, createHash(hash).update(content).digest('hex')]),
  );
  return { name: 'artifact', kind: 'file', digests, content };
}
