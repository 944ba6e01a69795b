import type { Defects } from './defect.ts';
import { certificateDefects } from './defects-certificate.ts';
import { documentDefects } from './defects-document.ts';
import { logDefects } from './defects-log.ts';
import { provenanceDefects } from './defects-provenance.ts';
import { timestampDefects } from './defects-timestamp.ts';

/** Every way to be wrong that the fixtures know, by name. */
export const defects: Defects = {
  ...documentDefects,
  ...certificateDefects,
  ...logDefects,
  ...timestampDefects,
  ...provenanceDefects,
};
