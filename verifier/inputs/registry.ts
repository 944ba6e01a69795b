import { decodeUtf8 } from '#core/bytes/utf8';
import { refuse } from '#core/errors/error';
import { loginCredentials } from '#core/io/docker-config';
import type { TlsOptions } from '#core/io/http';
import type { Io } from '#core/io/io';
import { limits } from '#core/limits';
import type { Credentials, FindCredentials, RunHelper } from '#core/oci/credentials';
import { Transport } from '#core/oci/transport';
import { quote } from '#core/cli/flags';
import type { RegistryFlags } from './registry-flags.ts';

/** Milliseconds: cosign's default. */
const TIMEOUT = 180_000;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * The way to registries that the flags state.
 * @param registries of the images: the only ones that credentials of flags are for
 * @throws FLAG_CONFLICT, FLAG_VALUE_INVALID, NETWORK_UNAVAILABLE, FILE_*
 */
export async function openTransport(
  io: Io,
  flags: RegistryFlags,
  registries: readonly string[],
): Promise<Transport> {
  const stated = statedFor(flags, registries);
  const timeout = durationOf(flags.text('timeout'));
  const tls = tlsOf(io, flags);
  const network = await io.network?.();
  if (network === undefined) {
    return refuse('NETWORK_UNAVAILABLE', 'there is no network to ask a registry by', {
      hint: 'give a folder by --local-image, or attestations by --bundle',
    });
  }
  return new Transport({
    fetch: network.http(tls),
    clock: network.clock,
    credentials: findCredentials(io, stated, registries, network.runHelper),
    allowHttp: flags.on('allow-http-registry') === true,
    timeout,
  });
}

/**
 * The credentials that flags state for the one registry of the images, or that a docker configuration has.
 * @throws FLAG_CONFLICT, FLAG_REQUIRED
 */
export function openCredentials(
  io: Io,
  flags: RegistryFlags,
  registries: readonly string[],
  runHelper: RunHelper,
): FindCredentials {
  return findCredentials(io, statedFor(flags, registries), registries, runHelper);
}

function findCredentials(
  io: Io,
  stated: Credentials | undefined,
  [only]: readonly string[],
  runHelper: RunHelper,
): FindCredentials {
  const login = loginCredentials(io, runHelper);
  return async (repository) =>
    stated !== undefined && repository.registry === only ? stated : login(repository);
}

function statedFor(flags: RegistryFlags, registries: readonly string[]): Credentials | undefined {
  const stated = statedCredentials(flags);
  const distinct = [...new Set(registries)];
  if (stated !== undefined && distinct.length > 1) {
    refuse('FLAG_CONFLICT', 'credentials are given for images of several registries', {
      expected: 'images of one registry',
      found: distinct.slice(0, 5).map(quote).join(', '),
      hint: 'they would go to each: docker login to each registry instead',
    });
  }
  return stated;
}

function statedCredentials(flags: RegistryFlags): Credentials | undefined {
  const username = flags.text('registry-username');
  const password = flags.text('registry-password');
  const token = flags.text('registry-token');
  if (token !== undefined && (username !== undefined || password !== undefined)) {
    refuse('FLAG_CONFLICT', '--registry-token and --registry-username exclude each other', {
      expected: 'a token, or a name and a password',
    });
  }
  if (token !== undefined) return { kind: 'bearer', token };
  if (username !== undefined && password !== undefined) return { kind: 'basic', username, password };
  if (username === undefined && password === undefined) return undefined;
  return refuse('FLAG_REQUIRED', '--registry-username and --registry-password belong together', {
    expected: 'both',
    found: username === undefined ? 'a password without a name' : 'a name without a password',
  });
}

/** The PEM files that flags name. @throws FILE_*, UTF8_INVALID */
export function tlsFiles(
  io: Io,
  flags: RegistryFlags,
): Readonly<Record<'registry-cacert' | 'registry-client-cert' | 'registry-client-key', string | undefined>> {
  const read = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : decodeUtf8(io.files.read(path, limits.configFile), path);
  return {
    'registry-cacert': read(flags.text('registry-cacert')),
    'registry-client-cert': read(flags.text('registry-client-cert')),
    'registry-client-key': read(flags.text('registry-client-key')),
  };
}

function tlsOf(io: Io, flags: RegistryFlags): TlsOptions {
  const files = tlsFiles(io, flags);
  const anyCertificate = flags.on('allow-insecure-registry') === true;
  if (anyCertificate) io.stderr('Warning: --allow-insecure-registry: a tag may be answered by anybody\n');
  return {
    ca: files['registry-cacert'],
    cert: files['registry-client-cert'],
    key: files['registry-client-key'],
    servername: flags.text('registry-server-name'),
    anyCertificate,
  };
}

/** Milliseconds of a duration as Go writes it: `1m30s`, `500ms`. @throws FLAG_VALUE_INVALID */
function durationOf(text: string | undefined): number {
  if (text === undefined) return TIMEOUT;
  const parts = [...text.matchAll(/(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h)/g)];
  const milliseconds = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0),
    0,
  );
  if (parts.length > 0 && parts.map(([part]) => part).join('') === text && milliseconds > 0)
    return milliseconds;
  return refuse('FLAG_VALUE_INVALID', '--timeout is not a duration', {
    expected: 'as 30s, 3m0s or 1h',
    found: quote(text),
  });
}
