import { formatRepository, parseReference } from '#core/oci/reference';
import type { Platform } from '../description/document.ts';
import type { Plan, PlannedFile } from '../plan/plan.ts';
import type { ProducedSubject } from '../provenance/subject.ts';
import type { CheckedBuild } from './check-build.ts';

/** A component for one platform, and what of the release is made of its outputs. */
export interface Product {
  readonly component: string;
  readonly platform: Platform;
  /** Assets, images, and files that are only in these; not empty. */
  readonly subjects: readonly ProducedSubject[];
  /** All outputs of its subjects, those of other components too. */
  readonly outputs: readonly string[];
}

/** What each component gives to the release; one whose outputs are only read by others gives nothing. */
export function productsOf(plan: Plan, checked: CheckedBuild): readonly Product[] {
  const pairs = new Map(
    plan.steps.map(
      ({ component, platform }) => [`${component} ${platform}`, { component, platform }] as const,
    ),
  );
  return [...pairs.values()].flatMap(({ component, platform }) => {
    const product = productOf(plan, checked, component, platform);
    return product.subjects.length === 0 ? [] : [product];
  });
}

function productOf(plan: Plan, checked: CheckedBuild, component: string, platform: Platform): Product {
  const isOwn = ({ output }: PlannedFile): boolean => output.startsWith(`${component}/`);
  const subjects = new Map<string, ProducedSubject>();
  const outputs = new Set<string>();
  const inner: { readonly file: PlannedFile; readonly in: string }[] = [];
  for (const { planned, built } of checked.assets) {
    if (planned.platform !== platform || !planned.files.some(isOwn)) continue;
    const { sha256, sha512 } = built;
    subjects.set(sha256, { name: planned.name, digest: { sha256, sha512 } });
    for (const file of planned.files) {
      outputs.add(file.output);
      if (planned.kind === 'archive' && isOwn(file)) inner.push({ file, in: `sha256:${sha256}` });
    }
  }
  for (const [index, image] of plan.images.entries()) {
    const here = image.platforms.find((one) => one.platform === platform && one.files.some(isOwn));
    const built = checked.build.images[index];
    const own = built?.platforms.find((one) => one.platform === platform);
    if (here === undefined || built === undefined || own === undefined) continue;
    const name = formatRepository(parseReference(built.references[0] ?? ''));
    subjects.set(built.digest, { name, digest: { sha256: hexOf(built.digest) } });
    if (own.digest !== built.digest)
      subjects.set(own.digest, { name, digest: { sha256: hexOf(own.digest) }, within: [built.digest] });
    for (const file of here.files) {
      outputs.add(file.output);
      if (isOwn(file)) inner.push({ file, in: built.digest });
    }
  }
  for (const { file, in: place } of inner) {
    const { sha256 } = checked.output(file.output, platform);
    const known = subjects.get(sha256);
    // An asset of its own is there by itself.
    if (known !== undefined && known.within === undefined) continue;
    subjects.set(sha256, {
      name: known?.name ?? file.path.replace(/^\//, ''),
      digest: { sha256 },
      within: [...new Set([...(known?.within ?? []), place])],
    });
  }
  return { component, platform, subjects: [...subjects.values()], outputs: [...outputs] };
}

function hexOf(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1);
}
