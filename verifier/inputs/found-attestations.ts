import type { Io } from '#core/io/io';
import { inParallel } from '#core/oci/in-parallel';
import { Claims, type FoundEvidence } from '#core/release-set/claims';
import { fitsPath } from '#core/release-set/check-documents';
import type { Expectation } from '#core/release-set/expectation';
import type { GithubRepository } from '#core/release-set/github-answer';
import { GithubEvidence } from '#core/release-set/github-evidence';
import type { ReleaseFile } from '#core/release-set/release-file';
import { openGithub, AT_ONCE } from './github-release.ts';
import { startProgress } from '#core/cli/progress';

/**
 * What GitHub's attestations API has about the files that no attestation in the release names, as
 * `gh attestation verify` asks it.
 * @throws GITHUB_*, NETWORK_UNAVAILABLE, INPUT_TOO_LARGE
 */
export async function findAttestations(
  io: Io,
  repository: GithubRepository,
  files: readonly ReleaseFile[],
  { documents }: Expectation,
): Promise<readonly FoundEvidence[]> {
  const claims = new Claims(files);
  const asked = files.filter(
    ({ path, digests, isEmpty, unsafe, document }) =>
      !isEmpty &&
      unsafe === undefined &&
      document?.kind !== 'evidence' &&
      !fitsPath(documents, path) &&
      claims.about(digests).length === 0,
  );
  if (asked.length === 0) return [];
  const github = new GithubEvidence(await openGithub(io), repository);
  const name = `${repository.owner}/${repository.repository}`;
  const progress = startProgress(io, `asking GitHub for attestations of ${name}`);
  let done = 0;
  const found = await inParallel(
    asked,
    async ({ digests }) => {
      const items = await github.about(`sha256:${digests['sha256'] ?? ''}`);
      done++;
      progress.step(0, `${done} of ${asked.length} files`);
      return { digests, items };
    },
    AT_ONCE,
  );
  progress.end();
  return found;
}
