import { formatDigest } from '#core/oci/digest';
import { parseReference, type ImageReference } from '#core/oci/reference';
import type { InputDocument } from '../description/document.ts';
import { shown, type Site } from '../description/site.ts';
import { treePath } from '../description/tree-path.ts';
import { refuseImage } from './images.ts';
import type { PlannedInput } from './plan.ts';

/**
 * What is fetched, from where, and by which digest.
 * @throws RELEASE_PATH_OUTSIDE, RELEASE_INPUT_UNPINNED, RELEASE_DESCRIPTION_INVALID
 */
export function planInputs(inputs: readonly InputDocument[], site: Site): readonly PlannedInput[] {
  return inputs.map((input, index) => {
    const { name, kind } = input;
    const inInput = site.child('inputs', index);
    if (input.kind === 'oci-image') return { name, kind, ...planImage(input.image, inInput.child('image')) };
    if ('uri' in input && input.uri.startsWith('file:'))
      treePath(input.uri.slice('file:'.length), inInput.child('uri'));
    const from = 'uri' in input ? input.uri : treePath(input.path, inInput.child('path'));
    return { name, kind, from, digest: input.digest };
  });
}

function planImage(image: string, site: Site): Pick<PlannedInput, 'from' | 'digest'> {
  const { digest } = referenceAt(image, site);
  if (digest !== undefined) return { from: image.slice(0, image.indexOf('@')), digest: formatDigest(digest) };
  return site.refuse('RELEASE_INPUT_UNPINNED', 'is not pinned', {
    expected: 'NAME@sha256:HEX, or NAME:TAG@sha256:HEX',
    found: shown(image),
    hint: 'a tag can be moved to another image at any time; crane digest NAME:TAG says what it is now',
  });
}

function referenceAt(image: string, site: Site): ImageReference {
  try {
    return parseReference(image);
  } catch (cause) {
    return refuseImage(site, image, 'NAME@sha256:HEX, or NAME:TAG@sha256:HEX', cause);
  }
}
