import { canonicalize } from '#core/json/canonical';
import { parseJsonBytes } from '#core/json/parse';
import type { JsonObject } from '#core/json/value';
import { predicateTypeMatches } from '#core/in-toto-attestation/index';
import type { Policy } from '#core/policy/policy';
import type { FetchedWork } from '../lock/work.ts';
import type { NamedDocument, ProvenanceInput } from '../provenance/build-definition.ts';
import { provenanceV02 } from '../provenance/provenance-v0.2.ts';
import { provenanceV1 } from '../provenance/provenance-v1.ts';
import { recipeOf } from '../provenance/recipe.ts';
import { subjectJson, type ProducedSubject } from '../provenance/subject.ts';
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

const CYCLONEDX = 'https://cyclonedx.org/bom';

/** Whether a policy asks for attested bills of materials. */
export function asksForBoms({ requirements }: Policy): boolean {
  return requirements.some(({ predicateTypes }) =>
    predicateTypes.some((wanted) => predicateTypeMatches(wanted, CYCLONEDX)),
  );
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
  /** Whether bills of materials are attested too: the policy asks for it. */
  readonly attestBoms: boolean;
}

/**
 * Provenance of everything that the release publishes: a statement for each component and platform; and the bills of
 * materials, each about its asset, where the policy asks for them.
 */
export function releaseStatements(
  { plan, lock }: FetchedWork,
  checked: CheckedBuild,
  { identity, version, boms, rebuild, alsoV02, attestBoms }: StatementOptions,
): readonly ReleaseStatement[] {
  const recipe = recipeOf(plan, lock);
  const provenance = productsOf(plan, checked).flatMap(
    ({ component, platform, subjects: own, assets, outputs }) => {
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
    },
  );
  return attestBoms ? [...provenance, ...boms.map((bom) => bomStatement(bom, checked))] : provenance;
}

function bomStatement({ name, about, bytes }: AssetBom, { assets }: CheckedBuild): ReleaseStatement {
  const subjects = assets.flatMap(({ built: { name: asset, sha256, sha512 } }) =>
    asset === about ? [{ name: asset, digest: { sha256, sha512 } }] : [],
  );
  const statement: JsonObject = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: subjects.map(subjectJson),
    predicateType: CYCLONEDX,
    predicate: parseJsonBytes(bytes, name),
  };
  return {
    about: `bill of materials of ${about}`,
    payload: Buffer.from(canonicalize(statement)),
    subjects,
  };
}
