import type { Description } from '../description/parse-description.ts';
import { treePath } from '../description/tree-path.ts';
import { planAssets } from './assets.ts';
import { planImages } from './images.ts';
import { planInputs } from './inputs.ts';
import { collectNames } from './names.ts';
import type { Plan } from './plan.ts';
import { resolveSource, type GivenSource } from './source.ts';
import { planSteps } from './steps.ts';

/**
 * The plan of a release: pure, the same for the same description and source. It looks at no file, so what it passes
 * is sound in itself, not yet there.
 * @param file the description's name
 * @throws RELEASE_*, FLAG_CONFLICT, FLAG_VALUE_INVALID
 */
export function makePlan({ document, sha256, site }: Description, file: string, given: GivenSource): Plan {
  const { source, tag, version } = resolveSource(document.source, given, site.child('source'));
  const { name, platforms } = document;
  const values = new Map(Object.entries({ name, version, tag, commit: source.commit }));
  const inputs = planInputs(document.inputs, site);
  const names = collectNames(document, site);
  const images = planImages(document, names, values, site);
  return {
    name,
    version,
    description: { file, sha256 },
    source,
    platforms,
    inputs,
    steps: planSteps(document, names, values, site),
    images,
    assets: planAssets(document, names, values, images, site),
    policy: treePath(document.policy, site.child('policy')),
  };
}
