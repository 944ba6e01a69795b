import type { Io } from '#core/io/io';
import { resolveTrust } from '#core/io/trust-source';
import { parseRegistryKeys } from '#core/trust/registry-keys';
import type { TrustedKey } from '#core/trust/trust';
import { nameOf } from './evidence.ts';
import type { TrustFlags } from './trust-flags.ts';
import { describeSource } from './trust.ts';

/**
 * The npm registry's keys for attestations: of a file, else as the trusted root is found.
 * @throws TRUST_ROOT_INVALID, TRUST_ROOT_UNAVAILABLE, FILE_*
 */
export async function loadRegistryKeys(
  io: Io,
  file: string | undefined,
  flags: TrustFlags,
): Promise<readonly TrustedKey[]> {
  const source = await resolveTrust(io, {
    target: 'npm-keys.json',
    file,
    offline: flags.on('offline') === true,
  });
  io.stderr(`Registry keys: ${describeSource(source, io.now())}\n`);
  return parseRegistryKeys(source.bytes, nameOf(source.name));
}
