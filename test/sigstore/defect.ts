import type { ReasonCode } from '#core/errors/codes';
import type { EvidenceFixture } from './make-evidence.ts';

/** The step of verification that must refuse: reading, proving the signer, reading the statement, its predicate. */
export type DefectStage = 'parse' | 'authenticate' | 'bind' | 'extract';

/** Evidence that is wrong in one place. */
export interface Defect {
  readonly code: ReasonCode;
  readonly stage: DefectStage;
  make(): EvidenceFixture;
}

export type Defects = Readonly<Record<string, Defect>>;
