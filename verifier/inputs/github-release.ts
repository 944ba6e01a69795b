import { refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { limits } from '#core/limits';
import { inParallel } from '#core/oci/in-parallel';
import { isLoopback } from '#core/oci/origin';
import { GithubApi } from '#core/release-set/github-api';
import { parseGithubName, type GithubAsset } from '#core/release-set/github-answer';
import { releasePath } from '#core/release-set/path';
import { unsafeFile } from '#core/release-set/read-file';
import type { ReleaseFile } from '#core/release-set/release-file';
import { quote } from '#core/cli/flags';
import { startProgress } from '#core/cli/progress';

/** Questions to GitHub at one time. */
export const AT_ONCE = 4;

/**
 * The files of a release of GitHub, downloaded and hashed as they come.
 * @throws FLAG_CONFLICT, FLAG_VALUE_INVALID, GITHUB_*, NETWORK_UNAVAILABLE, INPUT_TOO_LARGE
 */
export async function readGithubRelease(
  io: Io,
  source: string,
  isOffline: boolean,
): Promise<readonly ReleaseFile[]> {
  const name = parseGithubName(source);
  if (isOffline) {
    refuse('FLAG_CONFLICT', '--offline and a release of GitHub exclude each other', {
      expected: 'a folder with the files of the release',
      hint: 'download it first, as gh release download does',
    });
  }
  const api = await openGithub(io);
  const assets = await api.assets(name);
  const progress = startProgress(io, `downloading ${source}`);
  const received = new Map<GithubAsset, number>();
  let octets = 0;
  let kept = 0;
  let done = 0;
  const files = await inParallel(
    assets,
    async (asset) => {
      const file = await readAsset(asset, (path) =>
        api.read(name, asset, path, (bytes) => {
          octets += bytes - (received.get(asset) ?? 0);
          received.set(asset, bytes);
          progress.step(octets, `${done} of ${assets.length} files`);
        }),
      );
      done++;
      if (file.document !== undefined) kept += asset.size;
      if (kept > limits.releaseDocuments) {
        refuse('INPUT_TOO_LARGE', 'the release has too many attestations and checksum files', {
          expected: `at most ${limits.releaseDocuments} octets of them`,
        });
      }
      return file;
    },
    AT_ONCE,
  );
  progress.end();
  return files;
}

/**
 * GitHub's API with the token of the environment, where `gh` looks for it: GH_TOKEN, else GITHUB_TOKEN.
 * @throws NETWORK_UNAVAILABLE, FLAG_VALUE_INVALID
 */
export async function openGithub(io: Io): Promise<GithubApi> {
  const network = await io.network?.();
  if (network === undefined)
    return refuse('NETWORK_UNAVAILABLE', 'there is no network to ask GitHub by', { hint: 'name a folder' });
  const token = io.env['GH_TOKEN'] || io.env['GITHUB_TOKEN'] || undefined;
  return new GithubApi({ fetch: network.http({}), clock: network.clock, api: apiOf(io.env), token });
}

async function readAsset(
  { name, isUploaded }: GithubAsset,
  read: (path: string) => Promise<ReleaseFile>,
): Promise<ReleaseFile> {
  if (releasePath(name) !== name || name.includes('/')) return unsafeFile(name, 'a name that is not plain');
  if (!isUploaded) return unsafeFile(name, 'an upload that did not end');
  return read(name);
}

/** Where another GitHub has its API, as GitHub's own runners say. */
function apiOf(env: Io['env']): URL {
  const text = env['GITHUB_API_URL'] || 'https://api.github.com';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isFine = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url !== undefined && isFine && url.username === '' && url.search === '') return url;
  return refuse('FLAG_VALUE_INVALID', 'GITHUB_API_URL is not the address of an API', {
    expected: 'https://HOST/PATH',
    found: quote(text),
  });
}
