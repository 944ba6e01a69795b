import { decodeSnappy } from '#core/bytes/snappy';
import { refuse } from '#core/errors/error';
import { limits } from '#core/limits';
import type { Clock, HttpFetch, HttpResponse } from '#core/oci/http';
import { nextTarget } from '#core/oci/next-page';
import { mayFollow } from '#core/oci/origin';
import { readBody } from '#core/oci/read-body';
import { followRedirects, REDIRECTED } from '#core/oci/redirects';
import { Repetitions, type Attempt } from '#core/oci/repetitions';
import { retryAfter } from '#core/oci/retry-after';
import {
  parseAssets,
  parseRelease,
  type GithubAsset,
  type GithubReleaseName,
  type GithubRepository,
} from './github-answer.ts';
import { nextCursor, parseAttestations, type GithubAttestation } from './github-attestations.ts';
import { receiveFile } from './receive-file.ts';
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
/** The longest that a rate limit is waited for, milliseconds. */
const PATIENCE = 10_000;
const PAGES = 200;
const PER_PAGE = 100;

/** Releases and attestations by GitHub's REST API. */
export class GithubApi {
  readonly #options: GithubOptions;
  readonly #repetitions: Repetitions;

  constructor(options: GithubOptions) {
    this.#options = options;
    this.#repetitions = new Repetitions({ clock: options.clock, patience: () => PATIENCE });
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
      if (found.length < PER_PAGE && nextTarget(answer.link) === undefined) break;
    }
    return assets;
  }

  /**
   * Downloads a file and reads it as it comes.
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
    return this.#ask(this.#url(url), 'application/octet-stream', FILE, async (response) =>
      response.status === 200
        ? receiveFile(response, asset, path, progress)
        : refuseStatus(response, this.#options),
    );
  }

  /**
   * What GitHub's attestations API lists about a file, from all pages; none is an empty list.
   * @param digest `sha256:HEX`
   * @throws GITHUB_RATE_LIMITED, GITHUB_UNAVAILABLE, GITHUB_ANSWER_INVALID, INPUT_TOO_LARGE, NETWORK_UNAVAILABLE
   */
  async attestations(
    { owner, repository }: GithubRepository,
    digest: string,
  ): Promise<readonly GithubAttestation[]> {
    const list = `/repos/${owner}/${repository}/attestations/${digest}?per_page=${PER_PAGE}`;
    const found: GithubAttestation[] = [];
    let cursor: string | undefined;
    for (let page = 1; page === 1 || cursor !== undefined; page++) {
      const more: string = cursor === undefined ? '' : `&after=${encodeURIComponent(cursor)}`;
      const answer = await this.#page(list + more, true);
      if (answer === undefined) break;
      found.push(...parseAttestations(answer.bytes));
      if (found.length > limits.evidenceItems || page > limits.githubAttestationPages) {
        refuse('INPUT_TOO_LARGE', 'GitHub has too many attestations of one file', {
          path: digest,
          expected: `at most ${limits.evidenceItems}, on ${limits.githubAttestationPages} pages`,
        });
      }
      cursor = nextCursor(answer.link);
    }
    return found;
  }

  /**
   * A bundle that GitHub keeps elsewhere: compressed by Snappy, unless it is sent as JSON.
   * @param address `bundle_url`: it grants access itself
   * @param name for messages
   * @throws GITHUB_BUNDLE_UNAVAILABLE, SNAPPY_INVALID, and what {@link attestations} throws
   */
  async bundle(address: string, name: string): Promise<Uint8Array> {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (url === undefined || !mayFollow(this.#options.api, url, { allowHttp: false })) {
      return refuse('GITHUB_ANSWER_INVALID', 'GitHub keeps a bundle where edgeseal does not go', {
        path: 'bundle_url',
        expected: 'https:',
        found: shownAddress(url),
      });
    }
    const limit = limits.evidenceItem;
    return this.#ask(url, 'application/x-snappy, application/json', PAGE, async (response) => {
      if (response.status !== 200) return refuseBundle(response, url);
      const bytes = await readBody(response, { name, limit });
      const isJson = /^application\/json\b/i.test(response.header('content-type') ?? '');
      return { answer: isJson ? bytes : decodeSnappy(bytes, limit, name) };
    });
  }

  async #page(path: string): Promise<Page>;
  async #page(path: string, mayBeMissing: true): Promise<Page | undefined>;
  async #page(path: string, mayBeMissing = false): Promise<Page | undefined> {
    return this.#ask(this.#url(path), 'application/vnd.github+json', PAGE, async (response) => {
      if (response.status === 404 && mayBeMissing) {
        response.discard();
        return { answer: undefined };
      }
      if (response.status !== 200) return refuseStatus(response, this.#options);
      const bytes = await readBody(response, { name: "GitHub's answer", limit: limits.githubAnswer });
      return { answer: { bytes, link: response.header('link') } };
    });
  }

  /** Asks; again where the connection was cut off, or GitHub says to wait a little. */
  async #ask<T>(
    url: URL,
    accept: string,
    within: number,
    read: (response: HttpResponse) => Promise<Attempt<T>>,
  ): Promise<T> {
    return this.#repetitions.run(async () => {
      const response = await this.#follow(url, accept, within);
      if (!isRateLimit(response) && response.status < 500) return read(response);
      response.discard();
      const giveUp = (): never => refuseStatus(response, this.#options);
      return { after: waitFor(response), giveUp };
    });
  }

  /** Files lie elsewhere: what authorizes goes to GitHub's API only, and only by TLS. */
  async #follow(start: URL, accept: string, within: number): Promise<HttpResponse> {
    const { api, token } = this.#options;
    const { response } = await followRedirects(
      start,
      {
        most: REDIRECTS,
        statuses: REDIRECTED,
        mayFollow: (next) => mayFollow(api, next, { allowHttp: false }),
        elsewhere: (next) =>
          refuse('GITHUB_ANSWER_INVALID', 'GitHub redirects to where edgeseal does not go', {
            expected: 'https:',
            found: shownAddress(next),
          }),
        again: () =>
          refuse('GITHUB_ANSWER_INVALID', 'GitHub redirects again and again', {
            expected: `at most ${REDIRECTS} redirects`,
          }),
      },
      async (url) => {
        const isOurs = token !== undefined && url.origin === TOKEN_ORIGIN;
        return this.#options.fetch({
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
      },
    );
    return response;
  }

  #url(path: string): URL {
    const { api } = this.#options;
    return new URL(api.pathname.replace(/\/$/, '') + path, api);
  }
}

interface Page {
  readonly bytes: Uint8Array;
  readonly link: string | undefined;
}

/** Without path and query: they may hold what grants access. */
function shownAddress(url: URL | undefined): string {
  return url === undefined ? 'no address' : JSON.stringify(`${url.protocol}//${url.host}`.slice(0, 200));
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

function refuseBundle(response: HttpResponse, { host }: URL): never {
  response.discard();
  return refuse('GITHUB_BUNDLE_UNAVAILABLE', 'GitHub has an attestation and does not give its bundle', {
    expected: 'a Sigstore bundle at bundle_url',
    found: `HTTP ${response.status} from ${host}`,
    hint: 'try again: such addresses are good for a short time; or it was deleted',
  });
}

function refuseStatus(response: HttpResponse, { api, token }: GithubOptions): never {
  response.discard();
  const found = `HTTP ${response.status}`;
  if (isRateLimit(response)) {
    const wait = waitFor(response);
    return refuse('GITHUB_RATE_LIMITED', `${api.host} has had too many questions`, {
      expected: 'questions within the rate limit',
      found: wait === undefined ? found : `${found}, to be asked again after ${Math.ceil(wait / 1000)} s`,
      hint:
        token === undefined
          ? 'set GH_TOKEN or GITHUB_TOKEN: with a token GitHub allows 5000 questions an hour, without 60; or try again later'
          : 'try again later, when the limit of the token is lifted',
    });
  }
  if (response.status === 401 && token !== undefined) {
    return refuse('GITHUB_RELEASE_NOT_FOUND', `${api.host} does not take the token`, {
      expected: 'a valid token in GH_TOKEN or GITHUB_TOKEN, or none',
      found,
      hint: 'it may have expired: make another one, or unset it; a public release needs none',
    });
  }
  if (response.status === 404 || response.status === 401 || response.status === 403) {
    return refuse('GITHUB_RELEASE_NOT_FOUND', `${api.host} does not give out this release`, {
      expected: 'a published release',
      found,
      hint:
        token === undefined
          ? 'check owner, repository and tag; of a private repository a token is needed (GH_TOKEN)'
          : 'check owner, repository, tag, and what the token may read',
    });
  }
  return refuse('GITHUB_UNAVAILABLE', `${api.host} does not answer as it should`, {
    found,
    hint: 'try again later',
  });
}
