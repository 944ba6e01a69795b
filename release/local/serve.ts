import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { refuse } from '#core/errors/error';
import { json, type LocalAnswer, type LocalRequest } from './service.ts';

export type ServiceName =
  'issuer' | 'fulcio' | 'ct-log' | 'rekor-v1' | 'rekor-v2' | 'timestamps' | 'registry';

/** One question to a service. */
export interface Exchange {
  readonly service: ServiceName;
  readonly request: LocalRequest;
  /** Does what is asked. */
  readonly answer: () => LocalAnswer;
  readonly response: ServerResponse;
}

/** Sends the answer to an exchange, or whatever a test wants instead. */
export type Answering = (exchange: Exchange) => void | Promise<void>;

export const sendAnswer: Answering = ({ answer, response }) => send(response, answer());

/** A connection ends with its answer: who keeps one open would meet the end of these services in its next question. */
export function send(response: ServerResponse, { status, headers, body }: LocalAnswer): void {
  // An answer without content has no length of it either.
  const length = status === 204 ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { connection: 'close', ...length, ...headers });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/** Finds the service that a request is for; undefined: none. */
export type Router = (request: LocalRequest) => Pick<Exchange, 'service' | 'answer'> | undefined;

/** A port that is ours. */
export interface Bound {
  readonly port: number;
  readonly begin: (route: Router, answering: Answering) => void;
  readonly stop: () => Promise<void>;
}

/**
 * Takes a port of loopback.
 * @param port 0: any that is free
 * @throws LOCAL_PORT_UNAVAILABLE
 */
export async function bind(port: number): Promise<Bound> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    return refuse('LOCAL_PORT_UNAVAILABLE', `the local services cannot listen on port ${port}`, {
      expected: 'a port of 127.0.0.1 that is free',
      found: cause instanceof Error && 'code' in cause ? String(cause.code) : undefined,
      hint: 'name another with --port, or leave it out for any that is free',
      cause,
    });
  }
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    begin: (route, answering) => {
      server.on('request', (incoming, response) => void serve(incoming, response, route, answering));
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function serve(
  incoming: IncomingMessage,
  response: ServerResponse,
  route: Router,
  answering: Answering,
): Promise<void> {
  try {
    const request = await read(incoming);
    const found = route(request);
    if (found === undefined)
      return send(response, json({ code: 404, message: 'nothing is served here' }, 404));
    await answering({ ...found, request, response });
  } catch {
    // A fault of ours, or a client that went away: neither is told more.
    if (!response.headersSent)
      send(response, json({ code: 500, message: 'a fault of the local services' }, 500));
    else response.destroy();
  }
}

async function read(incoming: IncomingMessage): Promise<LocalRequest> {
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: await buffer(incoming),
  };
}
