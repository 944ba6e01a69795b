import { sha256Hex } from '#core/bytes/digest';
import { parsePublicKey } from '#core/crypto/public-key';
import { refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { resolveTrust, type TrustChoice, type TrustSource } from '#core/io/trust-source';
import { limits } from '#core/limits';
import type { Policy } from '#core/policy/policy';
import type { Trust, TrustedKey } from '#core/trust/trust';
import { parseTrustedRoot, type TrustedRoot } from '#core/trust/trusted-root';
import { nameOf } from './evidence.ts';
import type { TrustFlags } from './trust-flags.ts';

/**
 * The trusted root that the flags choose; where it came from is said on standard error.
 * @throws TRUST_ROOT_INVALID, TRUST_ROOT_MISMATCH, TRUST_ROOT_UNAVAILABLE, FLAG_VALUE_INVALID, FILE_*
 */
export async function loadTrustedRoot(io: Io, flags: TrustFlags): Promise<TrustedRoot> {
  const { root } = await loadTrustedRootBytes(io, flags);
  return root;
}

/** The same with the bytes that it was read from. */
export async function loadTrustedRootBytes(
  io: Io,
  flags: TrustFlags,
): Promise<{ readonly root: TrustedRoot; readonly bytes: Uint8Array }> {
  const { bytes, ...source } = await resolveTrust(io, rootChoice(flags));
  const root = parseTrustedRoot(bytes, nameOf(source.name), pinnedDigest(flags));
  io.stderr(`Trusted root: ${describeSource({ bytes, ...source }, io.now())}\n`);
  return { root, bytes };
}

/**
 * SHA-256 that the trusted root must have, in hex; undefined where any will do.
 * @throws FLAG_VALUE_INVALID
 */
export function pinnedDigest(flags: TrustFlags): string | undefined {
  const given = flags.text('trusted-root-digest');
  if (given === undefined) return undefined;
  const [, hex] = /^sha256:([0-9a-f]{64})$/.exec(given) ?? [];
  return (
    hex ??
    refuse('FLAG_VALUE_INVALID', '--trusted-root-digest takes a SHA-256', {
      expected: 'sha256: and 64 lower-case hexadecimal digits',
      found: JSON.stringify(given.slice(0, 100)),
      hint: 'edgeseal trust show prints it',
    })
  );
}

/** The trusted root that the flags choose. */
export function rootChoice(flags: TrustFlags): TrustChoice {
  return {
    target: 'trusted_root.json',
    file: flags.text('trusted-root'),
    offline: flags.on('offline') === true,
  };
}

/**
 * What some policies need to be believed: a root where certificates or logs count, and the keys that they hold.
 * @param loadRoot called only where a root is needed
 */
export async function trustFor(
  policies: readonly Policy[],
  keys: readonly TrustedKey[],
  loadRoot: () => Promise<TrustedRoot>,
): Promise<Trust> {
  const root = policies.some(needsRoot) ? await loadRoot() : undefined;
  return { root, keys: [...keys, ...policies.flatMap(keysIn)] };
}

/**
 * A PEM public key that the user trusts, whatever name the evidence has for it.
 * @throws KEY_INVALID, KEY_UNSUPPORTED, FILE_*
 */
export function readKey(io: Io, path: string, transparencyLog: TrustedKey['transparencyLog']): TrustedKey {
  const name = nameOf(path);
  return {
    name,
    key: parsePublicKey(io.files.read(path, limits.configFile), name),
    hints: [],
    transparencyLog,
  };
}

/** Where trust came from, how old it is, and why nothing fresher was to be had. */
export function describeSource(source: TrustSource, now: Date): string {
  const parts = [`${ORIGINS[source.origin](source)}, sha256:${sha256Hex(source.bytes)}`];
  if (source.fetched !== undefined && source.origin === 'cache')
    parts.push(`fetched ${ageOf(source.fetched, now)}`);
  if (source.instead !== undefined) parts.push(`${source.instead.message} (${source.instead.found})`);
  return parts.join('; ');
}

const ORIGINS: Readonly<Record<TrustSource['origin'], (source: TrustSource) => string>> = {
  file: ({ name }) => name,
  tuf: () => 'fetched by TUF now',
  cache: () => 'the copy that TUF fetched before',
  embedded: () => 'the embedded copy of the public-good instance',
};

function ageOf(fetched: string, now: Date): string {
  const hours = Math.floor((now.getTime() - Date.parse(fetched)) / 3_600_000);
  if (hours < 1) return 'within the last hour';
  return hours < 48 ? `${hours} hours ago` : `${Math.floor(hours / 24)} days ago`;
}

/** Certificates and logs are believed by a root; a key alone needs none. */
function needsRoot(policy: Policy): boolean {
  return policy.requirements.some(
    ({ signers }) =>
      signers.length === 0 ||
      signers.some((signer) => signer.kind === 'certificate' || signer.transparencyLog === 'required'),
  );
}

function keysIn(policy: Policy): readonly TrustedKey[] {
  return policy.requirements.flatMap(({ signers }) =>
    signers.flatMap((signer) =>
      signer.kind === 'key' && signer.publicKey !== undefined
        ? [
            {
              name: `sha256:${signer.keyDigest}`,
              key: signer.publicKey,
              hints: [],
              transparencyLog: signer.transparencyLog,
            },
          ]
        : [],
    ),
  );
}
