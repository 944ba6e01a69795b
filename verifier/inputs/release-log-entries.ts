import { inParallel } from '#core/oci/in-parallel';
import { claimOf } from '#core/release-set/claims';
import type { ReleaseImage } from '#core/release-set/judge-images';
import type { ReleaseFile } from '#core/release-set/release-file';
import type { Trust } from '#core/trust/trust';
import { subjectsWithLogEntries, withLogEntries, type LogSource } from './log-search.ts';

/** Files and images of a release at one time; each may have several attestations. */
const AT_ONCE = 4;

/** The files of a release, those with attestations that carry no log entry with the entries that the log has. */
export async function filesWithLogEntries(
  log: LogSource | undefined,
  files: readonly ReleaseFile[],
  trust: Trust,
): Promise<readonly ReleaseFile[]> {
  const withEntries = async (file: ReleaseFile): Promise<ReleaseFile> => {
    const { document } = file;
    if (document?.kind !== 'evidence') return file;
    const items = await withLogEntries(log, document.items, trust);
    const claims = document.items.map((item) => claimOf(item, file.path));
    const about = new Map(claims.map(({ digest, subjects }) => [digest, subjects]));
    return { ...file, document: { ...document, items, about } };
  };
  return log === undefined ? files : inParallel(files, withEntries, AT_ONCE);
}

/** The same for what is attached to the images. */
export async function imagesWithLogEntries(
  log: LogSource | undefined,
  images: readonly ReleaseImage[],
  trust: Trust,
): Promise<readonly ReleaseImage[]> {
  const withEntries = async (image: ReleaseImage): Promise<ReleaseImage> =>
    'reason' in image
      ? image
      : { ...image, subjects: await subjectsWithLogEntries(log, image.subjects, trust) };
  return log === undefined ? images : inParallel(images, withEntries, AT_ONCE);
}
