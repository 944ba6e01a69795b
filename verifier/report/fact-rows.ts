import type { AssertedBy, Fact, Facts, ProvenanceFacts } from '#core/slsa/facts';
import type { ResourceDescriptor } from '#core/in-toto-attestation/types';

/** One thing that an attestation says, and who answers for it. */
export interface FactRow {
  readonly what: string;
  readonly value: string;
  /** `signer` where the document has no builder: only who signed it says so. */
  readonly by: AssertedBy | 'signer';
  readonly path: string;
}

/** What a statement says, as rows. */
export function factRows(facts: Facts): readonly FactRow[] {
  switch (facts.kind) {
    case 'provenance':
      return provenanceRows(facts);
    case 'vsa':
      return signerRows([
        ['verifier', facts.verifierId, 'predicate.verifier.id'],
        ['resource', facts.resourceUri, 'predicate.resourceUri'],
        ['policy', facts.policyUri, 'predicate.policy.uri'],
        ['result', facts.verificationResult, 'predicate.verificationResult'],
        ['levels', facts.verifiedLevels.join(', '), 'predicate.verifiedLevels'],
        ['verified at', facts.timeVerified, 'predicate.timeVerified'],
      ]);
    case 'sbom':
      return signerRows([
        ['format', `${facts.format} ${facts.version}`, 'predicate'],
        ['made at', facts.created, 'predicate'],
        ['packages', String(facts.packages.length), 'predicate'],
      ]);
    case 'vulnerabilities':
      return signerRows([
        ['scanner', facts.scanner, 'predicate.scanner'],
        ['scanned until', facts.scanFinishedOn, 'predicate.metadata'],
        ['findings', String(facts.findings.length), 'predicate.scanner.result'],
      ]);
    case 'publish':
      return signerRows([
        ['package', facts.name, 'predicate.name'],
        ['version', facts.version, 'predicate.version'],
        ['registry', facts.registry, 'predicate.registry'],
      ]);
    case 'other':
    default:
      return [];
  }
}

function provenanceRows(facts: ProvenanceFacts): readonly FactRow[] {
  const { dependencies } = facts;
  const texts: readonly (readonly [string, Fact<string> | undefined])[] = [
    ['builder', facts.builderId],
    ['build type', facts.buildType],
    ['source', facts.sourceRepository],
    ['ref', facts.sourceRef],
    ['branch', facts.sourceBranch],
    ['tag', facts.sourceTag],
    ['commit', facts.sourceDigest],
    ['workflow', facts.workflowPath],
    ['trigger', facts.trigger],
    ['runner', facts.runnerEnvironment],
    ['run', facts.invocationId],
    ['started', facts.startedOn],
    ['finished', facts.finishedOn],
  ];
  const flags: readonly (readonly [string, Fact<boolean> | undefined])[] = [
    ['no network', facts.hermetic],
    ['deps complete', facts.dependenciesComplete],
    ['reproducible', facts.reproducible],
  ];
  return [
    ...texts.flatMap(([what, fact]) => (fact === undefined ? [] : [row(what, fact.value, fact)])),
    ...flags.flatMap(([what, fact]) =>
      fact === undefined ? [] : [row(what, fact.value ? 'yes' : 'no', fact)],
    ),
    ...dependencies.value.map((dependency, i) => ({
      what: 'dependency',
      value: dependencyText(dependency),
      by: dependencies.by,
      path: `${dependencies.path}[${i}]`,
    })),
  ];
}

function row(what: string, value: string, { by, path }: Fact<unknown>): FactRow {
  return { what, value, by, path };
}

function signerRows(rows: readonly (readonly [string, string | undefined, string])[]): readonly FactRow[] {
  return rows.flatMap(([what, value, path]) =>
    value === undefined || value === '' ? [] : [{ what, value, by: 'signer' as const, path }],
  );
}

function dependencyText({ uri, name, digest }: ResourceDescriptor): string {
  const digests = Object.entries(digest ?? {}).map(([algorithm, value]) => `${algorithm}:${value}`);
  return [uri ?? name ?? 'unnamed', ...(digests.length === 0 ? ['(no digest)'] : digests)].join(' ');
}
