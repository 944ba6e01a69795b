import { createHash } from 'node:crypto';
import { refuse } from '#core/errors/error';
import { limits } from '#core/limits';
import type { Clock, HttpFetch, HttpResponse } from '#core/oci/http';
import { isLoopback } from '#core/oci/origin';
import { readBody } from '#core/oci/read-body';
import { retryAfter } from '#core/oci/retry-after';
import { parseAssets, parseRelease, type GithubAsset, type GithubReleaseName } from './github-answer.ts';
import { shownName } from './path.ts';
import { fileOfBytes, fileOfDigests } from './read-file.ts';
import type { ReleaseFile } from './release-file.ts';

export interface GithubOptions {
  readonly fetch: HttpFetch;
  readonly clock: Clock;
  /** `https://api.github.com`, or where another GitHub has its API. */
  readonly api: URL;
  /** Goes to api.github.com only. */
  readonly token?: string | undefined;
}

/** The one address that a token is for. */
const TOKEN_ORIGIN = 'https://api.github.com';
/** Milliseconds for a page, and for a file. */
const PAGE = 60_000;
const FILE = 3_600_000;
const REDIRECTS = 5;
const ATTEMPTS = 3;
/** The longest that a rate limit is waited for, milliseconds. */
const PATIENCE = 10_000;
const PAUSE = 500;
const PAGES = 200;
const PER_PAGE = 100;
const REDIRECTED: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Releases by GitHub's REST API. */
export class GithubApi {
  readonly #options: GithubOptions;

  constructor(options: GithubOptions) {
    this.#options = options;
  }

  /**
   * What GitHub lists as the files of a release, from all pages.
   * @throws GITHUB_RELEASE_NOT_FOUND, GITHUB_RATE_LIMITED, GITHUB_UNAVAILABLE, GITHUB_ANSWER_INVALID, NETWORK_UNAVAILABLE
   */
  async assets({ owner, repository, tag }: GithubReleaseName): Promise<readonly GithubAsset[]> {
    const home = `/repos/${owner}/${repository}/releases`;
    const tagPath = tag.split('/').map(encodeURIComponent).join('/');
    const { bytes } = await this.#page(`${home}/tags/${tagPath}`);
    const list = `${home}/${parseRelease(bytes, tag)}/assets`;
    const assets: GithubAsset[] = [];
    for (let page = 1; ; page++) {
      const answer = await this.#page(`${list}?per_page=${PER_PAGE}&page=${page}`);
      const found = parseAssets(answer.bytes);
      assets.push(...found);
      if (assets.length > limits.releaseFiles || page > PAGES) {
        refuse('INPUT_TOO_LARGE', 'the release has too many files', {
          expected: `at most ${limits.releaseFiles}`,
        });
      }
      if (found.length < PER_PAGE && !answer.hasNext) break;
    }
    return assets;
  }

  /**
   * Downloads a file and reads it as it comes; only what may tell of others is kept meanwhile.
   * @param progress gets the octets of this file so far
   * @throws GITHUB_CONTENT_MISMATCH, and what {@link assets} throws
   */
  async read(
    { owner, repository }: GithubReleaseName,
    asset: GithubAsset,
    path: string,
    progress: (bytes: number) => void,
  ): Promise<ReleaseFile> {
    const url = `/repos/${owner}/${repository}/releases/assets/${asset.id}`;
    const file = await this.#ask(url, 'application/octet-stream', FILE, async (response) =>
      receive(response, asset, path, progress),
    );
    const { sha256 } = file.digests;
    if (asset.sha256 !== undefined && sha256 !== asset.sha256)
      mismatch(asset, `sha256:${asset.sha256}`, `sha256:${sha256}`);
    return file;
  }

  async #page(path: string): Promise<Page> {
    return this.#ask(path, 'application/vnd.github+json', PAGE, async (response) => ({
      bytes: await readBody(response, { name: "GitHub's answer", limit: limits.githubAnswer }),
      hasNext: /;\s*rel="?next"?/i.test(response.header('link')?.slice(0, 8192) ?? ''),
    }));
  }

  /** Asks; once more where the connection was cut off, or GitHub says to wait a little. */
  async #ask<T>(
    path: string,
    accept: string,
    within: number,
    read: (response: HttpResponse) => Promise<T>,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const response = await this.#follow(path, accept, within);
      if (response.status === 200) return read(response);
      response.discard();
      const wait = waitFor(response) ?? PAUSE * 4 ** (attempt - 1);
      const isBusy = isRateLimit(response) || response.status >= 500;
      if (!isBusy || attempt === ATTEMPTS || wait > PATIENCE) return refuseStatus(response, this.#options);
      await this.#options.clock.wait(wait);
    }
  }

  /** Files lie elsewhere: what authorizes goes to GitHub's API only, and only by TLS. */
  async #follow(path: string, accept: string, within: number): Promise<HttpResponse> {
    const { api, token } = this.#options;
    let url = this.#url(path);
    for (let hop = 0; hop <= REDIRECTS; hop++) {
      const isOurs = token !== undefined && url.origin === TOKEN_ORIGIN;
      const response = await this.#options.fetch({
        method: 'GET',
        url,
        headers: {
          accept,
          'user-agent': 'edgeseal',
          'x-github-api-version': '2022-11-28',
          ...(isOurs ? { authorization: `Bearer ${token}` } : {}),
        },
        within,
      });
      const location = response.header('location');
      if (!REDIRECTED.has(response.status) || location === undefined) return response;
      response.discard();
      const next = URL.canParse(location, url) ? new URL(location, url) : undefined;
      if (next === undefined || !mayFollow(api, next)) {
        return refuse('GITHUB_ANSWER_INVALID', 'GitHub redirects to where edgeseal does not go', {
          expected: 'https:',
          found: JSON.stringify(
            (next === undefined ? location : `${next.protocol}//${next.host}`).slice(0, 200),
          ),
        });
      }
      url = next;
    }
    return refuse('GITHUB_ANSWER_INVALID', 'GitHub redirects again and again', {
      expected: `at most ${REDIRECTS} redirects`,
    });
  }

  #url(path: string): URL {
    const { api } = this.#options;
    return new URL(api.pathname.replace(/\/$/, '') + path, api);
  }
}

interface Page {
  readonly bytes: Uint8Array;
  readonly hasNext: boolean;
}

function mayFollow(api: URL, next: URL): boolean {
  if (next.username !== '' || next.password !== '') return false;
  if (next.protocol === 'https:') return true;
  return next.protocol === 'http:' && isLoopback(api.hostname) && isLoopback(next.hostname);
}

/** Hashes what comes; keeps it while it is small enough to be read. */
async function receive(
  response: HttpResponse,
  asset: GithubAsset,
  path: string,
  progress: (bytes: number) => void,
): Promise<ReleaseFile> {
  const sha256 = createHash('sha256');
  const sha512 = createHash('sha512');
  const chunks: Uint8Array[] = [];
  const isKept = asset.size <= limits.evidenceFile;
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > asset.size) mismatch(asset, `${asset.size} octets`, 'more');
    if (isKept) chunks.push(chunk);
    else {
      sha256.update(chunk);
      sha512.update(chunk);
    }
    progress(length);
  }
  if (length !== asset.size) mismatch(asset, `${asset.size} octets`, `${length} octets`);
  if (isKept) return fileOfBytes(path, Buffer.concat(chunks, length));
  return fileOfDigests(path, { sha256: sha256.digest('hex'), sha512: sha512.digest('hex') });
}

function mismatch({ name }: GithubAsset, expected: string, found: string): never {
  return refuse('GITHUB_CONTENT_MISMATCH', `${shownName(name)} is not what GitHub says that it is`, {
    path: name.slice(0, 200),
    expected,
    found,
    hint: 'fetch it again; if it stays so, do not use it',
  });
}

function isRateLimit(response: HttpResponse): boolean {
  if (response.status === 429) return true;
  return (
    response.status === 403 &&
    (response.header('x-ratelimit-remaining') === '0' || response.header('retry-after') !== undefined)
  );
}

/** Milliseconds to wait, by `retry-after`, else until the limit is lifted; the clock is the answer's own. */
function waitFor(response: HttpResponse): number | undefined {
  const after = retryAfter(response);
  if (after !== undefined || response.header('x-ratelimit-remaining') !== '0') return after;
  const reset = Number(response.header('x-ratelimit-reset'));
  const now = Date.parse(response.header('date') ?? '');
  return Number.isNaN(reset) || Number.isNaN(now) ? undefined : Math.max(0, reset * 1000 - now);
}

function refuseStatus(response: HttpResponse, { api, token }: GithubOptions): never {
  const found = `HTTP ${response.status}`;
  if (isRateLimit(response)) {
    const wait = waitFor(response);
    return refuse('GITHUB_RATE_LIMITED', `${api.host} has had too many questions`, {
      found: wait === undefined ? found : `${found}, to be asked again after ${Math.ceil(wait / 1000)} s`,
      hint: token === undefined ? 'set GITHUB_TOKEN: with a token more is allowed' : 'try again later',
    });
  }
  if (response.status === 404 || response.status === 401 || response.status === 403) {
    return refuse('GITHUB_RELEASE_NOT_FOUND', `${api.host} does not give out this release`, {
      expected: 'a published release',
      found,
      hint:
        token === undefined
          ? 'check owner, repository and tag; of a private repository a token is needed (GITHUB_TOKEN)'
          : 'check owner, repository, tag, and what the token may read',
    });
  }
  return refuse('GITHUB_UNAVAILABLE', `${api.host} does not answer as it should`, {
    found,
    hint: 'try again later',
  });
}
