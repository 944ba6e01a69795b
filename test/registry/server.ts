import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';

/** What the registry was asked, as it was asked. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

export interface RegistryOptions {
  /** Default: true. */
  readonly referrersApi?: boolean;
  /** Default: none. `token` gives tokens on `/token` of the same server. */
  readonly auth?: 'none' | 'basic' | 'token';
  readonly user?: { readonly name: string; readonly password: string };
  /** Where tokens are given, where it is elsewhere. */
  readonly realm?: string;
  /** Answers questions together, once none more has come for so many milliseconds: see `waves`. */
  readonly lockstep?: number;
  /** Whether it says which repositories it has (default: yes). */
  readonly catalog?: boolean;
  /** Referrers, or repositories, on one page. */
  readonly page?: number;
}

interface Stored {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** Takes over an answer; returns false to leave it to the registry. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

export const digestOf = (bytes: Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** A registry on loopback that speaks as much of the distribution protocol as readers use, and lies by script. */
export class TestRegistry {
  readonly asked: Asked[] = [];
  readonly faults: Fault[] = [];
  /** How often questions were answered together. */
  waves = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #held: (() => void)[] = [];
  readonly #options: RegistryOptions;
  readonly #server: Server;
  readonly #manifests = new Map<string, Stored>();
  readonly #blobs = new Map<string, Buffer>();
  readonly #uploads = new Map<string, Buffer>();
  readonly #tags = new Map<string, string>();

  private constructor(options: RegistryOptions) {
    this.#options = options;
    this.#server = createServer(this.listener);
  }

  static async start(options: RegistryOptions = {}): Promise<TestRegistry> {
    const registry = new TestRegistry(options);
    registry.#server.listen(0, '127.0.0.1');
    await once(registry.#server, 'listening');
    return registry;
  }

  get host(): string {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? `127.0.0.1:${address.port}` : '';
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  putManifest(repository: string, content: unknown, mediaType: string, ...tags: readonly string[]): string {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    const digest = digestOf(bytes);
    this.#manifests.set(`${repository}@${digest}`, { mediaType, bytes });
    for (const tag of tags) this.#tags.set(`${repository}:${tag}`, digest);
    return digest;
  }

  putBlob(repository: string, bytes: Buffer): string {
    const digest = digestOf(bytes);
    this.#blobs.set(`${repository}@${digest}`, bytes);
    return digest;
  }

  /** Has other octets under a digest that is known. */
  lie(kind: 'manifests' | 'blobs', repository: string, digest: string, bytes: Buffer): void {
    const key = `${repository}@${digest}`;
    const stored = this.#manifests.get(key);
    if (kind === 'blobs') this.#blobs.set(key, bytes);
    else if (stored !== undefined) this.#manifests.set(key, { ...stored, bytes });
  }

  /** Answers the first matching questions, `times` of them, by itself. */
  fault(
    pattern: RegExp,
    answer: (response: ServerResponse, request: IncomingMessage) => void,
    times = Infinity,
  ): void {
    let left = times;
    this.faults.push((request, response) => {
      if (left <= 0 || !pattern.test(`${request.method} ${request.url}`)) return false;
      left--;
      answer(response, request);
      return true;
    });
  }

  /** Serves the same by another server. */
  readonly listener = (request: IncomingMessage, response: ServerResponse): void =>
    void this.#serve(request, response);

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isPush = request.method === 'POST' || request.method === 'PATCH' || request.method === 'PUT';
    const body = isPush ? await bodyOf(request) : undefined;
    request.resume();
    const { authorization } = request.headers;
    this.asked.push({ method: request.method ?? '', path: request.url ?? '', authorization });
    if (this.#options.lockstep !== undefined) await this.#wave(this.#options.lockstep);
    if (this.faults.some((fault) => fault(request, response))) return;
    const url = new URL(request.url ?? '/', `http://${this.host}`);
    if (url.pathname === '/token') this.#token(request, response);
    else if (!this.#isKnown(authorization)) this.#challenge(response);
    else if (body !== undefined) this.#push(request, url, body, response);
    else if (url.pathname === '/v2/') response.end('{}');
    else if (url.pathname === '/v2/_catalog') this.#catalog(url, response);
    else this.#content(url, response);
  }

  async #wave(quiet: number): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.waves++;
      for (const release of this.#held.splice(0)) release();
    }, quiet);
    await new Promise<void>((resolve) => this.#held.push(resolve));
  }

  #token({ headers }: IncomingMessage, response: ServerResponse): void {
    const isRight = this.#options.user === undefined || headers.authorization === this.#basic();
    response.statusCode = isRight ? 200 : 401;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(isRight ? { token: 'a-token' } : { errors: [] }));
  }

  #basic(): string {
    const { name, password } = this.#options.user ?? { name: '', password: '' };
    return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
  }

  #isKnown(authorization: string | undefined): boolean {
    const { auth = 'none' } = this.#options;
    if (auth === 'none') return true;
    return authorization === (auth === 'basic' ? this.#basic() : 'Bearer a-token');
  }

  #challenge(response: ServerResponse): void {
    const realm = this.#options.realm ?? `http://${this.host}/token`;
    const challenge =
      this.#options.auth === 'basic'
        ? 'Basic realm="test"'
        : `Bearer realm="${realm}",service="test",scope="x"`;
    response.writeHead(401, { 'www-authenticate': challenge, 'content-type': 'application/json' });
    response.end('{"errors":[{"code":"UNAUTHORIZED"}]}');
  }

  /** As much of pushing as writers use: an upload in one piece or several, and manifests. */
  #push(request: IncomingMessage, url: URL, body: Buffer, response: ServerResponse): void {
    const [, repository = '', name = ''] = /^\/v2\/(.+)\/manifests\/([^/]+)$/.exec(url.pathname) ?? [];
    if (name !== '') {
      const digest = this.putManifest(repository, body, request.headers['content-type'] ?? '');
      if (!name.includes(':')) this.#tags.set(`${repository}:${name}`, digest);
      const subject = this.#options.referrersApi === false ? undefined : readManifest(body)?.subject?.digest;
      const listed = subject === undefined ? {} : { 'oci-subject': subject };
      response.writeHead(201, { 'docker-content-digest': digest, ...listed }).end();
      return;
    }
    const [, target = '', id = ''] = /^\/v2\/(.+)\/blobs\/uploads\/(.*)$/.exec(url.pathname) ?? [];
    const mount = url.searchParams.get('mount') ?? '';
    const other = this.#blobs.get(`${url.searchParams.get('from')}@${mount}`);
    if (other !== undefined) {
      this.#blobs.set(`${target}@${mount}`, other);
      response.writeHead(201, { 'docker-content-digest': mount }).end();
      return;
    }
    const upload = id === '' ? String(this.#uploads.size) : id;
    const bytes = Buffer.concat([this.#uploads.get(upload) ?? Buffer.alloc(0), body]);
    this.#uploads.set(upload, bytes);
    const isWhole = request.method === 'PUT';
    if (isWhole) this.putBlob(target, bytes);
    response
      .writeHead(isWhole ? 201 : 202, {
        location: `/v2/${target}/blobs/uploads/${upload}`,
        'docker-content-digest': digestOf(bytes),
      })
      .end();
  }

  #content(url: URL, response: ServerResponse): void {
    const [, repository = '', kind = '', name = ''] =
      /^\/v2\/(.+)\/(manifests|blobs|referrers)\/([^/]+)$/.exec(url.pathname) ?? [];
    if (kind === 'referrers' && this.#options.referrersApi !== false)
      this.#referrers(repository, name, url, response);
    else if (kind === 'manifests') {
      const digest = this.#tags.get(`${repository}:${name}`) ?? name;
      this.#send(response, digest, this.#manifests.get(`${repository}@${digest}`));
    } else if (kind === 'blobs') {
      const bytes = this.#blobs.get(`${repository}@${name}`);
      this.#send(response, name, bytes && { bytes, mediaType: 'application/octet-stream' });
    } else this.#send(response, '', undefined);
  }

  #catalog(url: URL, response: ServerResponse): void {
    if (this.#options.catalog === false) return this.#send(response, '', undefined);
    const last = url.searchParams.get('last') ?? '';
    const all = [...new Set([...this.#manifests.keys()].map((key) => key.split('@', 1)[0] ?? ''))].toSorted();
    const left = all.filter((name) => name > last);
    const repositories = left.slice(0, this.#options.page ?? left.length);
    if (repositories.length < left.length)
      response.setHeader('link', `</v2/_catalog?last=${repositories.at(-1)}>; rel="next"`);
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ repositories }));
  }

  #send(response: ServerResponse, digest: string, stored: Stored | undefined): void {
    if (stored === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
      return;
    }
    response.writeHead(200, {
      'content-type': stored.mediaType,
      'content-length': stored.bytes.length,
      'docker-content-digest': digest,
    });
    response.end(stored.bytes);
  }

  #referrers(repository: string, subject: string, url: URL, response: ServerResponse): void {
    const all = [...this.#manifests].flatMap(([key, { bytes, mediaType }]) => {
      if (!key.startsWith(`${repository}@`)) return [];
      const manifest = readManifest(bytes);
      if (manifest?.subject?.digest !== subject) return [];
      const { artifactType = manifest.config?.mediaType, annotations } = manifest;
      return [{ mediaType, digest: digestOf(bytes), size: bytes.length, artifactType, annotations }];
    });
    const size = this.#options.page ?? all.length;
    const start = Number(url.searchParams.get('start') ?? 0);
    if (start + size < all.length)
      response.setHeader('link', `<${url.pathname}?start=${start + size}>; rel="next"`);
    const manifests = all.slice(start, start + size);
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
    response.writeHead(200, { 'content-type': OCI_INDEX, 'content-length': bytes.length });
    response.end(bytes);
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

interface ReadManifest {
  readonly subject?: { readonly digest?: string };
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly config?: { readonly mediaType?: string };
}

function readManifest(bytes: Buffer): ReadManifest | undefined {
  try {
    const value: ReadManifest = JSON.parse(bytes.toString('utf8'));
    return value;
  } catch {
    return undefined;
  }
}
