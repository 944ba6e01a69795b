import { EdgesealError, refuse } from '#core/errors/error';
import type { Network } from '#core/io/io';
import type { Clock, HttpFetch, HttpResponse } from '#core/oci/http';
import { isLoopback, mayFollow } from '#core/oci/origin';
import { readBody } from '#core/oci/read-body';
import { followRedirects, REDIRECTED } from '#core/oci/redirects';
import { Repetitions, type Attempt } from '#core/oci/repetitions';
import { retryAfter } from '#core/oci/retry-after';

/** Milliseconds for one file. */
const WITHIN = 3_600_000;
const REDIRECTS = 5;
/** The longest that is waited before a question is asked again, milliseconds. */
const PATIENCE = 30_000;
const REPEATED: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);
const MISSING: ReadonlySet<number> = new Set([404, 410]);

/** Downloads by HTTPS, on this machine also by HTTP. It knows no credentials, and asks again within one budget. */
export class Web {
  readonly #fetch: HttpFetch;
  readonly #repetitions: Repetitions;

  constructor({ fetch, clock }: { readonly fetch: HttpFetch; readonly clock: Clock }) {
    this.#fetch = fetch;
    this.#repetitions = new Repetitions({ clock, patience: () => PATIENCE });
  }

  static of(network: Network): Web {
    return new Web({ fetch: network.http({}), clock: network.clock });
  }

  /**
   * What an address has.
   * @param name of what is asked for, for people
   * @param take reads the body; where it throws that the content is another, it is asked for again
   * @returns undefined where there is nothing
   * @throws RELEASE_INPUT_UNAVAILABLE, REGISTRY_REDIRECT_REFUSED, and what `take` throws
   */
  async download<T>(
    address: URL,
    name: string,
    take: (response: HttpResponse) => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await this.#repetitions.run(async () => this.#attempt(address, name, take));
    } catch (cause) {
      if (!(cause instanceof EdgesealError) || !UNREACHED.has(cause.code)) throw cause;
      return unavailable(name, cause.reason.found ?? cause.code, address.host, cause);
    }
  }

  /** A small answer. */
  async read(address: URL, name: string, limit: number): Promise<Uint8Array | undefined> {
    return this.download(address, name, async (response) => readBody(response, { name, limit }));
  }

  async #attempt<T>(
    address: URL,
    name: string,
    take: (response: HttpResponse) => Promise<T>,
  ): Promise<Attempt<T | undefined>> {
    const response = await this.#follow(address, name);
    if (response.status === 200) return taken(await settled(take(response)));
    response.discard();
    if (MISSING.has(response.status)) return { answer: undefined };
    const giveUp = (): never => unavailable(name, `HTTP ${response.status}`, address.host);
    return REPEATED.has(response.status) ? { after: retryAfter(response), giveUp } : giveUp();
  }

  async #follow(address: URL, name: string): Promise<HttpResponse> {
    checkAddress(address, name);
    const { response } = await followRedirects(
      address,
      {
        most: REDIRECTS,
        statuses: REDIRECTED,
        mayFollow: (next) => mayFollow(address, next, { allowHttp: false }),
        elsewhere: (next) =>
          badRedirect(address, next === undefined ? 'no address' : `${next.protocol}//${next.host}`),
        again: () => badRedirect(address, `more than ${REDIRECTS} redirects`),
      },
      async (url) =>
        this.#fetch({
          method: 'GET',
          url,
          headers: { accept: '*/*', 'user-agent': 'edgeseal' },
          within: WITHIN,
        }),
    );
    return response;
  }
}

const UNREACHED: ReadonlySet<string> = new Set(['NETWORK_UNAVAILABLE', 'REGISTRY_TIMEOUT']);

interface Settled<T> {
  readonly value?: T;
  readonly error?: EdgesealError;
}

/** Content that is not what it should be may have been cut off by somebody on the way. */
async function settled<T>(taking: Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await taking };
  } catch (error) {
    if (error instanceof EdgesealError && error.code === 'RELEASE_CONTENT_MISMATCH') return { error };
    throw error;
  }
}

function taken<T>({ value, error }: Settled<T>): Attempt<T | undefined> {
  if (error === undefined) return { answer: value };
  const giveUp = (): never => {
    throw error;
  };
  return { after: undefined, giveUp };
}

/** By TLS, or on this machine; without a name and a password. */
function checkAddress(address: URL, name: string): void {
  const isSafe =
    address.protocol === 'https:' || (address.protocol === 'http:' && isLoopback(address.hostname));
  if (isSafe && address.username === '' && address.password === '') return;
  refuse('RELEASE_INPUT_UNAVAILABLE', `${shown(name)} is kept where edgeseal does not go`, {
    expected: 'https:, without a name and a password',
    found: JSON.stringify(`${address.protocol}//${address.host}`.slice(0, 200)),
  });
}

/**
 * @param found never with a path or a query of an address that the input does not name: they may grant access
 * @throws RELEASE_INPUT_UNAVAILABLE
 */
function unavailable(name: string, found: string, host: string, cause?: unknown): never {
  return refuse('RELEASE_INPUT_UNAVAILABLE', `${shown(name)} cannot be had from ${host}`, {
    expected: 'the content that the digest names',
    found,
    hint: 'check the network, and try again: what has been fetched stays in the store',
    cause,
  });
}

function badRedirect({ host }: URL, found: string): never {
  return refuse('REGISTRY_REDIRECT_REFUSED', `${host} redirects to where edgeseal does not go`, {
    expected: 'https:',
    found: JSON.stringify(found.slice(0, 200)),
    hint: 'tell who runs it',
  });
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 300));
}
