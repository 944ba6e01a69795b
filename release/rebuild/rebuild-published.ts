import path from 'node:path';
import { refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { limits } from '#core/limits';
import type { StepProgress } from '../build/run-steps.ts';
import { inWorkshop } from '../build/workshop.ts';
import { parseDescription } from '../description/parse-description.ts';
import { fetchRelease } from '../fetch/fetch-release.ts';
import { openWork } from '../lock/work.ts';
import { makePlan } from '../plan/make-plan.ts';
import type { SandboxDriver } from '../sandbox/sandbox.ts';
import { buildAgain } from './build-again.ts';
import { checkInputs, checkSubjects, type PublishedComparison } from './check-published.ts';
import { cloneSource } from './clone-source.ts';
import { readPublished, type Published } from './published.ts';

export interface RebuildPublishedOptions {
  /** The file with the provenance. */
  readonly provenance: string;
  /** The description in a clone of the source; cloned where it is not said. */
  readonly description: string | undefined;
  /** `--work`, absolute. */
  readonly workFolder: string;
  readonly isOffline: boolean;
  readonly driver: SandboxDriver;
  readonly progress: StepProgress;
  readonly io: Io;
}

/**
 * Builds what published provenance is about, from nothing but that: the source and every input by its digest, then
 * all steps. Every subject must come out with the same digest.
 * @throws PROVENANCE_INVALID, RELEASE_SOURCE_*, RELEASE_CONTENT_MISMATCH, REBUILD_DIFFERS, and what fetching and
 * building are refused for
 */
export async function rebuildPublished(
  options: RebuildPublishedOptions,
): Promise<PublishedComparison & { readonly published: Published }> {
  const { provenance, workFolder, isOffline, driver, progress, io } = options;
  const published = readPublished(io.files.read(provenance, limits.evidenceFile), provenance);
  const file =
    options.description === undefined
      ? await cloneSource(published, path.join(workFolder, 'source'), io.env)
      : io.files.absolute(options.description);
  const description = await parseDescription(io.files.read(file, limits.configFile), file);
  if (description.sha256 !== published.description) {
    refuse('RELEASE_SOURCE_MISMATCH', 'the release description is not the one that the provenance names', {
      expected: `sha256:${published.description}`,
      found: `sha256:${description.sha256}`,
    });
  }
  const { ref, commit } = published;
  const plan = makePlan(description, published.recipe ?? path.basename(file), { ref, commit });
  const { lock } = await fetchRelease({ plan, description: file, workFolder, isOffline, io });
  checkInputs(published, lock);
  const work = await openWork(workFolder);
  return inWorkshop({ work, driver, folder: workFolder }, async (workshop) => {
    const again = await buildAgain({ work, progress, now: io.now }, workshop);
    return { ...checkSubjects(published, again), published };
  });
}
