import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** Takes over an answer; returns false to leave it to the server. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Files by their paths, over HTTP on loopback: as much of a registry or a proxy as a reader needs. */
export class FileServer {
  readonly files = new Map<string, Uint8Array | string>();
  readonly faults: Fault[] = [];
  /** Paths in the order in which they were asked for. */
  readonly asked: string[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
      this.asked.push(pathname);
      if (this.faults.some((fault) => fault(request, response))) return;
      const file = this.files.get(pathname) ?? this.files.get(decodeURIComponent(pathname));
      response.writeHead(file === undefined ? 404 : 200).end(file ?? 'nothing here');
    });
  }

  static async start(): Promise<FileServer> {
    const server = new FileServer();
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get url(): string {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
