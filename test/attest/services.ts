import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createPublicKey } from 'node:crypto';
import type { Claims } from '../sigstore/claims.ts';
import { signCheckpoint } from '../sigstore/checkpoint.ts';
import { issueLeaf } from '../sigstore/fulcio.ts';
import { base64, canonicalJson, type Json } from '../sigstore/json.ts';
import { makeKey, sha256 } from '../sigstore/keys.ts';
import { inclusionPath, leafHash, rootHash } from '../sigstore/merkle.ts';
import { pem } from '../sigstore/der.ts';
import type { Rekor } from '../sigstore/rekor.ts';
import { TiledLog } from '../sigstore/tiled-log.ts';
import { timestamp } from '../sigstore/timestamp-authority.ts';
import { makeWorld, trustedRootOf, type World } from '../sigstore/world.ts';

/** The services of a Sigstore instance, by their paths. */
export type ServiceName = 'issuer' | 'fulcio' | 'rekor-v1' | 'rekor-v2' | 'tsa';

/** How a service fails. `lost`: it does what it is asked, and its answer never comes. */
export type Fault =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'hang'
  | 'truncate'
  | 'lost';

export interface Asked {
  readonly service: ServiceName;
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

const LIFE = 600_000;

/** Fulcio, Rekor v1 and v2 and a timestamp authority on loopback, with faults on request. */
export class Services {
  /** Every request, faulty ones too. */
  readonly asked: Asked[] = [];
  /** Takes over an answer; `count` is how often the service was asked before. */
  fault: ((asked: Asked, count: number) => Fault | undefined) | undefined;
  /** Called when a service has done what it was asked, before it answers. */
  done: ((asked: Asked) => void) | undefined;
  /** Milliseconds that certificates live. */
  life = LIFE;
  claims: Claims;
  readonly #world: World;
  readonly #server: Server;
  readonly #v1: Buffer[] = [Buffer.from('a leaf'), Buffer.from('another leaf')];
  readonly #v1Times: number[] = [0, 0];
  readonly #v2: Buffer[] = [Buffer.from('a leaf'), Buffer.from('another leaf')];
  #certificates = 0;

  private constructor(world: World, claims: Claims) {
    this.#world = world;
    this.claims = claims;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(claims: Claims, label = 'attest'): Promise<Services> {
    const services = new Services(makeWorld(label), claims);
    await new Promise<void>((resolve) => services.#server.listen(0, '127.0.0.1', resolve));
    return services;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get origin(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  /** Entries of statements in a log, count. */
  entries(version: 1 | 2): number {
    return (version === 1 ? this.#v1 : this.#v2).length - 2;
  }

  get certificates(): number {
    return this.#certificates;
  }

  count(service: ServiceName, path = ''): number {
    return this.asked.filter((one) => one.service === service && one.path.includes(path)).length;
  }

  signingConfig(logs: readonly (1 | 2)[] = [1], options: { tsa?: boolean; selector?: string } = {}): Buffer {
    const service = (name: ServiceName, majorApiVersion: number): Json => ({
      url: `${this.origin}/${name}${name === 'tsa' ? '/api/v1/timestamp' : ''}`,
      majorApiVersion,
      validFor: { start: '2025-01-01T00:00:00Z' },
      operator: `${name}.example`,
    });
    return Buffer.from(
      JSON.stringify({
        mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
        caUrls: [service('fulcio', 1)],
        rekorTlogUrls: logs.map((version) => service(version === 1 ? 'rekor-v1' : 'rekor-v2', version)),
        rekorTlogConfig: { selector: options.selector ?? 'ANY' },
        ...(options.tsa === false
          ? {}
          : { tsaUrls: [service('tsa', 1)], tsaConfig: { selector: 'ANY' } }),
      }),
    );
  }

  /** The logs stand at this server's addresses. */
  trustedRoot(): Buffer {
    const root = trustedRootOf(this.#world);
    const [v1, v2] = root.tlogs;
    if (v1 !== undefined) v1.baseUrl = `${this.origin}/rekor-v1`;
    if (v2 !== undefined) v2.baseUrl = `${this.origin}/rekor-v2`;
    return Buffer.from(JSON.stringify(root));
  }

  /** A token as GitHub's issuer gives it; its signature says nothing, for nobody here looks. */
  token(more: Readonly<Record<string, Json>> = {}): string {
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const exp = Math.floor(Date.now() / 1000) + 600;
    return `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ aud: 'sigstore', exp, ...this.claims, ...more })}.${'c2lnbmF0dXJlLW9mLXRoZS1pc3N1ZXI'}`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (chunk instanceof Buffer) chunks.push(chunk);
    const [, name = '', ...rest] = (request.url ?? '').split('/');
    const service = name as ServiceName;
    const body = Buffer.concat(chunks).toString('utf8');
    const asked = { service, method: request.method ?? '', path: `/${rest.join('/')}`, body };
    const fault = this.fault?.(asked, this.count(service));
    this.asked.push(asked);
    if (fault === 'hang') return;
    if (typeof fault === 'object') {
      response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
      return;
    }
    const answer = this.#handle(asked, request);
    this.done?.(asked);
    if (fault === 'lost') {
      response.destroy();
      return;
    }
    const bytes = Buffer.from(answer.body);
    response.writeHead(answer.status, {
      'content-type': answer.type ?? 'application/json',
      'content-length': bytes.length,
      ...answer.headers,
    });
    if (fault === 'truncate') {
      response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
      return;
    }
    response.end(bytes);
  }

  #handle(asked: Asked, request: IncomingMessage): Answer {
    const { service, path } = asked;
    if (service === 'issuer') {
      return request.headers.authorization === 'Bearer the-request-token-of-the-job'
        ? json(200, { value: this.token() })
        : json(401, {});
    }
    const body: unknown = asked.body === '' ? {} : JSON.parse(asked.body);
    if (service === 'fulcio' && path === '/api/v2/signingCert') return this.#certify(body);
    if (service === 'tsa') return this.#stamp(body);
    if (service === 'rekor-v1') return this.#logV1(asked, body);
    if (service === 'rekor-v2') return this.#logV2(asked, body);
    return json(404, {});
  }

  #certify(body: unknown): Answer {
    const content = textAt(body, 'publicKeyRequest', 'publicKey', 'content');
    const spki = createPublicKey(content).export({ type: 'spki', format: 'der' });
    const now = Date.now();
    this.#certificates++;
    const leaf = issueLeaf(this.#world.fulcio, this.#world.ctLog, {
      key: { ...makeKey('p256', 'nobody'), spki },
      claims: this.claims,
      notBefore: new Date(now - 1000),
      notAfter: new Date(now - 1000 + this.life),
      serialSeed: `leaf/${this.#certificates}`,
    });
    const certificates = [leaf, ...this.#world.fulcio.chain].map((der) => pem('CERTIFICATE', der));
    return json(200, { signedCertificateEmbeddedSct: { chain: { certificates } } });
  }

  #stamp(body: unknown): Answer {
    const imprint = Buffer.from(textAt(body, 'artifactHash'), 'base64');
    const response = timestamp(this.#world.tsa, imprint, { time: new Date(Math.floor(Date.now() / 1000) * 1000) });
    return { status: 201, type: 'application/timestamp-reply', body: response };
  }

  #logV1({ path, method }: Asked, body: unknown): Answer {
    const log = this.#world.rekorV1;
    if (method === 'GET') {
      const index = this.#v1.findIndex((leaf) => path.endsWith(leafHash(leaf).toString('hex')));
      return index < 0 ? json(404, {}) : json(200, this.#entryV1(log, index));
    }
    if (path === '/api/v1/index/retrieve') return json(200, []);
    if (path === '/api/v1/log/entries/retrieve') {
      const proposals = listAt(body, 'entries').filter((one) => textAt(one, 'kind') === 'dsse');
      const indices = proposals.map((one) => this.#v1.findIndex((leaf) => leaf.equals(canonicalEntry(one))));
      return json(200, indices.filter((index) => index >= 0).map((index) => this.#entryV1(log, index)));
    }
    const entry = canonicalEntry(body);
    const known = this.#v1.findIndex((leaf) => leaf.equals(entry));
    if (known >= 0) {
      const location = `/api/v1/log/entries/${leafHash(entry).toString('hex')}`;
      return { ...json(409, { message: 'an equivalent entry already exists' }), headers: { location } };
    }
    this.#v1.push(entry);
    this.#v1Times.push(Math.floor(Date.now() / 1000));
    return json(201, this.#entryV1(log, this.#v1.length - 1));
  }

  #entryV1(log: Rekor, index: number): Json {
    const leaf = this.#v1[index] ?? Buffer.alloc(0);
    const integratedTime = this.#v1Times[index] ?? 0;
    const logID = log.logId.toString('hex');
    const body = base64(leaf);
    const promise = canonicalJson({ body, integratedTime, logIndex: index, logID });
    const { root, hashes, checkpoint } = proofIn(log, this.#v1, index);
    return {
      [leafHash(leaf).toString('hex')]: {
        body,
        integratedTime,
        logID,
        logIndex: index,
        verification: {
          signedEntryTimestamp: base64(log.key.sign(Buffer.from(promise))),
          inclusionProof: {
            checkpoint,
            hashes: hashes.map((hash) => hash.toString('hex')),
            logIndex: index,
            rootHash: root.toString('hex'),
            treeSize: this.#v1.length,
          },
        },
      },
    };
  }

  #logV2({ path, method }: Asked, body: unknown): Answer {
    const log = this.#world.rekorV2;
    if (method === 'GET') {
      const entries = new Map(this.#v2.map((leaf, index) => [index, leaf]));
      const tree = new TiledLog(log, { size: this.#v2.length, entries });
      const bytes = tree.resource(path.replace('/api/v2/', ''));
      return bytes === undefined ? json(404, {}) : { status: 200, type: 'application/octet-stream', body: bytes };
    }
    if (textAt(body, 'dsseRequestV002', 'envelope', 'payloadType') !== '')
      return json(400, { message: 'invalid type, must be hashedrekord' });
    const request = ['hashedRekordRequestV002'];
    const verifier = [...request, 'signature', 'verifier'];
    const entry = Buffer.from(
      canonicalJson({
        apiVersion: '0.0.2',
        kind: 'hashedrekord',
        spec: {
          hashedRekordV002: {
            data: { algorithm: 'SHA2_256', digest: textAt(body, ...request, 'digest') },
            signature: {
              content: textAt(body, ...request, 'signature', 'content'),
              verifier: {
                keyDetails: textAt(body, ...verifier, 'keyDetails'),
                x509Certificate: { rawBytes: textAt(body, ...verifier, 'x509Certificate', 'rawBytes') },
              },
            },
          },
        },
      }),
    );
    // This log does not know what it has: who sends twice has it twice.
    this.#v2.push(entry);
    const index = this.#v2.length - 1;
    const { root, hashes, checkpoint } = proofIn(log, this.#v2, index);
    return json(201, {
      logIndex: String(index),
      logId: { keyId: base64(log.logId) },
      kindVersion: { kind: 'hashedrekord', version: '0.0.2' },
      inclusionProof: {
        logIndex: String(index),
        rootHash: base64(root),
        treeSize: String(this.#v2.length),
        hashes: hashes.map((hash) => base64(hash)),
        checkpoint: { envelope: checkpoint },
      },
      canonicalizedBody: base64(entry),
    });
  }
}

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

function json(status: number, value: Json): Answer {
  return { status, body: JSON.stringify(value) };
}

function proofIn(log: Rekor, entries: readonly Buffer[], index: number) {
  const leaves = entries.map((entry) => leafHash(entry));
  const root = rootHash(leaves);
  const checkpoint = signCheckpoint({ origin: log.origin, size: leaves.length, root, signers: [log.signer] });
  return { root, hashes: inclusionPath(leaves, index), checkpoint };
}

/** As Rekor v1 canonicalises what is proposed. */
function canonicalEntry(proposal: unknown): Buffer {
  const envelope = textAt(proposal, 'spec', 'proposedContent', 'envelope');
  const parsed: unknown = envelope === '' ? {} : JSON.parse(envelope);
  const payload = Buffer.from(textAt(parsed, 'payload'), 'base64');
  const hash = (bytes: Uint8Array): Json => ({ algorithm: 'sha256', value: sha256(bytes).toString('hex') });
  const [verifier = ''] = listAt(valueAt(valueAt(proposal, 'spec'), 'proposedContent'), 'verifiers').map(String);
  return Buffer.from(
    canonicalJson({
      apiVersion: '0.0.1',
      kind: 'dsse',
      spec: {
        envelopeHash: hash(Buffer.from(envelope)),
        payloadHash: hash(payload),
        signatures: listAt(parsed, 'signatures').map((one) => ({ signature: textAt(one, 'sig'), verifier })),
      },
    }),
  );
}

function valueAt(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(key) : undefined;
}

function textAt(value: unknown, ...keys: readonly string[]): string {
  const found = keys.reduce<unknown>(valueAt, value);
  return typeof found === 'string' ? found : '';
}

function listAt(value: unknown, key: string): readonly unknown[] {
  const list = valueAt(value, key);
  return Array.isArray(list) ? list : [];
}
