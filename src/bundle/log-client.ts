import { EdgesealError, refuse } from '#core/errors/error';
import type { Clock, HttpFetch, HttpResponse } from '#core/oci/http';
import { mayFollow } from '#core/oci/origin';
import { readBody } from '#core/oci/read-body';
import { followRedirects, KEPT, REDIRECTED } from '#core/oci/redirects';
import { Repetitions, type Attempt } from '#core/oci/repetitions';
import { retryAfter } from '#core/oci/retry-after';

export interface LogClientOptions {
  /** The log's address; its API stands under `api/v1/` or `api/v2/`. */
  readonly url: URL;
  readonly fetch: HttpFetch;
  readonly clock: Clock;
  /** Milliseconds for everything that is asked, from the first question on. */
  readonly timeout: number;
}

interface Question {
  /** Under the log's address, as `api/v1/index/retrieve`. */
  readonly path: string;
  /** JSON that is posted; undefined: the question is only asked. */
  readonly body: string | undefined;
  /** Octets of the answer. */
  readonly limit: number;
  /** Answers that mean that there is none. */
  readonly none: ReadonlySet<number>;
}

/** Milliseconds for one exchange. */
const EXCHANGE = 30_000;
const REDIRECTS = 3;
const REPEATED: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);
const UNTAKEN: ReadonlySet<number> = new Set([400, 422]);
const ABSENT: ReadonlySet<number> = new Set([404, 410]);

/** Asks a transparency log, in bounded time and memory, and never anybody else. */
export class LogClient {
  readonly #options: LogClientOptions;
  readonly #repetitions: Repetitions;
  #deadline: number | undefined;

  constructor(options: LogClientOptions) {
    this.#options = options;
    this.#repetitions = new Repetitions({ clock: options.clock, patience: () => this.#left() });
  }

  /** The log's host, for messages. */
  get host(): string {
    return this.url.host;
  }

  get url(): URL {
    return this.#options.url;
  }

  /**
   * Posts a JSON document and gives the answer's body; undefined where the log does not take the question.
   * @param path under the log's address, as `api/v1/index/retrieve`
   * @param limit octets of the answer
   * @throws LOG_SEARCH_UNAVAILABLE, LOG_SEARCH_INVALID, NETWORK_UNAVAILABLE, INPUT_TOO_LARGE
   */
  async post(path: string, body: string, limit: number): Promise<Uint8Array | undefined> {
    return this.#ask({ path, body, limit, none: UNTAKEN });
  }

  /**
   * What stands at a path; undefined where nothing does.
   * @throws LOG_SEARCH_UNAVAILABLE, LOG_SEARCH_INVALID, NETWORK_UNAVAILABLE, INPUT_TOO_LARGE
   */
  async get(path: string, limit: number): Promise<Uint8Array | undefined> {
    return this.#ask({ path, body: undefined, limit, none: ABSENT });
  }

  async #ask(question: Question): Promise<Uint8Array | undefined> {
    try {
      return await this.#repetitions.run(() => this.#attempt(question));
    } catch (error) {
      return this.#failed(error);
    }
  }

  async #attempt({ path, body, limit, none }: Question): Promise<Attempt<Uint8Array | undefined>> {
    const response = await this.#follow(path, body);
    if (response.status === 200) {
      this.#checkEncoding(response);
      return { answer: await readBody(response, { name: `the answer of ${this.host}`, limit }) };
    }
    response.discard();
    if (none.has(response.status)) return { answer: undefined };
    const giveUp = (): never => this.#refused(response, path);
    return REPEATED.has(response.status) ? { after: retryAfter(response), giveUp } : giveUp();
  }

  async #follow(path: string, body: string | undefined): Promise<HttpResponse> {
    const base = this.url;
    const { response } = await followRedirects(
      new URL(path, base.href.endsWith('/') ? base : `${base.href}/`),
      {
        most: REDIRECTS,
        statuses: body === undefined ? REDIRECTED : KEPT,
        mayFollow: (next) => next.origin === base.origin && mayFollow(base, next, { allowHttp: false }),
        elsewhere: (next, location) =>
          this.#unavailable('the log redirects to somebody else', {
            expected: base.origin,
            found: JSON.stringify((next?.origin ?? location).slice(0, 200)),
            hint: 'give the address that the log moved to by --rekor-url, if you know it',
          }),
        again: () =>
          this.#unavailable('the log redirects again and again', {
            expected: `at most ${REDIRECTS} redirects`,
            hint: 'try again later',
          }),
      },
      async (url) =>
        this.#options.fetch({
          method: body === undefined ? 'GET' : 'POST',
          url,
          headers: {
            accept: body === undefined ? '*/*' : 'application/json',
            'user-agent': 'edgeseal',
            ...(body === undefined
              ? {}
              : {
                  'content-type': 'application/json',
                  'content-length': String(Buffer.byteLength(body)),
                }),
          },
          body,
          within: this.#within(),
        }),
    );
    return response;
  }

  /** Nothing is decompressed: `identity` is asked for. */
  #checkEncoding(response: HttpResponse): void {
    const encoding = response.header('content-encoding') ?? 'identity';
    if (encoding.toLowerCase() === 'identity') return;
    response.discard();
    refuse('LOG_SEARCH_INVALID', `${this.host} answers in an encoding that it was not asked for`, {
      expected: 'content-encoding: identity',
      found: JSON.stringify(encoding.slice(0, 60)),
      hint: 'check --rekor-url; tell who runs the log',
    });
  }

  #left(): number {
    const { clock, timeout } = this.#options;
    this.#deadline ??= clock.now() + timeout;
    return this.#deadline - clock.now();
  }

  #within(): number {
    const left = this.#left();
    if (left > 0) return Math.min(EXCHANGE, left);
    return this.#unavailable('the log took too long', {
      expected: `everything within ${this.#options.timeout} ms`,
      hint: 'try again later',
    });
  }

  #refused({ status }: HttpResponse, path: string): never {
    return this.#unavailable('the log does not answer the search', {
      expected: `an answer to ${path}`,
      found: `HTTP ${status}`,
      hint:
        status === 404 || status === 405
          ? 'a log of Rekor v2 cannot be searched: name the entry by --log-index, or import the one that the log gave when it was written by evidence import --log-entry'
          : 'try again later, or import a saved entry by evidence import --log-entry',
    });
  }

  /** What the connection says, as far as it concerns a log. */
  #failed(error: unknown): never {
    if (!(error instanceof EdgesealError)) throw error;
    if (error.code === 'REGISTRY_TIMEOUT') {
      const { expected } = error.reason;
      return this.#unavailable('the log took too long', { expected, hint: 'try again later', cause: error });
    }
    if (error.code !== 'NETWORK_UNAVAILABLE') throw error;
    return refuse('NETWORK_UNAVAILABLE', error.message, {
      found: error.reason.found,
      hint: 'check --rekor-url and the network',
      cause: error,
    });
  }

  #unavailable(message: string, detail: Parameters<typeof refuse>[2]): never {
    return refuse('LOG_SEARCH_UNAVAILABLE', `${message}: ${this.host}`, detail);
  }
}
