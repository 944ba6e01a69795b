import { EdgesealError, refuse } from '#core/errors/error';
import type { Clock, HttpFetch, HttpResponse } from '#core/oci/http';
import { readBody } from '#core/oci/read-body';
import { retryAfter } from '#core/oci/retry-after';

export interface LogClientOptions {
  /** The log's address; its API stands under `api/v1/`. */
  readonly url: URL;
  readonly fetch: HttpFetch;
  readonly clock: Clock;
  /** Milliseconds for everything that is asked, from the first question on. */
  readonly timeout: number;
}

/** Milliseconds for one exchange. */
const EXCHANGE = 30_000;
const REDIRECTS = 3;
/** Attempts at one question, and repetitions in all. */
const ATTEMPTS = 3;
const REPETITIONS = 6;
/** Milliseconds before the first repetition; four times as much before the next. */
const PAUSE = 250;
const REPEATED: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);
const UNTAKEN: ReadonlySet<number> = new Set([400, 422]);
/** Redirects that keep method and body. */
const REDIRECTED: ReadonlySet<number> = new Set([307, 308]);

/** Asks a transparency log, in bounded time and memory, and never anybody else. */
export class LogClient {
  readonly #options: LogClientOptions;
  #deadline: number | undefined;
  #repetitions = REPETITIONS;

  constructor(options: LogClientOptions) {
    this.#options = options;
  }

  /** The log's host, for messages. */
  get host(): string {
    return this.#options.url.host;
  }

  /**
   * Posts a JSON document and gives the answer's body; undefined where the log does not take the question.
   * @param path under the log's address, as `api/v1/index/retrieve`
   * @param limit octets of the answer
   * @throws LOG_SEARCH_UNAVAILABLE, NETWORK_UNAVAILABLE, INPUT_TOO_LARGE
   */
  async post(path: string, body: string, limit: number): Promise<Uint8Array | undefined> {
    for (let attempt = 1; ; attempt++) {
      const pause = PAUSE * 4 ** (attempt - 1);
      const isLast = attempt === ATTEMPTS || this.#repetitions === 0;
      try {
        const response = await this.#follow(path, body);
        if (response.status === 200) {
          return await readBody(response, { name: `the answer of ${this.host}`, limit });
        }
        response.discard();
        if (UNTAKEN.has(response.status)) return undefined;
        const after = retryAfter(response) ?? pause;
        if (!REPEATED.has(response.status) || isLast || after >= this.#left()) this.#refused(response, path);
        await this.#pause(after);
      } catch (error) {
        if (isLast || !isCutOff(error) || pause >= this.#left()) return this.#failed(error);
        await this.#pause(pause);
      }
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    this.#repetitions--;
    await this.#options.clock.wait(milliseconds);
  }

  async #follow(path: string, body: string): Promise<HttpResponse> {
    const base = this.#options.url;
    let url = new URL(path, base.href.endsWith('/') ? base : `${base.href}/`);
    for (let hop = 0; hop <= REDIRECTS; hop++) {
      const response = await this.#options.fetch({
        method: 'POST',
        url,
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(body)),
          'user-agent': 'edgeseal',
        },
        body,
        within: this.#within(),
      });
      const location = response.header('location');
      if (!REDIRECTED.has(response.status) || location === undefined) return response;
      response.discard();
      const next = URL.canParse(location, url) ? new URL(location, url) : undefined;
      if (next === undefined || next.origin !== base.origin || next.username !== '' || next.password !== '') {
        return this.#unavailable('the log redirects to somebody else', {
          expected: base.origin,
          found: JSON.stringify((next?.origin ?? location).slice(0, 200)),
          hint: 'give the address that the log moved to by --rekor-url, if you know it',
        });
      }
      url = next;
    }
    return this.#unavailable('the log redirects again and again', {
      expected: `at most ${REDIRECTS} redirects`,
      hint: 'try again later',
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
          ? 'a log of Rekor v2 cannot be searched: save the entry that it gave when it was written, and import it by --log-entry'
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

function isCutOff(error: unknown): boolean {
  return error instanceof EdgesealError && error.code === 'NETWORK_UNAVAILABLE';
}
