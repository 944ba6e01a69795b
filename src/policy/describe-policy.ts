import { aliasOfPredicateType } from '#core/in-toto-attestation/index';
import { patternText } from './pattern.ts';
import type { Pattern, Policy, ProvenanceRule, Requirement, SignerRule, SourceRule } from './policy.ts';

/** What the policy will enforce, in plain words, one criterion a line: to be said before anything is verified. */
export function describePolicy(policy: Policy): readonly string[] {
  const { name, notBefore, expires, subjects, mode, requirements } = policy;
  const lines = [`policy ${JSON.stringify(name)} (sha256:${policy.digest})`];
  if (mode === 'warn') lines.push('it only warns');
  if (notBefore !== undefined) lines.push(`it is in force from ${notBefore}`);
  if (expires !== undefined) lines.push(`it is in force until ${expires}, then it refuses everything`);
  if (subjects !== undefined)
    lines.push(`it speaks about artifacts named ${oneOf(subjects)}; any other is refused`);
  return [...lines, ...requirements.flatMap(requirementLines)];
}

function requirementLines(requirement: Requirement): readonly string[] {
  const {
    signers,
    provenance,
    package: packageRule,
    vsa,
    sbom,
    vulnerabilities,
    checks,
    subjects,
  } = requirement;
  const lines: string[] = [matchText(requirement)];
  if (subjects !== undefined) lines.push(`only for artifacts named ${oneOf(subjects)}`);
  if (signers.length > 0) lines.push(`signed by ${signers.map(signerText).join(', or by ')}`);
  if (provenance !== undefined) lines.push(...provenanceLines(provenance));
  add(lines, 'package name is', packageRule?.name);
  add(lines, 'package version is', packageRule?.version);
  if (vsa !== undefined) lines.push('the verification summary says PASSED');
  add(lines, 'the summary is by', vsa?.verifierId);
  add(lines, 'the summary is about', vsa?.resourceUri);
  if (vsa !== undefined && vsa.verifiedLevels.length > 0)
    lines.push(`the summary covers ${vsa.verifiedLevels.join(', ')}`);
  if (sbom?.formats !== undefined) lines.push(`the bill of materials is ${sbom.formats.join(' or ')}`);
  if (sbom?.minimumPackages !== undefined) lines.push(`it lists at least ${sbom.minimumPackages} packages`);
  if (sbom?.forbidPackages !== undefined) lines.push(`it lists no package ${oneOf(sbom.forbidPackages)}`);
  if (vulnerabilities?.maxAge !== undefined)
    lines.push(`the scan is at most ${vulnerabilities.maxAge} seconds old`);
  if (vulnerabilities?.forbidSeverities !== undefined) {
    lines.push(`no finding has severity ${vulnerabilities.forbidSeverities.join(', ')}`);
  }
  lines.push(...checks.map(({ about }) => about));
  return lines.map((line) => `${requirement.name}: ${line}`);
}

function matchText({ match, predicateTypes, cosign }: Requirement): string {
  const types = predicateTypes.map((uri) => {
    const alias = aliasOfPredicateType(uri);
    return alias === undefined ? uri : `${uri} (${alias})`;
  });
  const type = types.length === 0 ? 'of any type' : `of type ${types.join(' or ')}`;
  if (cosign !== undefined) return `every attestation ${type} by a right signer passes, and there is one`;
  if (match === 'any') return `at least one attestation ${type} passes`;
  if (match === 'all') return `every attestation ${type} passes, and there is one`;
  if (match.distinctSigners)
    return `attestations ${type} by at least ${match.atLeast} different signers pass`;
  return `at least ${match.atLeast} attestations ${type} pass`;
}

function signerText(rule: SignerRule): string {
  if (rule.kind === 'key') {
    const log = rule.transparencyLog === 'required' ? ', proved by a transparency log' : '';
    return `the key sha256:${rule.keyDigest}${log}`;
  }
  const parts = [`identity ${patternText(rule.identity)} of issuer ${patternText(rule.issuer)}`];
  for (const [name, pattern] of Object.entries(rule.extensions))
    parts.push(`${name} ${patternText(pattern)}`);
  return parts.join(' with ');
}

function provenanceLines(rule: ProvenanceRule): readonly string[] {
  const lines: string[] = [];
  const builders = new Set(rule.builders.map(({ id, level }) => `${id} (trusted for level ${level})`));
  if (builders.size > 0) lines.push(`built by ${[...builders].join(', or by ')}`);
  if (rule.level !== undefined) lines.push(`SLSA Build level is at least ${rule.level}`);
  if (rule.source !== undefined) sourceLines(rule.source, lines);
  for (const [name, value] of Object.entries(rule.workflowInputs ?? {})) {
    lines.push(`workflow input ${JSON.stringify(name)} is ${JSON.stringify(value)}`);
  }
  add(lines, 'build type is', rule.buildType);
  add(lines, 'workflow file is', rule.workflow);
  if (rule.triggers !== undefined) lines.push(`started by ${rule.triggers.join(' or ')}`);
  add(lines, 'runner environment is', rule.runnerEnvironment);
  if (rule.externalParameters !== undefined) {
    const names = Object.keys(rule.externalParameters).map((key) => JSON.stringify(key));
    lines.push(`external parameters are exactly ${names.join(', ') || 'none'}`);
  }
  if (rule.hermetic === true) lines.push('the builder states a build without network');
  if (rule.dependenciesComplete === true) lines.push('the builder states all dependencies');
  if (rule.dependencyHosts !== undefined)
    lines.push(`dependencies come only from ${oneOf(rule.dependencyHosts)}`);
  return lines;
}

function sourceLines(source: SourceRule, lines: string[]): void {
  add(lines, 'source repository is', source.repository);
  add(lines, 'source ref is', source.ref);
  add(lines, 'source commit is', source.digest);
  add(lines, 'source branch is', source.branch);
  add(lines, 'source tag is', source.tag);
  add(lines, 'source tag is', source.versionedTag);
  add(lines, 'source tag is', source.tagRange);
  add(lines, "source repository's number is", source.repositoryId);
  add(lines, "source owner's number is", source.ownerId);
}

function add(lines: string[], what: string, value: Pattern | string | undefined): void {
  if (value === undefined) return;
  lines.push(`${what} ${typeof value === 'string' ? JSON.stringify(value) : patternText(value)}`);
}

function oneOf(patterns: readonly Pattern[]): string {
  return patterns.map(patternText).join(' or ');
}
