import type { FetchedWork } from '../lock/work.ts';
import type { NamedDocument, ProvenanceInput } from '../provenance/build-definition.ts';
import { provenanceV02 } from '../provenance/provenance-v0.2.ts';
import { provenanceV1 } from '../provenance/provenance-v1.ts';
import { recipeOf } from '../provenance/recipe.ts';
import type { ProducedSubject } from '../provenance/subject.ts';
import type { WorkflowIdentity } from '../signing/identity.ts';
import type { AssetBom } from './boms.ts';
import type { CheckedBuild } from './check-build.ts';
import { productsOf } from './products.ts';
import { stepsBehind } from './steps-behind.ts';

/** A statement that is to be signed. */
export interface ReleaseStatement {
  /** For people. */
  readonly about: string;
  readonly payload: Uint8Array;
  readonly subjects: readonly ProducedSubject[];
}

export interface StatementOptions {
  readonly identity: WorkflowIdentity;
  /** Of edgeseal-release. */
  readonly version: string;
  readonly boms: readonly AssetBom[];
  /** The result of the second build, where there is one. */
  readonly rebuild: NamedDocument | undefined;
  /** Whether SLSA provenance v0.2 is written beside v1. */
  readonly alsoV02: boolean;
}

/** Provenance of everything that the release publishes: a statement for each component and platform. */
export function releaseStatements(
  { plan, lock }: FetchedWork,
  checked: CheckedBuild,
  { identity, version, boms, rebuild, alsoV02 }: StatementOptions,
): readonly ReleaseStatement[] {
  const recipe = recipeOf(plan, lock);
  return productsOf(plan, checked).flatMap(({ component, platform, subjects: own, assets, outputs }) => {
    const about = `${component} for ${platform}`;
    const bills = boms.filter((bom) => assets.includes(bom.about));
    const subjects = [...own, ...bills.map(({ name, sha256 }) => ({ name, digest: { sha256 } }))];
    const behind = new Set(
      stepsBehind(plan, outputs, platform).map((step) => `${step.component}/${step.name}`),
    );
    const input: ProvenanceInput = {
      lock,
      build: checked.build,
      recipe,
      identity,
      version,
      component,
      platform,
      subjects,
      steps: checked.build.steps.filter(
        (step) => step.platform === platform && behind.has(`${step.component}/${step.name}`),
      ),
      documents: [
        ...bills.map(({ name, sha256 }) => ({ name, sha256, mediaType: 'application/vnd.cyclonedx+json' })),
        ...(rebuild === undefined ? [] : [rebuild]),
      ],
      isReproduced: rebuild !== undefined,
    };
    const v1 = { about: `provenance of ${about}`, payload: provenanceV1(input), subjects };
    if (!alsoV02) return [v1];
    return [v1, { about: `provenance v0.2 of ${about}`, payload: provenanceV02(input), subjects }];
  });
}
