import { refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { limits } from '#core/limits';
import { isLoopback } from '#core/oci/origin';
import { GithubApi } from '#core/release-set/github-api';
import { parseGithubName, type GithubAsset } from '#core/release-set/github-answer';
import { releasePath } from '#core/release-set/path';
import { unsafeFile } from '#core/release-set/read-file';
import type { ReleaseFile } from '#core/release-set/release-file';
import { quote } from '../cli/flags.ts';
import { startProgress } from './progress.ts';

/** Downloads at one time. */
const AT_ONCE = 4;

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
  const network = await io.network?.();
  if (network === undefined)
    return refuse('NETWORK_UNAVAILABLE', 'there is no network to ask GitHub by', { hint: 'name a folder' });
  const token = io.env['GITHUB_TOKEN'] || io.env['GH_TOKEN'] || undefined;
  const api = new GithubApi({ fetch: network.http({}), clock: network.clock, api: apiOf(io.env), token });
  const assets = await api.assets(name);
  const progress = startProgress(io, `downloading ${source}`);
  const files: ReleaseFile[] = [];
  let before = 0;
  let kept = 0;
  const queue = assets.entries();
  const worker = async (): Promise<void> => {
    for (const [index, asset] of queue) {
      files[index] = await readAsset(asset, (path) =>
        api.read(name, asset, path, (bytes) => {
          progress.step(before + bytes, `${files.length} of ${assets.length} files`);
        }),
      );
      before += asset.size;
      if (files[index]?.document !== undefined) kept += asset.size;
      if (kept > limits.releaseDocuments) {
        refuse('INPUT_TOO_LARGE', 'the release has too many attestations and checksum files', {
          expected: `at most ${limits.releaseDocuments} octets of them`,
        });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, assets.length) }, worker));
  progress.end();
  return files;
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
