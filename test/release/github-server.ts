import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { hex, type Files } from './made-up.ts';
import { encodeSnappy } from './snappy.ts';

/** Takes over an answer; returns false to leave it to the server. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

/** As much of GitHub's REST API as a release takes, on loopback; files lie at another address, as GitHub's do. */
export class GithubServer {
  readonly asked: { readonly path: string; readonly authorization: string | undefined }[] = [];
  readonly faults: Fault[] = [];
  /** Bundles by SHA-256, or the addresses where they are. */
  readonly attestations = new Map<string, readonly (Buffer | { readonly bundle_url: string })[]>();
  readonly #blobs: { readonly bytes: Buffer; readonly type: string }[] = [];
  readonly #files: Files;
  readonly #server = createServer((request, response) => this.#serve(request, response));

  private constructor(files: Files) {
    this.#files = files;
  }

  static async start(files: Files): Promise<GithubServer> {
    const server = new GithubServer(files);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get url(): string {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
  }

  /** Keeps a bundle as GitHub does: compressed, at an address that grants access. */
  keep(bundle: Buffer, type = 'application/x-snappy'): { readonly bundle_url: string } {
    const bytes = type === 'application/x-snappy' ? encodeSnappy(bundle) : bundle;
    const number = this.#blobs.push({ bytes, type });
    return { bundle_url: `${this.url}/blobs/${number}.json.sn?sig=a-secret` };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.url);
    this.asked.push({ path: url.pathname, authorization: request.headers.authorization });
    if (this.faults.some((fault) => fault(request, response))) return;
    const names = [...this.#files.keys()];
    const id = Number(/\/(\d+)$/.exec(url.pathname)?.[1]);
    const name = names[id - 1];
    const asked = /^\/repos\/o\/r\/attestations\/sha256:([0-9a-f]{64})$/.exec(url.pathname)?.[1];
    if (asked !== undefined) this.#attested(asked, url, response);
    else if (url.pathname === '/repos/o/r/releases/tags/v1.2.3')
      json(response, { id: 7, tag_name: 'v1.2.3' });
    else if (url.pathname === '/repos/o/r/releases/7/assets') {
      const [size, page] = ['per_page', 'page'].map((key) => Number(url.searchParams.get(key)));
      const start = ((page ?? 1) - 1) * (size ?? 30);
      const assets = [...this.#files].map(([file, bytes], index) => ({
        id: index + 1,
        name: file,
        size: bytes.length,
        state: 'uploaded',
        digest: index % 2 === 0 ? `sha256:${hex('sha256', bytes)}` : null,
      }));
      json(response, assets.slice(start, start + (size ?? 30)));
    } else if (url.pathname.startsWith('/repos/o/r/releases/assets/') && name !== undefined) {
      response.writeHead(302, { location: `${this.url}/elsewhere/${id}` }).end();
    } else if (url.pathname.startsWith('/elsewhere/') && name !== undefined)
      response.end(this.#files.get(name));
    else if (url.pathname.startsWith('/blobs/')) this.#blob(url, response);
    else response.writeHead(404).end('{"message":"Not Found"}');
  }

  #blob(url: URL, response: ServerResponse): void {
    const blob = this.#blobs[Number(/\/(\d+)\.json\.sn$/.exec(url.pathname)?.[1]) - 1];
    if (blob === undefined || url.searchParams.get('sig') !== 'a-secret') {
      response.writeHead(blob === undefined ? 404 : 403).end('<Error/>');
      return;
    }
    response.writeHead(200, { 'content-type': blob.type }).end(blob.bytes);
  }

  #attested(digest: string, url: URL, response: ServerResponse): void {
    const all = this.attestations.get(digest) ?? [];
    const start = Number(url.searchParams.get('after') ?? 0);
    const end = start + Number(url.searchParams.get('per_page') ?? 30);
    if (all.length === 0) {
      response.writeHead(404).end('{"message":"Not Found"}');
      return;
    }
    if (end < all.length) {
      const next = `${this.url}/repositories/7/attestations/sha256:${digest}?after=${end}`;
      response.setHeader('link', `<${next}>; rel="next"`);
    }
    const attestations = all
      .slice(start, end)
      .map((bundle) =>
        Buffer.isBuffer(bundle)
          ? { bundle: JSON.parse(bundle.toString()), repository_id: 7 }
          : { bundle: null, repository_id: 7, ...bundle },
      );
    json(response, { attestations });
  }
}

function json(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
}
