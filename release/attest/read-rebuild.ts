import { EdgesealError, refuse } from '#core/errors/error';
import { lazySchema, readWorkFile, type WorkFile } from '../lock/work-file.ts';
import type { NamedDocument } from '../provenance/build-definition.ts';
import { checkEqual } from '../rebuild/check-equal.ts';
import type { RebuildRecord } from '../rebuild/rebuild-record.ts';

const NAME = 'rebuild.json';
const schema = lazySchema<RebuildRecord>(
  async () => (await import('./rebuild.schema.json', { with: { type: 'json' } })).default,
);

/**
 * The result of the second build, where there was one: of this build, and with the same bytes.
 * @param build SHA-256 of `build.json`, lower-case hex
 * @throws REBUILD_DIFFERS, RELEASE_WORK_INVALID, JSON_*
 */
export async function readRebuild(workFolder: string, build: string): Promise<NamedDocument | undefined> {
  const file = await readPresent(workFolder);
  if (file === undefined) return undefined;
  if (file.value.build !== build) {
    refuse('RELEASE_WORK_INVALID', 'rebuild.json is about another build', {
      expected: build,
      found: file.value.build,
      hint: 'run edgeseal-release rebuild again, or delete rebuild.json',
    });
  }
  checkEqual(file.value.differences);
  return { name: NAME, sha256: file.sha256, mediaType: 'application/json' };
}

async function readPresent(workFolder: string): Promise<WorkFile<RebuildRecord> | undefined> {
  try {
    return await readWorkFile(workFolder, NAME, 'rebuild', schema);
  } catch (error) {
    if (error instanceof EdgesealError && error.code === 'FILE_NOT_FOUND') return undefined;
    throw error;
  }
}
