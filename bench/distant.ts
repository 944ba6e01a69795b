import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';

/*
 * A registry, some milliseconds away: started by bench/registry.ts with the address of the registry. Answers are
 * kept, so that the registry's own time is not measured again and again.
 */

/** What the parent says: the milliseconds from now on; counts begin anew. */
export interface Setting {
  readonly latency: number;
}

/** What it is told: the port once, the counts whenever it asks by `'report'`. */
export type Told = { readonly port: number } | Counts;

export interface Counts {
  readonly requests: number;
  /** The longest row of requests each of which began when the one before it had been answered. */
  readonly waves: number;
}

interface Kept {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

const [origin = ''] = process.argv.slice(2);
const kept = new Map<string, Promise<Kept>>();
let latency = 0;
let requests = 0;
let answered = 0;

const server = createServer((asked, response) => void serve(asked, response));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.send?.({ port: address.port });
});
process.on('message', (message: Setting | 'report') => {
  if (message === 'report') {
    process.send?.({ requests, waves: answered });
    return;
  }
  latency = message.latency;
  requests = 0;
  answered = 0;
});
process.on('disconnect', () => process.exit());

async function serve(asked: IncomingMessage, response: ServerResponse): Promise<void> {
  requests++;
  const wave = answered + 1;
  const due = performance.now() + latency;
  const key = [asked.method, asked.url, asked.headers.accept].join(' ');
  const answer = kept.get(key) ?? fetchIt(asked);
  kept.set(key, answer);
  const { status, headers, body } = await answer;
  const left = due - performance.now();
  if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
  answered = Math.max(answered, wave);
  response.writeHead(status, headers);
  response.end(body);
}

function fetchIt(asked: IncomingMessage): Promise<Kept> {
  return new Promise((resolve, reject) => {
    const { accept } = asked.headers;
    const upstream = request(
      new URL(asked.url ?? '/', origin),
      { method: asked.method, headers: accept === undefined ? {} : { accept } },
      (message) => {
        const chunks: Buffer[] = [];
        message.on('data', (chunk: Buffer) => chunks.push(chunk));
        message.on('end', () => {
          const { connection: _, 'transfer-encoding': __, ...headers } = message.headers;
          resolve({ status: message.statusCode ?? 0, headers, body: Buffer.concat(chunks) });
        });
      },
    );
    upstream.on('error', reject);
    upstream.end();
  });
}
