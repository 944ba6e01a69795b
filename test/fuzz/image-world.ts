import type { HttpFetch } from '#core/oci/http';
import { Layout } from '#core/oci/layout';
import { parseReference } from '#core/oci/reference';
import { RegistryRepository } from '#core/oci/registry';
import { Transport } from '#core/oci/transport';
import { refuse } from '#core/errors/error';
import { BUNDLE_TYPE, bytesOf, descriptor, referrerManifest } from '../registry/content.ts';
import { digestOf, OCI_INDEX, OCI_MANIFEST } from '../registry/server.ts';

/** How an attestation is attached, and where the image is kept. */
export type Attached = 'api' | 'tag' | 'legacy' | 'layout' | 'layout saved' | 'layout legacy';

/** What stands in a registry, or in a layout, around one attested image. */
export type PieceName =
  'config' | 'manifest' | 'index' | 'list' | 'referrer' | 'attestation' | 'layers' | 'marker';

export interface WorldParts {
  readonly attached: Attached;
  readonly config: Buffer;
  /** The image manifest; where `inIndex`, one of those in an index. */
  readonly manifest: Buffer;
  readonly inIndex: boolean;
  /** The bundle, or the envelope of a layer. */
  readonly attestation: Buffer;
  readonly annotations: Readonly<Record<string, string>>;
  readonly predicateType: string;
}

/** One piece as it was made and as it is served. */
interface Made {
  readonly served: Buffer;
  /** What it is called: the digest of what was made, or of what is served where that is computed again. */
  readonly digest: string;
  /** What a descriptor is made of. */
  readonly named: Buffer;
}

type Make = (name: PieceName, bytes: Buffer) => Made;

export type Edit = (piece: PieceName, bytes: Buffer) => Buffer;

const TAG = 'v1';
const HOST = '127.0.0.1:5000';
export const CONFIG = 'application/vnd.oci.image.config.v1+json';
const DSSE = 'application/vnd.dsse.envelope.v1+json';

/**
 * The world with its pieces edited. Where digests are computed again, everything above an edited piece names it
 * by its new digest and size: who writes to the registry can do that.
 */
export class ImageWorld {
  readonly pieces = new Map<PieceName, Buffer>();
  /** The same as they are served. */
  readonly served = new Map<PieceName, Buffer>();
  readonly #content = new Map<
    string,
    { readonly bytes: Buffer; readonly type: string; readonly digest: string }
  >();
  readonly #parts: WorldParts;
  /** The digest that the tag names. */
  readonly top: string;
  readonly manifest: string;

  constructor(parts: WorldParts, edit: Edit = (_, bytes) => bytes, again = false) {
    this.#parts = parts;
    const make = (name: PieceName, bytes: Buffer): Made => {
      this.pieces.set(name, bytes);
      const served = edit(name, bytes);
      this.served.set(name, served);
      const named = again ? served : bytes;
      return { served, named, digest: digestOf(named) };
    };
    const config = make('config', parts.config);
    this.#put('blobs', config, 'application/octet-stream');
    const manifest = make('manifest', withConfig(parts.manifest, config.named));
    this.manifest = manifest.digest;
    this.#put('manifests', manifest, OCI_MANIFEST);
    const top = parts.inIndex ? make('index', indexOf(manifest.named)) : manifest;
    this.top = top.digest;
    if (parts.inIndex) this.#put('manifests', top, OCI_INDEX);
    this.#put('manifests', top, parts.inIndex ? OCI_INDEX : OCI_MANIFEST, TAG);
    const attestation = make('attestation', parts.attestation);
    this.#put('blobs', attestation, 'application/octet-stream');
    const attached = parts.attached.endsWith('legacy')
      ? this.#attachLayers(make, manifest, attestation)
      : this.#attachBundle(make, manifest, attestation);
    if (parts.attached.startsWith('layout')) this.#writeLayout(make, top, attached);
  }

  /** A store that reads it. */
  store(): Layout | RegistryRepository {
    if (this.#parts.attached.startsWith('layout')) {
      const names = [...this.#content.values()].map(({ digest }) => digest.replace('sha256:', ''));
      return new Layout(
        (path) => this.#file(path),
        'layout',
        () => [...new Set(names)],
      );
    }
    const clock = { now: () => 0, wait: async () => undefined };
    const options = { fetch: this.#fetch, clock, credentials: async () => undefined };
    const transport = new Transport({ ...options, allowHttp: false, timeout: 1000 });
    return new RegistryRepository(transport, parseReference(`${HOST}/r`));
  }

  #attachBundle(make: Make, image: Made, bundle: Made): Made {
    const { attached, predicateType } = this.#parts;
    const referrer = make('referrer', referrerManifest(image.named, bundle.named, predicateType));
    this.#put('manifests', referrer, OCI_MANIFEST);
    if (attached.startsWith('layout')) return referrer;
    const annotations = { 'dev.sigstore.bundle.predicateType': predicateType };
    const listed = {
      ...descriptor(OCI_MANIFEST, referrer.named, { annotations }),
      artifactType: BUNDLE_TYPE,
    };
    const list = make('list', bytesOf({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [listed] }));
    const tag = image.digest.replace(':', '-');
    if (attached === 'api') this.#put('referrers', list, OCI_INDEX, image.digest);
    else this.#put('manifests', list, OCI_INDEX, tag);
    return referrer;
  }

  #attachLayers(make: Make, image: Made, envelope: Made): Made {
    const config = Buffer.from('{}');
    const layers = [descriptor(DSSE, envelope.named, { annotations: this.#parts.annotations })];
    const layered = { config: descriptor(CONFIG, config), layers };
    const made = make('layers', bytesOf({ schemaVersion: 2, mediaType: OCI_MANIFEST, ...layered }));
    this.#put('manifests', made, OCI_MANIFEST);
    this.#put('manifests', made, OCI_MANIFEST, `${image.digest.replace(':', '-')}.att`);
    return made;
  }

  #writeLayout(make: Make, top: Made, attached: Made): void {
    const { inIndex, attached: how } = this.#parts;
    const mark = (kind: string): object => ({ annotations: { kind: `dev.cosignproject.cosign/${kind}` } });
    const image = descriptor(
      inIndex ? OCI_INDEX : OCI_MANIFEST,
      top.named,
      mark(inIndex ? 'imageIndex' : 'image'),
    );
    const listed = descriptor(OCI_MANIFEST, attached.named, how === 'layout legacy' ? mark('atts') : {});
    const manifests = how === 'layout saved' ? [image] : [image, listed];
    this.#put('layout', make('marker', bytesOf({ imageLayoutVersion: '1.0.0' })), 'application/json', 'file');
    this.#put(
      'index',
      make('list', bytesOf({ schemaVersion: 2, mediaType: OCI_INDEX, manifests })),
      OCI_INDEX,
      'json',
    );
  }

  #put(kind: string, { served, digest }: Made, type: string, name = digest): void {
    this.#content.set(`${kind}/${name}`, { bytes: served, type, digest });
  }

  #file(path: string): Buffer {
    if (path === 'oci-layout') return this.#content.get('layout/file')?.bytes ?? missing(path);
    if (path === 'index.json') return this.#content.get('index/json')?.bytes ?? missing(path);
    const digest = path.replace(/^blobs\/sha256\//, 'sha256:');
    const found = this.#content.get(`manifests/${digest}`) ?? this.#content.get(`blobs/${digest}`);
    return found?.bytes ?? missing(path);
  }

  #fetch: HttpFetch = async ({ url, method }) => {
    const found = this.#content.get(decodeURIComponent(url.pathname).replace('/v2/r/', ''));
    const { bytes, type, digest } = found ?? {
      bytes: Buffer.from('{}'),
      type: 'application/json',
      digest: undefined,
    };
    const headers = new Map([
      ['content-type', type],
      ['content-length', String(bytes.length)],
    ]);
    if (digest !== undefined && !url.pathname.includes('/referrers/'))
      headers.set('docker-content-digest', digest);
    return {
      status: found === undefined ? 404 : 200,
      header: (name) => headers.get(name),
      body: bodyOf(method === 'HEAD' ? Buffer.alloc(0) : bytes),
      discard: () => undefined,
    };
  };
}

async function* bodyOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield await Promise.resolve(bytes);
}

/** The same manifest, octet for octet, where the configuration is its own. */
function withConfig(manifest: Buffer, config: Buffer): Buffer {
  const value: { readonly config: object } = JSON.parse(manifest.toString('utf8'));
  const { mediaType, digest, size } = descriptor(CONFIG, config);
  return bytesOf({ ...value, config: { mediaType, digest, size } });
}

function indexOf(manifest: Buffer): Buffer {
  const platform = { os: 'linux', architecture: 'amd64' };
  const manifests = [descriptor(OCI_MANIFEST, manifest, { platform })];
  return bytesOf({ schemaVersion: 2, mediaType: OCI_INDEX, manifests });
}

function missing(path: string): never {
  return refuse('FILE_NOT_FOUND', `there is no ${path}`);
}
