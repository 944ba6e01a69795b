/** What is sent: a text, or octets of which the length is known, read anew for each attempt. */
export type HttpBody = string | HttpContent;

export interface HttpContent {
  /** Octets. */
  readonly size: number;
  readonly read: () => AsyncIterable<Uint8Array>;
}

/** One request, without redirects and without credentials of its own. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: HttpBody | undefined;
  /** Milliseconds for the whole exchange, body included. */
  readonly within: number;
  /**
   * How many questions to the same address will be asked together once this one is answered: connections for them
   * may be opened meanwhile.
   */
  readonly next?: number | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** Several of one name are joined by `, `. @param name in lower case */
  readonly header: (name: string) => string | undefined;
  /**
   * The octets as they were sent, nothing decompressed. Read once; leaving the loop ends the exchange. Each chunk is
   * the reader's own, who may release it.
   */
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the exchange without reading the body. */
  readonly discard: () => void;
}

/**
 * Sends one request. It MUST NOT follow redirects, add credentials, keep cookies or ask twice. It MUST end the
 * exchange when `within` has passed, or sooner when nothing moves.
 * @throws NETWORK_UNAVAILABLE (no connection, cut off), REGISTRY_TIMEOUT; also while the body is read
 */
export type HttpFetch = (request: HttpRequest) => Promise<HttpResponse>;

/** Time as the core may know it: never the time of day. */
export interface Clock {
  /** Milliseconds since whenever; never goes back. */
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
}
