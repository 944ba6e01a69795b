import { definePolicy } from '#core/policy/define-policy';
import { rulesForBuilder } from '#core/slsa/builders';
import { parsePolicy } from '#core/policy/parse-policy';
import type { ProvenanceDocument } from '#core/policy/document';
import { generatorClaims } from '../sigstore/claims.ts';
import type { Json } from '../sigstore/json.ts';
import { makeEvidence, type EvidenceOptions } from '../sigstore/make-evidence.ts';
import {
  cycloneDx,
  npmPublish,
  statementV1,
  verificationSummary,
  type StatementMaker,
} from '../sigstore/statement.ts';
import { anyGithub, judged, required, thrown, type Reach, type Reaches } from './reach.ts';

const RELEASE = 'https://github.com/example-org/example/.github/workflows/release.yml';
const GENERATOR =
  'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml';

const provenance = (rule: ProvenanceDocument, options: EvidenceOptions = {}): Reach =>
  required({ provenance: rule }, options);
const source = (rule: ProvenanceDocument['source'] & object): Reach => provenance({ source: rule });
const summary = (edit: Record<string, Json | undefined> = {}): EvidenceOptions => ({
  statement: verificationSummary(edit),
});

const byCue = (cue: string): Promise<unknown> =>
  definePolicy({ name: 'x', requirements: [{ signers: [anyGithub], cue }] });

const anyOther = { requirements: [{ signers: [anyGithub] }] };
const good = makeEvidence();

const scan =
  (finished: string): StatementMaker =>
  (subjects) =>
    statementV1(subjects, 'https://in-toto.io/attestation/vulns/v0.2', {
      scanner: {
        uri: 'https://scanner.example',
        result: [{ id: 'CVE-2026-0001', severity: [{ method: 'nvd', score: 'HIGH' }] }],
      },
      metadata: { scanStartedOn: finished, scanFinishedOn: finished },
    });

/** A package's two attestations name it by its package URL. */
const npm = (rule: { readonly name?: string; readonly version?: string }): Reach => {
  const { artifact } = good;
  const subjects = [{ name: 'pkg:npm/example@1.2.3', digest: { sha512: artifact.digests.sha512 } }];
  return required({ package: rule }, { subjects, statement: npmPublish('example', '1.2.3') });
};

/** Codes of policy documents and of their rules. */
export const policyReaches = {
  POLICY_INVALID: () => thrown(() => parsePolicy('{"name": "x"}', 'policy.json')),
  POLICY_UNSUPPORTED: () =>
    thrown(() =>
      definePolicy({ name: 'x', requirements: [{ signers: [anyGithub], predicate: { $async: true } }] }),
    ),
  POLICY_CUE_INVALID: () => thrown(() => byCue('predicate: {')),
  POLICY_CUE_UNSUPPORTED: () => thrown(() => byCue('@if(linux)')),
  POLICY_CUE_LIMIT: () => thrown(() => byCue('import "list"\npredicate: n: list.Range(0, 1000000, 1)')),
  POLICY_NOT_YET_VALID: () => judged(good, { ...anyOther, notBefore: '2030-01-01T00:00:00Z' }),
  POLICY_EXPIRED: () => judged(good, { ...anyOther, expires: '2020-01-01T00:00:00Z' }),
  POLICY_NO_MATCH: () => judged(good, { ...anyOther, subjects: ['something-else'] }),
  ATTESTATION_MISSING: required({ predicateType: 'cyclonedx' }),
  ATTESTATIONS_TOO_FEW: required({ match: { atLeast: 2 } }),
  SIGNER_ISSUER_MISMATCH: required({ signers: [{ ...anyGithub, issuer: 'https://issuer.example' }] }),
  SIGNER_IDENTITY_MISMATCH: required({
    signers: [{ ...anyGithub, identity: 'https://github.com/someone/else' }],
  }),
  SIGNER_EXTENSION_MISMATCH: required({
    signers: [{ ...anyGithub, extensions: { sourceRepositoryIdentifier: '1' } }],
  }),
  SIGNER_KEY_MISMATCH: () => {
    const fixture = makeEvidence({ signer: 'key' });
    const signers = [{ key: { sha256: '00'.repeat(32) }, transparencyLog: 'optional' as const }];
    return judged(fixture, { requirements: [{ signers }] });
  },
  BUILDER_UNTRUSTED: provenance({ builders: [{ id: GENERATOR, level: 3 }] }),
  BUILDER_ID_MISMATCH: provenance({
    builders: [{ id: `${GENERATOR}@v1.0.0`, identity: RELEASE, level: 3 }],
  }),
  BUILDER_ID_INVALID: () => thrown(() => rulesForBuilder('a@b@c', 'artifact')),
  BUILDER_REF_INVALID: provenance(
    { builders: [{ id: GENERATOR, level: 3 }] },
    {
      claims: {
        ...generatorClaims,
        job_workflow_ref: generatorClaims.job_workflow_ref.replace(/@.*/, '@refs/heads/main'),
      },
    },
  ),
  BUILD_LEVEL_TOO_LOW: provenance({ builders: [{ id: RELEASE, level: 1 }], level: 3 }),
  BUILD_TYPE_MISMATCH: provenance({ buildType: 'https://example.org/other' }),
  SOURCE_REPOSITORY_MISMATCH: source({ repository: 'https://github.com/fork/example' }),
  SOURCE_REF_MISMATCH: source({ ref: 'refs/heads/main' }),
  SOURCE_BRANCH_MISMATCH: source({ branch: 'release' }),
  SOURCE_TAG_MISMATCH: source({ tag: 'v1.2.4' }),
  SOURCE_VERSIONED_TAG_MISMATCH: source({ versionedTag: 'v1.3' }),
  SOURCE_DIGEST_MISMATCH: source({ digest: '0'.repeat(40) }),
  SOURCE_IDENTIFIER_MISMATCH: source({ repositoryId: '1' }),
  WORKFLOW_MISMATCH: provenance({ workflow: '.github/workflows/other.yml' }),
  WORKFLOW_INPUT_MISMATCH: provenance({ workflowInputs: { release: 'true' } }),
  TRIGGER_NOT_ALLOWED: provenance({ triggers: ['release'] }),
  RUNNER_ENVIRONMENT_MISMATCH: provenance({ runnerEnvironment: 'self-hosted' }),
  EXTERNAL_PARAMETER_NOT_ALLOWED: provenance({ externalParameters: {} }),
  NOT_HERMETIC: provenance({ builders: [{ id: RELEASE, level: 3 }], hermetic: true }),
  DEPENDENCIES_INCOMPLETE: provenance({ builders: [{ id: RELEASE, level: 3 }], dependenciesComplete: true }),
  DEPENDENCY_HOST_NOT_ALLOWED: provenance({ dependencyHosts: ['mirror.example'] }),
  CUE_MISMATCH: required({ cue: 'predicateType: "https://example.com/other"' }),
  CUE_FIELD_MISSING: required({ cue: 'predicate: absent: string' }),
  CUE_UNDECIDED: required({ cue: 'predicate: _, predicateType: predicate.absent' }),
  COSIGN_PAYLOAD_INVALID: required({ cue: { files: [{ name: 'p.cue', text: '' }], cosign: 'spdxjson' } }),
  PREDICATE_SCHEMA_MISMATCH: required({ predicate: { type: 'object', required: ['absent'] } }),
  PACKAGE_NAME_MISMATCH: npm({ name: 'exarnple' }),
  PACKAGE_VERSION_MISMATCH: npm({ version: '1.2.4' }),
  SBOM_MISMATCH: required({ sbom: { forbidPackages: ['pkg:npm/left-pad@**'] } }, { statement: cycloneDx }),
  VSA_RESULT_NOT_PASSED: required({ vsa: {} }, summary({ verificationResult: 'FAILED' })),
  VSA_LEVEL_TOO_LOW: required({ vsa: { verifiedLevels: ['SLSA_BUILD_LEVEL_4'] } }, summary()),
  VSA_RESOURCE_MISMATCH: required({ vsa: { resourceUri: 'https://example.org/other' } }, summary()),
  VSA_VERIFIER_MISMATCH: required({ vsa: { verifierId: 'https://verifier.example/v2' } }, summary()),
  VULNERABILITY_SCAN_STALE: required(
    { vulnerabilities: { maxAge: 86_400 } },
    { statement: scan('2026-01-15T09:00:00Z') },
  ),
  VULNERABILITY_FOUND: required(
    { vulnerabilities: { forbidSeverities: ['HIGH'] } },
    { statement: scan('2026-01-15T09:00:00Z') },
  ),
} satisfies Reaches;
