import { canonicalize } from '#core/json/canonical';
import { parseJsonBytes } from '#core/json/parse';
import type { JsonObject } from '#core/json/value';
import { predicateTypeMatches } from '#core/in-toto-attestation/index';
import { requirementsFor } from '#core/policy/applies';
import type { Policy } from '#core/policy/policy';
import type { FetchedWork } from '../lock/work.ts';
import type { NamedDocument, ProvenanceInput } from '../provenance/build-definition.ts';
import { provenanceV02 } from '../provenance/provenance-v0.2.ts';
import { provenanceV1 } from '../provenance/provenance-v1.ts';
import { recipeOf } from '../provenance/recipe.ts';
import { subjectJson, type ProducedSubject } from '../provenance/subject.ts';
import type { WorkflowIdentity } from '../signing/identity.ts';
import type { BomSubject, ReleaseBom } from './boms.ts';
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

/** Whether a policy asks that the bill of materials of this is attested. */
function asksForBom(policy: Policy, { artifact, subjects: [subject] }: BomSubject): boolean {
  const digests = { ...subject?.digest };
  return requirementsFor(policy, { ...artifact, digests }).some(({ predicateTypes }) =>
    predicateTypes.some((wanted) => predicateTypeMatches(wanted, CYCLONEDX)),
  );
}

export interface StatementOptions {
  readonly identity: WorkflowIdentity;
  /** Of edgeseal-release. */
  readonly version: string;
  readonly boms: readonly ReleaseBom[];
  /** The result of the second build, where there is one. */
  readonly rebuild: NamedDocument | undefined;
  /** Whether SLSA provenance v0.2 is written beside v1. */
  readonly alsoV02: boolean;
  /** Bills of materials that it asks for are attested, too. */
  readonly policy: Policy;
}

/**
 * Provenance of everything that the release publishes: a statement for each component and platform; and the bills of
 * materials, each about its asset or image, where the policy asks for them.
 */
export function releaseStatements(
  { plan, lock }: FetchedWork,
  checked: CheckedBuild,
  { identity, version, boms, rebuild, alsoV02, policy }: StatementOptions,
): readonly ReleaseStatement[] {
  const recipe = recipeOf(plan, lock);
  const provenance = productsOf(plan, checked).flatMap(({ component, platform, subjects: own, outputs }) => {
    const about = `${component} for ${platform}`;
    const digests = new Set(own.map(({ digest }) => digest.sha256));
    const bills = boms.filter(({ about }) => digests.has(about.subjects.at(-1)?.digest.sha256 ?? ''));
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
  return [...provenance, ...boms.filter(({ about }) => asksForBom(policy, about)).map(bomStatement)];
}

function bomStatement({ name, about: { artifact, subjects }, bytes }: ReleaseBom): ReleaseStatement {
  const statement: JsonObject = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: subjects.map(subjectJson),
    predicateType: CYCLONEDX,
    predicate: parseJsonBytes(bytes, name),
  };
  return {
    about: `bill of materials of ${artifact.name}`,
    payload: Buffer.from(canonicalize(statement)),
    subjects,
  };
}
