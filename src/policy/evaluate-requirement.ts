import type { Reason } from '#core/errors/reason';
import { evaluatePackage } from './evaluate-package.ts';
import { evaluateProvenance } from './evaluate-provenance.ts';
import { evaluateSbom } from './evaluate-sbom.ts';
import { evaluateSigner } from './evaluate-signer.ts';
import { evaluateVsa } from './evaluate-vsa.ts';
import { evaluateVulnerabilities } from './evaluate-vulnerabilities.ts';
import type { Requirement } from './policy.ts';
import type { RuleContext } from './rule-context.ts';

/**
 * Every rule of the requirement on one attestation by one signer: all that fails is reported, signer first,
 * then the builder, then what was built from what. Nothing = it passes.
 */
export function evaluateRequirement(requirement: Requirement, context: RuleContext): readonly Reason[] {
  const { provenance, package: packageRule, sbom, vsa, vulnerabilities } = requirement;
  return [
    ...evaluateSigner(requirement.signers, context),
    ...(provenance === undefined ? [] : evaluateProvenance(provenance, context)),
    ...(packageRule === undefined ? [] : evaluatePackage(packageRule, context)),
    ...evaluateVsa(vsa, context),
    ...(sbom === undefined ? [] : evaluateSbom(sbom, context)),
    ...(vulnerabilities === undefined ? [] : evaluateVulnerabilities(vulnerabilities, context)),
    ...requirement.checks.flatMap(({ check }) => check(context.statement, context.facts)),
  ];
}

/** Whether the requirement asks for something that only a statement can say. */
export function needsStatement(requirement: Requirement): boolean {
  const {
    predicateTypes,
    provenance,
    package: packageRule,
    sbom,
    vsa,
    vulnerabilities,
    checks,
  } = requirement;
  const rules = [provenance, packageRule, sbom, vsa, vulnerabilities];
  return predicateTypes.length > 0 || checks.length > 0 || rules.some((rule) => rule !== undefined);
}
