import type { AssetDocument, DescriptionDocument, Platform } from '../description/document.ts';
import { fillIn, platformValues, type Values } from '../description/placeholders.ts';
import { shown, type Site } from '../description/site.ts';
import { treePath } from '../description/tree-path.ts';
import { listedPlatforms, nameTwice, writerOf, type Names } from './names.ts';
import type { PlannedAsset, PlannedImage } from './plan.ts';

/** What every release has beside its own files: attestations of all of them, and their checksums. */
const COMMON: readonly PlannedAsset[] = [
  { name: 'multiple.intoto.jsonl', kind: 'attestations' },
  { name: 'SHA256SUMS', kind: 'checksums' },
  { name: 'SHA512SUMS', kind: 'checksums' },
];
const SBOM_ENDING = '.cdx.json';
/** What hosts of releases keep of a name as it is. */
const ASSET_NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]*$/;

/**
 * Every file that the release must have in the end: its own, bills of materials of them and of the images, attestations
 * and checksums.
 * @throws RELEASE_NAME_UNKNOWN, RELEASE_NAME_TWICE, RELEASE_PLATFORM_UNLISTED, RELEASE_PATH_OUTSIDE,
 * RELEASE_DESCRIPTION_INVALID
 */
export function planAssets(
  document: DescriptionDocument,
  names: Names,
  values: Values,
  images: readonly PlannedImage[],
  site: Site,
): readonly PlannedAsset[] {
  const taken = new Set(COMMON.map(({ name }) => name));
  const own = document.assets.flatMap((asset, index) => {
    const inAsset = site.child('assets', index);
    return listedPlatforms(document, asset.platforms, inAsset).flatMap((platform) => {
      const planned = planAsset(asset, platform, names, platformValues(values, platform), inAsset);
      const sbom: PlannedAsset = { name: `${planned.name}${SBOM_ENDING}`, kind: 'sbom', about: planned.name };
      for (const { name } of [planned, sbom]) {
        if (taken.has(name))
          nameTwice(inAsset.child('name'), 'asset', name, 'put {os} and {arch}, or {version}, into the name');
        taken.add(name);
      }
      return [planned, sbom];
    });
  });
  const ofImages = images.flatMap(({ references: [about = ''], platforms }, index) =>
    platforms.map(({ platform }): PlannedAsset => {
      const name = `${about}-${platform}`.replaceAll(/[/:]/g, '-') + SBOM_ENDING;
      if (taken.has(name)) nameTwice(site.child('images', index), 'asset', name, 'rename the other asset');
      taken.add(name);
      return { name, kind: 'sbom', platform, about };
    }),
  );
  return [...own, ...ofImages, ...COMMON];
}

function planAsset(
  { name: written, output, archive }: AssetDocument,
  platform: Platform,
  names: Names,
  values: Values,
  site: Site,
): PlannedAsset {
  const inName = site.child('name');
  const name = fillIn(written, values, inName);
  if (!ASSET_NAME.test(name)) {
    inName.refuse('RELEASE_DESCRIPTION_INVALID', 'is no name of a file', {
      expected: 'letters, digits and . _ + -',
      found: shown(name),
    });
  }
  if (output !== undefined) {
    writerOf(names, output, [platform], site.child('output'));
    return { name, kind: 'file', platform, files: [{ output, path: name }] };
  }
  const paths = new Set<string>();
  const files = (archive ?? []).map((file, index) => {
    const at = site.child('archive', index);
    writerOf(names, file.output, [platform], at.child('output'));
    const path = treePath(fillIn(file.path, values, at.child('path')), at.child('path'));
    if (paths.has(path)) nameTwice(at.child('path'), 'file of the archive', path);
    paths.add(path);
    return { output: file.output, path };
  });
  if (!name.endsWith('.tar.gz')) {
    inName.refuse('RELEASE_DESCRIPTION_INVALID', 'does not say what the archive is', {
      expected: 'a name that ends in .tar.gz',
      found: shown(name),
    });
  }
  return { name, kind: 'archive', platform, files };
}
