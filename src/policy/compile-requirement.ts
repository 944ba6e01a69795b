import { resolvePredicateType } from '#core/in-toto-attestation/index';
import type { RequirementDocument } from './document.ts';
import { compileProvenance } from './compile-provenance.ts';
import { compileSigner } from './compile-signer.ts';
import type { PatternText } from './pattern.ts';
import { cueSources } from './cue-source.ts';
import type { Pattern, Requirement } from './policy.ts';
import type { Site } from './site.ts';
import { compilePattern, type Tools } from './tools.ts';

const VSA = 'https://slsa.dev/verification_summary/v1';
const IN_TOTO_VULNS = 'https://in-toto.io/attestation/vulns';

/** @throws POLICY_INVALID, POLICY_UNSUPPORTED, POLICY_CUE_* */
export function compileRequirement(
  document: RequirementDocument,
  index: number,
  site: Site,
  tools: Tools,
): Requirement {
  const { vsa, sbom, vulnerabilities, provenance, match = 'any' } = document;
  const pattern = (text: PatternText | undefined, ...path: readonly string[]): Pattern | undefined =>
    text === undefined ? undefined : compilePattern(text, site.child(...path), tools);
  const requirement: Requirement = {
    name: document.name ?? `requirement ${index + 1}`,
    path: site.path,
    subjects: compilePatterns(document.subjects, site.child('subjects'), tools),
    predicateTypes: predicateTypesOf(document),
    match:
      typeof match === 'string'
        ? match
        : { atLeast: match.atLeast, distinctSigners: match.distinctSigners ?? false },
    signers: (document.signers ?? []).map((signer, i) =>
      compileSigner(signer, site.child('signers', i), tools),
    ),
    provenance:
      provenance === undefined ? undefined : compileProvenance(provenance, site.child('provenance'), tools),
    package: document.package,
    vsa:
      vsa === undefined
        ? undefined
        : {
            verifierId: pattern(vsa.verifierId, 'vsa', 'verifierId'),
            resourceUri: pattern(vsa.resourceUri, 'vsa', 'resourceUri'),
            verifiedLevels: vsa.verifiedLevels ?? [],
          },
    sbom:
      sbom === undefined
        ? undefined
        : {
            ...sbom,
            forbidPackages: compilePatterns(sbom.forbidPackages, site.child('sbom', 'forbidPackages'), tools),
          },
    vulnerabilities,
    ...compileChecks(document, site, tools),
  };
  if (requirement.signers.length === 0 && (requirement.provenance?.builders.length ?? 0) === 0) {
    site.refuse('could never refuse anyone: it names no signer and no builder', {
      expected: '"signers", or "provenance" with "builders"',
      found: 'neither',
      hint: 'without them whoever can sign at all would be believed',
    });
  }
  return requirement;
}

export function compilePatterns(
  texts: readonly PatternText[] | undefined,
  site: Site,
  tools: Tools,
): readonly Pattern[] | undefined {
  return texts?.map((text, i) => compilePattern(text, site.child(i), tools));
}

/** What the requirement's rules speak about, where it names no type. */
function predicateTypesOf(document: RequirementDocument): readonly string[] {
  const { predicateType, provenance, vsa, sbom, vulnerabilities } = document;
  if (typeof predicateType === 'string') return [resolvePredicateType(predicateType)];
  const named =
    predicateType ??
    (provenance !== undefined
      ? ['slsaprovenance02', 'slsaprovenance1']
      : vsa !== undefined
        ? [VSA]
        : sbom !== undefined
          ? ['cyclonedx', 'spdx']
          : vulnerabilities !== undefined
            ? ['vuln', IN_TOTO_VULNS]
            : []);
  return [...new Set(named.map(resolvePredicateType))];
}

function compileChecks(
  { predicate, cue }: RequirementDocument,
  site: Site,
  tools: Tools,
): Pick<Requirement, 'checks' | 'cosign'> {
  const checks: Requirement['checks'][number][] = [];
  if (predicate !== undefined) {
    const at = site.child('predicate');
    const check = tools.predicateSchema?.(predicate, at) ?? at.refuse('has no engine that could check it');
    checks.push({ about: "the predicate satisfies the policy's JSON Schema", check });
  }
  if (cue === undefined) return { checks };
  const at = site.child('cue');
  const sources = cueSources(cue, at);
  const compiled = tools.cue?.(sources) ?? at.refuse('has no engine that could check it');
  const names = sources.map(({ name }) => JSON.stringify(name)).join(' and ');
  const type = typeof cue === 'string' ? undefined : cue.cosign;
  if (type === undefined) {
    const about = `the statement satisfies the CUE of ${names}, and has what that constrains`;
    return { checks: [...checks, { about, check: compiled.safe, doubts: compiled.doubts }] };
  }
  const about = `the statement, as cosign reads it, satisfies the CUE of ${names}; what is absent passes`;
  return {
    checks: [...checks, { about, check: compiled.cosign(type) }],
    cosign: { safe: compiled.safe, counts: compiled.isReadByCosign(type) },
  };
}
