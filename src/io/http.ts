import type * as Http from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { release } from '#core/bytes/release';
import { refuse } from '#core/errors/error';
import type { HttpContent, HttpFetch, HttpRequest, HttpResponse } from '#core/oci/http';
import { ownReads } from './https-agent.ts';
import { keepSpares, type WithSpares } from './spare-connections.ts';

export interface HttpOptions {
  /** Proxies are taken from HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** PEM: certificate authorities instead of the system's; certificate and key to show. */
  readonly tls?: TlsOptions | undefined;
  /** Milliseconds until a connection stands, and between two signs of life. */
  readonly connect?: number;
  readonly idle?: number;
}

export interface TlsOptions {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly servername?: string | undefined;
  /** `--allow-insecure-registry`: any certificate will do. Content is checked by digest all the same. */
  readonly anyCertificate?: boolean | undefined;
}

const CONNECT = 10_000;
const IDLE = 15_000;
/** The same while a registry takes a blob in: it answers once it has stored all. */
const TAKING_IN = 120_000;
const SOCKETS = 16;
/** Octets of an unwanted body that are read so that the connection can be used again. */
const DRAIN = 64 * 1024;
/** Octets of a body from which on what the socket read is released. */
const LARGE = 1024 * 1024;
/** Octets of all header lines. */
const HEADERS = 64 * 1024;

/**
 * HTTP and HTTPS by Node's own client, each loaded with its first request: TLS takes some milliseconds. Connections
 * are used again.
 */
export function nodeHttp(options: HttpOptions): HttpFetch {
  let plain: Promise<Client> | undefined;
  let secure: Promise<Client> | undefined;
  return async (request) => {
    const client =
      request.url.protocol === 'https:' ? (secure ??= loadHttps(options)) : (plain ??= loadHttp(options));
    return send(await client, request, options);
  };
}

interface Client {
  readonly request: typeof Http.request;
  readonly agent: Http.Agent;
}

async function loadHttp(options: HttpOptions): Promise<Client> {
  const { Agent, request } = await import('node:http');
  const agent = new Agent(connections(options.env));
  const { HTTP_PROXY, http_proxy } = proxies(options.env);
  if (HTTP_PROXY === undefined && http_proxy === undefined) keepSpares(agent, options.idle ?? IDLE);
  return { request, agent };
}

async function loadHttps({ env, tls, idle }: HttpOptions): Promise<Client> {
  const https = await import('node:https');
  const options = {
    ...connections(env),
    ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls?.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls?.key === undefined ? {} : { key: tls.key }),
    ...(tls?.servername === undefined ? {} : { servername: tls.servername }),
    rejectUnauthorized: tls?.anyCertificate !== true,
  };
  const { HTTPS_PROXY, https_proxy } = proxies(env);
  // Through a tunnel sockets read as its do.
  if (HTTPS_PROXY !== undefined || https_proxy !== undefined)
    return { request: https.request, agent: new https.Agent(options) };
  const agent = ownReads(https, options);
  keepSpares(agent, idle ?? IDLE);
  return { request: https.request, agent };
}

function connections(env: HttpOptions['env']): Http.AgentOptions {
  return { keepAlive: true, maxSockets: SOCKETS, proxyEnv: proxies(env) };
}

function proxies(env: HttpOptions['env']): Record<string, string> {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name];
      return value === undefined || value === '' ? [] : [[name, value] as const];
    }),
  );
}

async function send(
  { request: ask, agent }: Client,
  request: HttpRequest,
  options: HttpOptions,
): Promise<HttpResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
  const { url, method, body, within, next } = request;
  const isContent = typeof body === 'object';
  const headers = isContent ? { ...request.headers, 'content-length': String(body.size) } : request.headers;
  const isSecure = url.protocol === 'https:';
  const connect = options.connect ?? CONNECT;
  const idle = options.idle ?? (isContent ? TAKING_IN : IDLE);
  const requestOptions: WithSpares = {
    method,
    // The first of them takes over the connection of this one.
    spares: next === undefined ? undefined : next - 1,
    headers: { ...headers, 'accept-encoding': 'identity' },
    agent,
    maxHeaderSize: HEADERS,
    // Ends the connection to a proxy that says nothing.
    timeout: connect,
  };
  const client = ask(url, requestOptions);
  const exchange: Exchange = { host: url.host, late: undefined };
  const end = (what: string, milliseconds: number) => () => {
    exchange.late ??= new Late(what, milliseconds);
    client.destroy(exchange.late);
    // Without a connection, as while a proxy makes up its mind, nothing else would tell.
    reject(failure(exchange.late, exchange));
  };
  const whole = setTimeout(end('the whole answer', within), within);
  const connecting = setTimeout(end('a connection', connect), connect);
  client.once('socket', (socket) => {
    if (!socket.connecting) clearTimeout(connecting);
    else socket.once(isSecure ? 'secureConnect' : 'connect', () => clearTimeout(connecting));
  });
  client.setTimeout(idle, end('a sign of life', idle));
  client.once('close', () => {
    clearTimeout(whole);
    clearTimeout(connecting);
  });
  client.on('error', (cause) => reject(failure(cause, exchange)));
  client.once('response', (message) => {
    clearTimeout(connecting);
    if (!(lengthOf(message) < LARGE)) releaseAsRead(client, message.socket);
    resolve(answer(message, exchange));
  });
  if (isContent) sendContent(client, body, exchange);
  else client.end(body);
  return promise;
}

/**
 * Sends octets as they are read, the last of them once all are read: what turns out to be other content than it
 * should be is not sent as a whole. What cannot be read ends the request, for that reason.
 */
function sendContent(client: Http.ClientRequest, body: HttpContent, exchange: Exchange): void {
  const watched = async function* watched(): AsyncGenerator<Uint8Array> {
    let held: Uint8Array | undefined;
    try {
      for await (const chunk of body.read()) {
        if (held !== undefined) yield held;
        held = chunk;
      }
      if (held !== undefined) yield held;
    } catch (cause) {
      exchange.unread = cause;
      throw cause;
    }
  };
  // The client's own error tells.
  pipeline(Readable.from(watched(), { objectMode: false }), client, () => undefined);
}

/** NaN where the answer does not say it. */
function lengthOf({ headers }: Http.IncomingMessage): number {
  return Number(headers['content-length'] ?? Number.NaN);
}

/**
 * Node's client copies a body out of what its socket reads: that is of no use once the client, who listens first,
 * has seen it.
 */
function releaseAsRead(client: Http.ClientRequest, socket: Http.IncomingMessage['socket']): void {
  socket.on('data', release);
  client.once('close', () => socket.off('data', release));
}

function answer(message: Http.IncomingMessage, exchange: Exchange): HttpResponse {
  return {
    status: message.statusCode ?? 0,
    header: (name) => {
      const value = message.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    body: bodyOf(message, exchange),
    discard: () => {
      message.on('error', () => undefined);
      if (lengthOf(message) <= DRAIN) message.resume();
      else message.destroy();
    },
  };
}

async function* bodyOf(message: Http.IncomingMessage, exchange: Exchange): AsyncGenerator<Uint8Array> {
  try {
    yield* chunksOf(message);
  } catch (cause) {
    throw failure(cause, exchange);
  }
  // A body without a length ends where the connection does, also where we end it.
  if (exchange.late !== undefined) throw failure(exchange.late, exchange);
}

/** As the message's own iterator, of which the first use takes a millisecond. */
async function* chunksOf(message: Http.IncomingMessage): AsyncGenerator<Uint8Array> {
  let wake = (): void => undefined;
  let cause: Error | undefined;
  const signal = (): void => wake();
  message.on('readable', signal).once('end', signal).once('close', signal);
  message.once('error', (error) => (cause = error));
  try {
    for (;;) {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      const chunk: unknown = message.read();
      if (chunk instanceof Uint8Array) yield chunk;
      else if (cause !== undefined) throw cause;
      else if (message.readableEnded) return;
      else if (message.closed) throw new Error('the connection was closed');
      else await promise;
    }
  } finally {
    if (!message.readableEnded) message.destroy();
  }
}

/** What an exchange ends by: a connection that is closed for being late tells its reader only that it is closed. */
interface Exchange {
  readonly host: string;
  late: Late | undefined;
  /** Why what was to be sent could not be read. */
  unread?: unknown;
}

class Late extends Error {
  readonly milliseconds: number;
  constructor(what: string, milliseconds: number) {
    super(what);
    this.milliseconds = milliseconds;
  }
}

/** Never shows the path or the query: they may hold what grants access. */
function failure(cause: unknown, { host, late, unread }: Exchange): unknown {
  const error = late ?? cause;
  if (unread !== undefined) return unread;
  try {
    if (error instanceof Late) {
      return refuse('REGISTRY_TIMEOUT', `${host} took too long`, {
        expected: `${error.message} within ${error.milliseconds} ms`,
        found: 'nothing',
        hint: 'try again later',
        cause: error,
      });
    }
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'an unknown fault';
    return refuse('NETWORK_UNAVAILABLE', `no connection to ${host}, or it was cut off`, {
      found: code,
      hint:
        HINTS.find(([pattern]) => pattern.test(code))?.[1] ?? 'check the name of the host and the network',
      cause: error,
    });
  } catch (refusal) {
    return refusal;
  }
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [/CERT|SELF_SIGNED|ISSUER|ALTNAME/, 'a registry with a certificate of its own: --registry-cacert FILE'],
  [/SSL|EPROTO/, 'a registry without TLS: --allow-http-registry, if you know what is between'],
];
