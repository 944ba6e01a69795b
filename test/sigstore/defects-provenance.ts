import type { ReasonCode } from '#core/errors/codes';
import { generatorClaims, githubClaims, type Claims } from './claims.ts';
import type { Defect, Defects } from './defect.ts';
import type { Json } from './json.ts';
import { makeEvidence, type EvidenceOptions } from './make-evidence.ts';
import {
  generatorProvenance,
  githubProvenance,
  verificationSummary,
  type StatementMaker,
} from './statement.ts';

/** A statement about other claims than the certificate's. */
const lying =
  (maker: StatementMaker, claims: Partial<Claims>): StatementMaker =>
  (subjects, truth) =>
    maker(subjects, { ...truth, ...claims });

const contradiction = (claims: Partial<Claims>): Defect => ({
  code: 'PROVENANCE_CONTRADICTS_CERTIFICATE',
  stage: 'extract',
  make: () => makeEvidence({ statement: lying(githubProvenance, claims) }),
});

const generatorContradiction = (claims: Partial<Claims>): Defect => ({
  code: 'PROVENANCE_CONTRADICTS_CERTIFICATE',
  stage: 'extract',
  make: () => makeEvidence({ claims: generatorClaims, statement: lying(generatorProvenance, claims) }),
});

const predicate = (
  code: ReasonCode,
  predicateType: string,
  value: Json,
  options: EvidenceOptions = {},
): Defect => ({
  code,
  stage: 'extract',
  make: () =>
    makeEvidence({
      ...options,
      statement: (subjects, claims) => ({
        ...githubProvenance(subjects, claims),
        predicateType,
        predicate: value,
      }),
    }),
});

const otherWorkflow = 'example-org/example/.github/workflows/other.yml@refs/tags/v1.2.3';

export const provenanceDefects: Defects = {
  'provenance: another builder': contradiction({ job_workflow_ref: otherWorkflow }),
  'provenance: another repository': contradiction({ repository: 'evil-org/evil' }),
  'provenance: another ref': contradiction({ ref: 'refs/tags/v9.9.9' }),
  'provenance: another commit': contradiction({ sha: 'ab'.repeat(20) }),
  'provenance: another workflow': contradiction({ workflow_ref: otherWorkflow }),
  'provenance: another trigger': contradiction({ event_name: 'workflow_dispatch' }),
  'provenance: another repository id': contradiction({ repository_id: '1' }),
  'provenance: another owner id': contradiction({ repository_owner_id: '1' }),
  'provenance: another runner': contradiction({ runner_environment: 'self-hosted' }),
  'provenance: another run': contradiction({ run_id: '1' }),
  'provenance v0.2: another builder': generatorContradiction({
    job_workflow_ref: githubClaims.job_workflow_ref,
  }),
  'provenance v0.2: another repository': generatorContradiction({ repository: 'evil-org/evil' }),
  'provenance v0.2: another ref': generatorContradiction({ ref: 'refs/tags/v9.9.9' }),
  'provenance v0.2: another commit': generatorContradiction({ sha: 'ab'.repeat(20) }),
  'provenance v0.2: another workflow': generatorContradiction({ workflow_ref: otherWorkflow }),
  'provenance v0.2: another trigger': generatorContradiction({ event_name: 'workflow_dispatch' }),
  'provenance v0.2: another run': generatorContradiction({ run_id: '1' }),

  'provenance: empty predicate': predicate('PROVENANCE_INVALID', 'https://slsa.dev/provenance/v1', {}),
  'provenance: predicate of another kind': predicate(
    'PROVENANCE_INVALID',
    'https://slsa.dev/provenance/v1',
    'text',
  ),
  'provenance: builder without id': predicate('PROVENANCE_INVALID', 'https://slsa.dev/provenance/v1', {
    buildDefinition: { buildType: 'https://example.org/t', externalParameters: {} },
    runDetails: { builder: {} },
  }),
  'provenance v0.2: empty predicate': predicate('PROVENANCE_INVALID', 'https://slsa.dev/provenance/v0.2', {}),
  'summary: empty predicate': predicate('VSA_INVALID', 'https://slsa.dev/verification_summary/v1', {}),
  'summary: result of another kind': {
    code: 'VSA_INVALID',
    stage: 'extract',
    make: () => makeEvidence({ statement: verificationSummary({ verificationResult: 'MAYBE' }) }),
  },
  'SBOM: empty predicate': predicate('SBOM_INVALID', 'https://cyclonedx.org/bom', {}),
  'SBOM: SPDX without version': predicate('SBOM_INVALID', 'https://spdx.dev/Document', {}),
};
