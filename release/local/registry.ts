import { randomUUID } from 'node:crypto';
import { isObject, member } from '#core/json/value';
import { digestOf, RegistryContent, type Manifest } from './registry-content.ts';
import { json, Refused, type LocalAnswer, type LocalRequest, type Service } from './service.ts';
import type { Store } from './store.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** An OCI registry (distribution specification 1.1) that lets everybody push and pull. */
export class Registry {
  readonly #content: RegistryContent;
  /** What came of uploads that are not done. */
  readonly #uploads = new Map<string, Buffer>();

  constructor(store: Store) {
    this.#content = new RegistryContent(store);
  }

  readonly answer: Service = (request) => {
    if (!/^\/v2(?:\/|$)/.test(request.path)) return undefined;
    try {
      return this.#answer(request);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return json({ errors: [{ code: error.message, message: error.message }] }, error.status);
    }
  };

  #answer(request: LocalRequest): LocalAnswer {
    const { path, query } = request;
    if (path === '/v2' || path === '/v2/')
      return json({}, 200, { 'docker-distribution-api-version': 'registry/2.0' });
    if (path === '/v2/_catalog') return page(query, 'repositories', this.#content.repositories(), {}, path);
    const [, name = '', kind = '', rest = ''] =
      /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs|referrers|tags)\/?(?:(?<=\/)([^/]*))?$/.exec(path) ?? [];
    if (!NAME.test(name)) throw new Refused(404, 'NAME_INVALID');
    if (kind === 'manifests') return this.#manifest(request, name, rest);
    if (kind === 'blobs/uploads') return this.#upload(request, name, rest);
    if (kind === 'blobs') return this.#blob(request, rest);
    if (kind === 'referrers') return this.#referrers(name, rest, query);
    const tags = rest === 'list' ? this.#content.tags(name) : undefined;
    if (tags === undefined) throw new Refused(404, 'NAME_UNKNOWN');
    return page(query, 'tags', tags, { name }, path);
  }

  #manifest({ method, headers, body }: LocalRequest, name: string, reference: string): LocalAnswer {
    const isDigest = reference.includes(':');
    if (method === 'PUT') {
      if (isDigest ? reference !== digestOf(body) : !TAG.test(reference))
        throw new Refused(400, isDigest ? 'DIGEST_INVALID' : 'TAG_INVALID');
      const type = headers['content-type'] ?? '';
      const manifest = this.#content.putManifest(name, isDigest ? undefined : reference, type, body);
      const subject = subjectOf(manifest);
      return {
        status: 201,
        headers: {
          location: `/v2/${name}/manifests/${manifest.digest}`,
          'docker-content-digest': manifest.digest,
          ...(subject === undefined ? {} : { 'oci-subject': subject }),
        },
        body: '',
      };
    }
    reads(method);
    const manifest = this.#content.manifest(name, reference);
    if (manifest === undefined) throw new Refused(404, 'MANIFEST_UNKNOWN');
    return content(manifest.mediaType, manifest.digest, manifest.bytes);
  }

  #blob({ method }: LocalRequest, digest: string): LocalAnswer {
    reads(method);
    const bytes = this.#content.blob(digest);
    if (bytes === undefined) throw new Refused(404, 'BLOB_UNKNOWN');
    return content('application/octet-stream', digest, bytes);
  }

  /** In one piece, in several, or by naming a blob that is there. */
  #upload({ method, query, body }: LocalRequest, name: string, id: string): LocalAnswer {
    const mount = query.get('mount');
    if (method === 'POST' && mount !== null && this.#content.has(mount)) return created(name, mount);
    const started = method === 'POST' ? Buffer.alloc(0) : this.#uploads.get(id);
    if (started === undefined) throw new Refused(404, 'BLOB_UPLOAD_UNKNOWN');
    const bytes = method === 'GET' ? started : Buffer.concat([started, body]);
    const digest = query.get('digest');
    if (digest !== null && (method === 'PUT' || method === 'POST')) {
      if (digest !== digestOf(bytes)) throw new Refused(400, 'DIGEST_INVALID');
      this.#uploads.delete(id);
      return created(name, this.#content.putBlob(bytes));
    }
    const upload = method === 'POST' ? randomUUID() : id;
    this.#uploads.set(upload, bytes);
    return {
      status: method === 'GET' ? 204 : 202,
      headers: {
        location: `/v2/${name}/blobs/uploads/${upload}`,
        range: `0-${Math.max(0, bytes.length - 1)}`,
        'docker-upload-uuid': upload,
      },
      body: '',
    };
  }

  #referrers(name: string, subject: string, query: URLSearchParams): LocalAnswer {
    const wanted = query.get('artifactType');
    const all = this.#content.manifests(name).filter((manifest) => subjectOf(manifest) === subject);
    const listed = all
      .map(descriptorOf)
      .filter(({ artifactType }) => wanted === null || artifactType === wanted);
    const filtered = wanted === null ? undefined : { 'oci-filters-applied': 'artifactType' };
    return json({ schemaVersion: 2, mediaType: INDEX, manifests: listed }, 200, {
      'content-type': INDEX,
      ...filtered,
    });
  }
}

function reads(method: string): void {
  if (method !== 'GET' && method !== 'HEAD') throw new Refused(405, 'UNSUPPORTED');
}

const content = (type: string, digest: string, body: Buffer): LocalAnswer => ({
  status: 200,
  headers: { 'content-type': type, 'docker-content-digest': digest },
  body,
});

const created = (name: string, digest: string): LocalAnswer => ({
  status: 201,
  headers: { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest },
  body: '',
});

function subjectOf({ json }: Manifest): string | undefined {
  const subject = member(json, 'subject');
  const digest = isObject(subject) ? member(subject, 'digest') : undefined;
  return typeof digest === 'string' ? digest : undefined;
}

function descriptorOf({ digest, mediaType, bytes, json }: Manifest): { readonly artifactType?: unknown } {
  const config = member(json, 'config');
  const artifactType =
    member(json, 'artifactType') ?? (isObject(config) ? member(config, 'mediaType') : undefined);
  const annotations = member(json, 'annotations');
  const descriptor = { mediaType, digest, size: bytes.length };
  return {
    ...descriptor,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

/** A list, `n` at a time after `last`. */
function page(
  query: URLSearchParams,
  key: string,
  all: readonly string[],
  more: object,
  path: string,
): LocalAnswer {
  const last = query.get('last') ?? '';
  const left = all.filter((item) => item > last);
  const size = query.has('n') ? Number(query.get('n')) : left.length;
  const items = left.slice(0, size);
  const next = items.at(-1);
  const isMore = items.length < left.length && next !== undefined;
  const headers = isMore ? { link: `<${path}?n=${size}&last=${encodeURIComponent(next)}>; rel="next"` } : {};
  return json({ ...more, [key]: items }, 200, headers);
}
