import { writeWorkFile } from '../lock/work-file.ts';
import type { RebuildRecord } from './rebuild-record.ts';

/** @throws FILE_UNWRITABLE */
export function writeRebuild(workFolder: string, record: RebuildRecord): void {
  writeWorkFile(workFolder, 'rebuild.json', record);
}
