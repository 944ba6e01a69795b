import { sha256Hex } from '#core/bytes/digest';
import { EdgesealError, refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { resolveTrust } from '#core/io/trust-source';
import type { TufTarget } from '#core/io/tuf';
import { limits } from '#core/limits';
import { parseTrustedRoot, type TrustedRoot } from '#core/trust/trusted-root';
import { parseSigningConfig, type SigningConfig } from './signing-config.ts';

/** An instance of Sigstore: who signs there, and what the result must verify by. */
export interface SigstoreInstance {
  readonly config: SigningConfig;
  readonly root: TrustedRoot;
}

/** Files of an instance; both or none. */
export interface InstanceFiles {
  /** `--signing-config`. */
  readonly config: string | undefined;
  /** `--trusted-root`. */
  readonly root: string | undefined;
}

/**
 * The instance that the files are of; without files the public one, as its TUF repository describes it now: no copy
 * that was kept or shipped stands in for that, since its services and keys change.
 * @param tell gets what was fetched, a line each
 * @throws FLAG_REQUIRED, NETWORK_UNAVAILABLE, SIGNING_CONFIG_INVALID, TRUST_ROOT_INVALID, FILE_*
 */
export async function readInstance(
  io: Io,
  { config, root }: InstanceFiles,
  tell: (text: string) => void,
): Promise<SigstoreInstance> {
  if (config !== undefined && root !== undefined) {
    return {
      config: parseSigningConfig(io.files.read(config, limits.configFile), config),
      root: parseTrustedRoot(io.files.read(root, limits.configFile), root),
    };
  }
  if (config !== undefined) return missing('trusted-root', 'signing-config');
  if (root !== undefined) return missing('signing-config', 'trusted-root');
  const publicRoot = await fetched(io, 'trusted_root.json', tell);
  const publicConfig = await fetched(io, 'signing_config.v0.2.json', tell);
  return {
    config: parseSigningConfig(publicConfig, 'signing_config.v0.2.json'),
    root: parseTrustedRoot(publicRoot, 'trusted_root.json'),
  };
}

async function fetched(io: Io, target: TufTarget, tell: (text: string) => void): Promise<Uint8Array> {
  try {
    const { bytes } = await resolveTrust(io, { target, file: undefined, offline: false, refresh: true });
    tell(`${target} of the public Sigstore, by TUF: sha256:${sha256Hex(bytes)}`);
    return bytes;
  } catch (error) {
    if (!(error instanceof EdgesealError) || error.code !== 'NETWORK_UNAVAILABLE') throw error;
    return refuse('NETWORK_UNAVAILABLE', error.message, {
      found: error.reason.found,
      hint: 'the public Sigstore signs unless --signing-config and --trusted-root name the files of another instance; either needs a network',
      cause: error,
    });
  }
}

function missing(flag: string, given: string): never {
  return refuse('FLAG_REQUIRED', `--${flag} is required beside --${given}`, {
    expected: 'both files of one Sigstore instance, or neither for the public one',
    found: `--${given} alone`,
  });
}
