import { reasonOf } from '#core/errors/error';
import { parseReference, parseRepository } from '#core/oci/reference';
import type { DescriptionDocument, ImageDocument, Platform } from '../description/document.ts';
import { fillIn, platformValues, type Values } from '../description/placeholders.ts';
import { shown, type Site } from '../description/site.ts';
import { imagePath } from '../description/tree-path.ts';
import { checkIsImage, listedPlatforms, nameTwice, writerOf, type Names } from './names.ts';
import type { PlannedImage } from './plan.ts';

/**
 * Every image with what it holds on each platform.
 * @throws RELEASE_NAME_UNKNOWN, RELEASE_NAME_TWICE, RELEASE_PLATFORM_UNLISTED, RELEASE_PATH_OUTSIDE,
 * RELEASE_DESCRIPTION_INVALID
 */
export function planImages(
  document: DescriptionDocument,
  names: Names,
  values: Values,
  site: Site,
): readonly PlannedImage[] {
  const taken = new Set<string>();
  return document.images.map((image, index) => {
    const inImage = site.child('images', index);
    const platforms = listedPlatforms(document, image.platforms, inImage);
    const references = image.tags.map((tag, at) => {
      const inTag = inImage.child('tags', at);
      const reference = `${image.repository}:${fillIn(tag, values, inTag)}`;
      checkReference(image.repository, reference, inImage, inTag);
      if (taken.has(reference)) nameTwice(inTag, 'image', reference);
      taken.add(reference);
      return reference;
    });
    if (image.base !== undefined) checkIsImage(image.base, names.inputs, inImage.child('base'));
    return {
      references,
      ...(image.base === undefined ? {} : { base: image.base }),
      platforms: platforms.map((platform) => planPlatform(image, platform, names, values, inImage)),
    };
  });
}

function planPlatform(
  { files, entrypoint }: ImageDocument,
  platform: Platform,
  names: Names,
  values: Values,
  site: Site,
): PlannedImage['platforms'][number] {
  const own = platformValues(values, platform);
  const paths = new Set<string>();
  return {
    platform,
    files: files.map(({ output, path: written }, index) => {
      const at = site.child('files', index);
      writerOf(names, output, [platform], at.child('output'));
      const path = imagePath(fillIn(written, own, at.child('path')), at.child('path'));
      if (paths.has(path)) nameTwice(at.child('path'), 'file of the image', path);
      paths.add(path);
      return { output, path };
    }),
    entrypoint: entrypoint.map((word, index) => fillIn(word, own, site.child('entrypoint', index))),
  };
}

function checkReference(repository: string, reference: string, site: Site, inTag: Site): void {
  try {
    parseRepository(repository);
  } catch (cause) {
    refuseImage(site.child('repository'), repository, 'registry/path, without tag and digest', cause);
  }
  try {
    parseReference(reference);
  } catch (cause) {
    refuseImage(inTag, reference, 'a tag: at most 128 of A-Z a-z 0-9 _ . -', cause);
  }
}

/** @throws RELEASE_DESCRIPTION_INVALID */
export function refuseImage(site: Site, found: string, expected: string, cause: unknown): never {
  return site.refuse('RELEASE_DESCRIPTION_INVALID', 'names no image', {
    expected,
    found: shown(found),
    hint: reasonOf(cause).message,
    cause,
  });
}
