import { createHash } from 'node:crypto';
import type { CheckedAsset } from './check-build.ts';

/** `HEX  NAME`, a line for each file, by name: as sha256sum and sha512sum read it. */
export function checksumFiles(
  assets: readonly CheckedAsset[],
  documents: ReadonlyMap<string, Uint8Array>,
): readonly (readonly [string, Uint8Array])[] {
  return (['sha256', 'sha512'] as const).map((algorithm) => {
    const lines = [
      ...assets.map(({ built }) => [built.name, built[algorithm]] as const),
      ...[...documents].map(
        ([name, bytes]) => [name, createHash(algorithm).update(bytes).digest('hex')] as const,
      ),
    ].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const text = lines.map(([name, hex]) => `${hex}  ${name}\n`).join('');
    return [`${algorithm.toUpperCase()}SUMS`, Buffer.from(text)];
  });
}
