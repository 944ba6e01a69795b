import { reasonCodes } from '#core/errors/codes';
import { reasonOf } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { inParallel } from '#core/oci/in-parallel';
import type { Policy } from '#core/policy/policy';
import { absentImage, type ReleaseImage } from '#core/release-set/verify-release';
import { openImages, wantedTypes, type ImageTask } from './images.ts';

/**
 * The images of a release, several at a time. One that cannot be read does not hide the others.
 * @throws what the caller asked wrongly
 */
export async function readReleaseImages(
  io: Io,
  names: readonly string[],
  flags: ImageTask['flags'],
  policy: Policy,
): Promise<readonly ReleaseImage[]> {
  if (names.length === 0) return [];
  const readers = await openImages(io, { operands: names, flags, wanted: wantedTypes([policy]) });
  let done = 0;
  let next = io.now().getTime() + 1000;
  return inParallel(readers, async (read, index) => {
    const name = names[index] ?? '';
    try {
      const subjects = await read();
      done++;
      if (io.now().getTime() >= next) {
        next = io.now().getTime() + 1000;
        io.stderr(`reading images: ${done} of ${names.length}\n`);
      }
      return { name, subjects };
    } catch (error) {
      const reason = reasonOf(error);
      if (reasonCodes[reason.code] === 'usage' || reason.code === 'INTERNAL_ERROR') throw error;
      return { name, reason: reason.code === 'IMAGE_NOT_FOUND' ? absentImage(name) : reason };
    }
  });
}
