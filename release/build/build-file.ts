import { rmSync } from 'node:fs';
import path from 'node:path';
import { lazySchema, readWorkFile, writeWorkFile, type WorkFile } from '../lock/work-file.ts';
import type { BuildRecord } from './build-record.ts';

const NAME = 'build.json';
const schema = lazySchema<BuildRecord>(
  async () => (await import('./build.schema.json', { with: { type: 'json' } })).default,
);

/**
 * The record that `build` wrote. Nothing that it names has been looked at yet.
 * @throws FILE_NOT_FOUND, RELEASE_WORK_INVALID, ...
 */
export async function readBuild(workFolder: string): Promise<WorkFile<BuildRecord>> {
  return readWorkFile(workFolder, NAME, 'build', schema);
}

/** @returns SHA-256 of the file, in hexadecimal @throws FILE_UNWRITABLE */
export function writeBuild(workFolder: string, record: BuildRecord): string {
  return writeWorkFile(workFolder, NAME, record);
}

/** Takes away what a build before has left: one that fails has no record. */
export function removeBuild(workFolder: string): void {
  for (const name of [NAME, 'rebuild.json']) rmSync(path.join(workFolder, name), { force: true });
}
