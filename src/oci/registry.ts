import { digest as digestOf } from '#core/bytes/digest';
import { toHex } from '#core/bytes/hex';
import { refuse } from '#core/errors/error';
import { limits } from '#core/limits';
import type { Descriptor } from './descriptor.ts';
import { formatDigest, parseDigest, type OciDigest } from './digest.ts';
import type { HttpResponse } from './http.ts';
import type { ImageStore, StoredManifest } from './image-store.ts';
import { parseManifest } from './manifest.ts';
import { bareType, isIndexType, MANIFEST_TYPES, mediaTypes } from './media-types.ts';
import { checkDigest, readBody } from './read-body.ts';
import { nextPage } from './next-page.ts';
import { formatRepository, type Repository } from './reference.ts';
import type { Ask, Transport } from './transport.ts';

/** One page of a list of referrers. */
interface Page {
  readonly manifests: readonly Descriptor[];
  readonly next: string | undefined;
}

/** Answers of registries that do not have the referrers API. */
const NO_API: ReadonlySet<number> = new Set([400, 404, 405, 406]);

/** Lists of what is attached to an image, asked for together: referrers by the API and by tag, cosign's `.att`. */
const LISTS = 3;

/**
 * A repository of a registry by the distribution protocol. Every octet is checked against the digest that asked
 * for it; a tag's content against the digest that the registry names for it.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md
 */
export class RegistryRepository implements ImageStore {
  readonly name: string;
  readonly #repository: Repository;
  readonly #transport: Transport;
  /** Undefined until the registry has shown whether it has the referrers API. */
  #hasReferrersApi: boolean | undefined;

  constructor(transport: Transport, repository: Repository) {
    this.#transport = transport;
    this.#repository = repository;
    this.name = formatRepository(repository);
  }

  async manifest(at: string | OciDigest): Promise<StoredManifest | undefined> {
    // Whoever finds an image by its tag asks for what is attached to it.
    return this.#manifest(at, typeof at === 'string' ? { next: LISTS } : {});
  }

  async #manifest(at: string | OciDigest, then: Pick<Ask, 'next'> = {}): Promise<StoredManifest | undefined> {
    const asked = typeof at === 'string' ? undefined : at;
    const text = typeof at === 'string' ? at : formatDigest(at);
    const name = `${this.name}${asked === undefined ? ':' : '@'}${text}`;
    const ask = { ...this.#ask(`manifests/${text}`, MANIFEST_TYPES), ...then };
    return this.#transport.exchange(ask, async (response) => {
      if (this.#isMissing(response, name)) return undefined;
      const mediaType = typeOf(response, MANIFEST_TYPES, name);
      const bytes = await readBody(response, { name, limit: limits.manifest });
      const digest = asked ?? { algorithm: 'sha256', hex: toHex(digestOf('sha256', bytes)) };
      if (asked !== undefined) checkDigest(bytes, asked, name);
      checkHeader(response, bytes, name);
      return {
        digest,
        size: bytes.length,
        bytes,
        mediaType,
        manifest: parseManifest(bytes, mediaType, name),
      };
    });
  }

  async blob(descriptor: Descriptor): Promise<Uint8Array> {
    const text = formatDigest(descriptor.digest);
    const name = `${this.name}@${text}`;
    return this.#transport.exchange(this.#ask(`blobs/${text}`, ['*/*']), async (response) => {
      if (this.#isMissing(response, name)) this.#contentMissing(text, response.status);
      const bytes = await readBody(response, { name, limit: limits.evidenceItem, size: descriptor.size });
      checkDigest(bytes, descriptor.digest, name);
      return bytes;
    });
  }

  /**
   * Content of any size, as it comes: who takes it has to check it, and may be given it again from its beginning.
   * @param kind a manifest, or what manifests name
   * @throws REGISTRY_CONTENT_MISSING, ...
   */
  async receive<T>(
    kind: 'manifests' | 'blobs',
    digest: OciDigest,
    take: (body: AsyncIterable<Uint8Array>) => Promise<T>,
  ): Promise<T> {
    const text = formatDigest(digest);
    const accept = kind === 'manifests' ? MANIFEST_TYPES : ['*/*'];
    const ask: Ask = { ...this.#ask(`${kind}/${text}`, accept), isLarge: true };
    return this.#transport.exchange(ask, async (response) => {
      if (this.#isMissing(response, `${this.name}@${text}`)) this.#contentMissing(text, response.status);
      return take(response.body);
    });
  }

  /** By the API, else by the tag that stands in for it; both are asked at once until the API has answered. */
  async referrers(digest: OciDigest): Promise<readonly Descriptor[]> {
    // Asked first, for what it lists is asked for next.
    const asked = this.#hasReferrersApi === false ? undefined : this.#listed(digest);
    const fallback = this.#hasReferrersApi === true ? undefined : this.#fallback(digest);
    // It counts only where the API is missing: until then nobody listens to what becomes of it.
    fallback?.catch(() => undefined);
    const listed = await asked;
    this.#hasReferrersApi = listed !== undefined;
    return listed ?? (await (fallback ?? this.#fallback(digest)));
  }

  async attestations(digest: OciDigest): Promise<StoredManifest | undefined> {
    return this.#manifest(`${digest.algorithm}-${digest.hex}.att`);
  }

  async tagged(tag: string): Promise<OciDigest | undefined> {
    const name = `${this.name}:${tag}`;
    const head = await this.#transport.exchange(
      { ...this.#ask(`manifests/${tag}`, MANIFEST_TYPES), method: 'HEAD' },
      async (response) => {
        const header = response.header('docker-content-digest');
        response.discard();
        if (this.#isMissing(response, name)) return 'missing';
        return header === undefined ? undefined : parseDigest(header, 'REGISTRY_DIGEST_MISMATCH', name);
      },
    );
    if (head === 'missing') return undefined;
    return head ?? (await this.#manifest(tag))?.digest;
  }

  /** All pages of the referrers API; undefined where the registry has none. */
  async #listed(digest: OciDigest): Promise<readonly Descriptor[] | undefined> {
    const name = `the referrers of ${this.name}@${formatDigest(digest)}`;
    const first = `/v2/${this.#repository.path}/referrers/${formatDigest(digest)}`;
    const found: Descriptor[] = [];
    let path: string | undefined = first;
    for (let page = 1; path !== undefined; page++) {
      if (page > limits.referrerPages) tooMany(name);
      const answer: Page | undefined = await this.#page(path, first, name);
      if (answer === undefined) return page === 1 ? undefined : found;
      found.push(...answer.manifests);
      if (found.length > limits.indexManifests) tooMany(name);
      path = answer.next;
    }
    return found;
  }

  async #page(path: string, list: string, name: string): Promise<Page | undefined> {
    const ask: Ask = { repository: this.#repository, method: 'GET', path, accept: [mediaTypes.ociIndex] };
    return this.#transport.exchange(ask, async (response) => {
      if (NO_API.has(response.status)) {
        response.discard();
        return undefined;
      }
      if (this.#isMissing(response, name)) return undefined;
      const mediaType = typeOf(response, [mediaTypes.ociIndex], name);
      const bytes = await readBody(response, { name, limit: limits.manifest });
      const manifest = parseManifest(bytes, mediaType, name);
      const manifests = manifest.kind === 'index' ? manifest.manifests : [];
      return { manifests, next: nextPage(response.header('link'), list) };
    });
  }

  /** @see https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#referrers-tag-schema */
  async #fallback(digest: OciDigest): Promise<readonly Descriptor[]> {
    const index = await this.#manifest(`${digest.algorithm}-${digest.hex}`);
    return index?.manifest.kind === 'index' ? index.manifest.manifests : [];
  }

  /** Whether the answer says that there is no such thing. @throws REGISTRY_UNAVAILABLE for any other but 200 */
  #isMissing(response: HttpResponse, name: string): boolean {
    if (response.status === 200) return false;
    response.discard();
    if (response.status === 404) return true;
    return refuse('REGISTRY_UNAVAILABLE', `${this.#repository.registry} does not give ${name}`, {
      expected: 'HTTP 200',
      found: `HTTP ${response.status}`,
    });
  }

  #contentMissing(text: string, status: number): never {
    return refuse('REGISTRY_CONTENT_MISSING', `${this.name} does not have what it lists`, {
      expected: text,
      found: `HTTP ${status}`,
      hint: 'push it again: a manifest is there whose content is not',
    });
  }

  #ask(path: string, accept: readonly string[]): Ask {
    return {
      repository: this.#repository,
      method: 'GET',
      path: `/v2/${this.#repository.path}/${path}`,
      accept,
    };
  }
}

/** The type that the answer has, one of those that were asked for. @throws REGISTRY_TYPE_UNEXPECTED */
function typeOf(response: HttpResponse, wanted: readonly string[], name: string): string {
  const header = response.header('content-type');
  const type = bareType(header ?? '');
  if (wanted.includes(type)) return type;
  response.discard();
  return refuse('REGISTRY_TYPE_UNEXPECTED', `${name} has another type than was asked for`, {
    path: 'content-type',
    expected:
      wanted.some(isIndexType) && wanted.length === 1 ? 'an image index' : 'a manifest or an image index',
    found: header === undefined ? 'none' : JSON.stringify(header.slice(0, 200)),
    hint: 'is this a registry? a proxy or a page to log in may answer instead',
  });
}

/** What the registry itself calls the content must fit it. */
function checkHeader(response: HttpResponse, bytes: Uint8Array, name: string): void {
  const header = response.header('docker-content-digest');
  if (header === undefined) return;
  checkDigest(bytes, parseDigest(header, 'REGISTRY_DIGEST_MISMATCH', 'docker-content-digest'), name);
}

function tooMany(name: string): never {
  return refuse('EVIDENCE_TOO_MANY', `${name} are too many`, {
    expected: `at most ${limits.indexManifests}, on ${limits.referrerPages} pages`,
  });
}
