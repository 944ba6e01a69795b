import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Answering } from './log.ts';

/** Takes over an answer; false leaves it to the log. */
export type WireFault = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface LogServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** A log on loopback. */
export async function serve(log: Answering, fault: WireFault = () => false): Promise<LogServer> {
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      if (fault(request, response)) return;
      const { status, headers, body: answer } = log.answer(request.url ?? '', body);
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(answer);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
