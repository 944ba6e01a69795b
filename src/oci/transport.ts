import { refuse } from '#core/errors/error';
import { authorize } from './authorize.ts';
import { parseChallenges } from './challenge.ts';
import type { FindCredentials } from './credentials.ts';
import type { Clock, HttpContent, HttpFetch, HttpResponse } from './http.ts';
import { mayFollow, originsOf, type HttpRule } from './origin.ts';
import { formatRepository, type Repository } from './reference.ts';
import { followRedirects, KEPT, REDIRECTED } from './redirects.ts';
import { isCutOff, Repetitions } from './repetitions.ts';
import { retryAfter } from './retry-after.ts';

export interface TransportOptions extends HttpRule {
  readonly fetch: HttpFetch;
  readonly clock: Clock;
  readonly credentials: FindCredentials;
  /** Milliseconds for everything that is asked through it. */
  readonly timeout: number;
  /** What a token is asked for (default: pulling). */
  readonly actions?: 'pull' | 'pull,push';
}

/** One question to a registry. */
export interface Ask {
  readonly repository: Repository;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  /** From `/v2/` on, with its query; or where the registry said that it goes on. */
  readonly path: string;
  readonly accept: readonly string[];
  readonly body?: HttpContent;
  /** Of the body. */
  readonly type?: string;
  /** Whether what is answered may be large, and take its time. */
  readonly isLarge?: boolean;
  /** How many questions will be asked together once this one is answered. */
  readonly next?: number;
}

interface Answer {
  readonly response: HttpResponse;
  /** The registry's address. */
  readonly origin: URL;
  /** Whether it answered itself, and not somebody whom it redirected to. */
  readonly isOwn: boolean;
}

/** Milliseconds for one exchange, and for one that sends content. */
const EXCHANGE = 60_000;
const LARGE = 15 * 60_000;
const REDIRECTS = 5;
const REPEATED: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/** Asks registries: authorization, redirects, repetitions and time in one place. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #deadline: number;
  /** By registry: the address that answered. */
  readonly #origins = new Map<string, URL>();
  /** By repository: the `Authorization` header. */
  readonly #authorizations = new Map<string, Promise<string>>();
  readonly #repetitions: Repetitions;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#repetitions = new Repetitions({ clock: options.clock, patience: () => this.#left() });
    this.#deadline = options.clock.now() + options.timeout;
  }

  /**
   * Asks and reads the answer. An answer that is cut off is asked for again, as is one that says to.
   * @param read gets any status but those of authorization and repetition
   * @throws REGISTRY_UNAUTHORISED, REGISTRY_RATE_LIMITED, REGISTRY_UNAVAILABLE, REGISTRY_TIMEOUT,
   * REGISTRY_REDIRECT_REFUSED, REGISTRY_INSECURE, CREDENTIALS_UNAVAILABLE, NETWORK_UNAVAILABLE
   */
  async exchange<T>(ask: Ask, read: (response: HttpResponse) => Promise<T>): Promise<T> {
    return this.#repetitions.run(async () => {
      const response = await this.#authorized(ask);
      if (!REPEATED.has(response.status)) return { answer: await read(response) };
      response.discard();
      const giveUp = (after: number): never => busy(ask, response.status, after);
      return { after: retryAfter(response), giveUp };
    });
  }

  /** Asks; where the registry wants to know who asks, once more with an answer to that. */
  async #authorized(ask: Ask): Promise<HttpResponse> {
    const key = formatRepository(ask.repository);
    const known = this.#authorizations.get(key);
    const { response, origin, isOwn } = await this.#follow(ask, await known);
    if (response.status !== 401 || !isOwn) return this.#permitted(ask, response, known !== undefined);
    response.discard();
    const current = this.#authorizations.get(key);
    // Of several questions that were refused together, the first asks for the token.
    const next =
      current === known || current === undefined ? this.#authorize(ask, origin, response) : current;
    this.#authorizations.set(key, next);
    const again = await this.#follow(ask, await next);
    return this.#permitted(ask, again.response, true);
  }

  #permitted(ask: Ask, response: HttpResponse, isKnown: boolean): HttpResponse {
    if (response.status !== 401 && response.status !== 403) return response;
    response.discard();
    const { registry } = ask.repository;
    const isWrite = ask.method === 'POST' || ask.method === 'PUT';
    const rights = isWrite
      ? 'rights to write'
      : 'rights to read, or another name: there may be no such image';
    return refuse(
      'REGISTRY_UNAUTHORISED',
      `${registry} does not let this be ${isWrite ? 'written' : 'read'}`,
      {
        path: formatRepository(ask.repository),
        expected: isKnown ? rights : 'credentials',
        found: `HTTP ${response.status}`,
        hint: `check the name; docker login ${registry}`,
      },
    );
  }

  async #authorize(ask: Ask, origin: URL, response: HttpResponse): Promise<string> {
    const { fetch, credentials, actions = 'pull' } = this.#options;
    return authorize({
      actions,
      challenges: parseChallenges(response.header('www-authenticate') ?? ''),
      repository: ask.repository,
      credentials: await credentials(ask.repository),
      fetch,
      within: this.#within(ask),
      mayAsk: (realm) => mayFollow(origin, realm, this.#options),
    });
  }

  /**
   * Asks at the registry's address: the one that answered before, else the first that does. Once one has
   * answered by TLS, no question goes out without, though it was asked at the same moment and cut off.
   */
  async #follow(ask: Ask, authorization: string | undefined): Promise<Answer> {
    const { registry } = ask.repository;
    const known = this.#origins.get(registry);
    const [first, second] = known === undefined ? originsOf(registry, this.#options) : [known];
    let unheard: Answer | undefined;
    try {
      const answer = await this.#followFrom(first, ask, authorization);
      if (second === undefined || !mayWantTls(answer)) return this.#settle(registry, answer);
      unheard = answer;
    } catch (error) {
      const settled = this.#origins.get(registry);
      if (!isCutOff(error) || second === undefined || settled?.origin === first.origin) throw error;
    }
    try {
      const answer = await this.#followFrom(second, ask, authorization);
      unheard?.response.discard();
      return this.#settle(registry, answer);
    } catch (error) {
      if (unheard === undefined || !isCutOff(error)) throw error;
      return this.#settle(registry, unheard);
    }
  }

  #settle(registry: string, answer: Answer): Answer {
    if (!this.#origins.has(registry)) this.#origins.set(registry, answer.origin);
    return answer;
  }

  /** Follows redirects; what authorizes goes to the registry's own address only. */
  async #followFrom(origin: URL, ask: Ask, authorization: string | undefined): Promise<Answer> {
    const isOwn = (url: URL): boolean => url.origin === origin.origin;
    const { registry } = ask.repository;
    const start = URL.canParse(ask.path, origin) ? new URL(ask.path, origin) : undefined;
    if (start === undefined || !(isOwn(start) || mayFollow(origin, start, this.#options)))
      return badRedirect(ask, start, ask.path);
    const { response, url } = await followRedirects(
      start,
      {
        most: REDIRECTS,
        statuses: ask.method === 'POST' || ask.method === 'PUT' ? KEPT : REDIRECTED,
        mayFollow: (next) => mayFollow(origin, next, this.#options),
        elsewhere: (next, location) => badRedirect(ask, next, location),
        again: () =>
          refuse('REGISTRY_REDIRECT_REFUSED', `${registry} redirects again and again`, {
            expected: `at most ${REDIRECTS} redirects`,
            hint: 'try again later; tell who runs the registry',
          }),
      },
      async (to) => this.#send(ask, to, isOwn(to) ? authorization : undefined),
    );
    return { response, origin, isOwn: isOwn(url) };
  }

  async #send(ask: Ask, url: URL, authorization: string | undefined): Promise<HttpResponse> {
    return this.#options.fetch({
      method: ask.method,
      url,
      headers: {
        accept: ask.accept.join(', '),
        'user-agent': 'edgeseal',
        ...(ask.type === undefined ? {} : { 'content-type': ask.type }),
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: ask.body,
      within: this.#within(ask),
      next: ask.next,
    });
  }

  #left(): number {
    return this.#deadline - this.#options.clock.now();
  }

  #within(ask: Ask): number {
    const left = this.#left();
    const takesLong = ask.body !== undefined || ask.isLarge === true;
    if (left > 0) return Math.min(takesLong ? LARGE : EXCHANGE, left);
    return refuse('REGISTRY_TIMEOUT', `${ask.repository.registry} took too long`, {
      expected: `everything within ${this.#options.timeout} ms`,
      hint: 'try again later, or give it more time by --timeout',
    });
  }
}

/** How servers that speak TLS answer who does not. */
function mayWantTls({ origin, isOwn, response }: Answer): boolean {
  return isOwn && origin.protocol === 'http:' && response.status === 400;
}

function busy(ask: Ask, status: number, after: number): never {
  const { registry } = ask.repository;
  if (status === 429) {
    return refuse('REGISTRY_RATE_LIMITED', `${registry} has had too many questions`, {
      found: `HTTP 429, to be asked again after ${Math.ceil(after / 1000)} s`,
      hint: 'try again later; many registries allow more with credentials',
    });
  }
  return refuse('REGISTRY_UNAVAILABLE', `${registry} does not answer`, {
    found: `HTTP ${status}`,
    hint: 'try again later',
  });
}

function badRedirect(ask: Ask, next: URL | undefined, location: string): never {
  const isPlain = next?.protocol === 'http:';
  return refuse(
    isPlain ? 'REGISTRY_INSECURE' : 'REGISTRY_REDIRECT_REFUSED',
    `${ask.repository.registry} redirects to where edgeseal does not go`,
    {
      expected: 'https:',
      found: JSON.stringify((next === undefined ? location : `${next.protocol}//${next.host}`).slice(0, 200)),
      hint: 'tell who runs the registry',
    },
  );
}
