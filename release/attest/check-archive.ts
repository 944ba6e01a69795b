import { readTar } from '../archive/read-tar.ts';
import { unpacked } from '../archive/gzip.ts';
import type { BuiltFile } from '../build/build-record.ts';
import { digestOf, same } from './digests.ts';

/** A file that an archive or an image must hold: what the build wrote, and no other. */
export interface ExpectedPart {
  readonly path: string;
  readonly built: Pick<BuiltFile, 'sha256' | 'executable'>;
}

/**
 * Reads an archive back: it holds the files that the plan says, as they were built, and nothing else.
 * @throws RELEASE_CONTENT_MISMATCH, ARCHIVE_*
 */
export async function checkArchive(
  archive: AsyncIterable<Uint8Array>,
  name: string,
  parts: readonly ExpectedPart[],
): Promise<void> {
  await checkEntries(unpacked(archive, name), name, parts);
}

/** The same of an archive that is unpacked already. @throws RELEASE_CONTENT_MISMATCH, ARCHIVE_* */
export async function checkEntries(
  archive: AsyncIterable<Uint8Array>,
  name: string,
  parts: readonly ExpectedPart[],
): Promise<void> {
  const left = new Map(parts.map((part) => [part.path, part.built]));
  for await (const entry of readTar(archive, { name, links: 'inside' })) {
    if (entry.kind === 'folder') continue;
    const expected = entry.kind === 'file' ? left.get(entry.path) : undefined;
    const what = `${name}: ${entry.path}`;
    if (entry.kind !== 'file' || expected === undefined) {
      same(what, 'a file of the plan, once', entry.kind);
      continue;
    }
    same(what, expected.sha256, (await digestOf('sha256', entry.content.read())).hex);
    same(
      what,
      expected.executable ? 'executable' : 'a plain file',
      entry.executable ? 'executable' : 'a plain file',
    );
    left.delete(entry.path);
  }
  const [missing] = left.keys();
  if (missing !== undefined) same(`${name}: ${missing}`, 'a file of the plan', undefined);
}
