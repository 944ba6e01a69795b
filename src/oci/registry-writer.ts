import { hash } from 'node:crypto';
import { refuse } from '#core/errors/error';
import { formatDigest, parseDigest, type OciDigest } from './digest.ts';
import type { HttpContent, HttpResponse } from './http.ts';
import { formatRepository, type Repository } from './reference.ts';
import type { Ask, Transport } from './transport.ts';

/** How a blob came into a repository. */
export type BlobArrival = 'there' | 'mounted' | 'sent';

/** Answers to the end of an upload that a registry has forgotten, as after a restart: it is begun anew. */
const FORGOTTEN: ReadonlySet<number> = new Set([404, 416]);
const UPLOADS = 3;

/**
 * Writes into a repository of a registry. All of it can be done again: what is there already is not sent.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#push
 */
export class RegistryWriter {
  readonly name: string;
  readonly #repository: Repository;
  readonly #transport: Transport;

  constructor(transport: Transport, repository: Repository) {
    this.#transport = transport;
    this.#repository = repository;
    this.name = formatRepository(repository);
  }

  /**
   * Sends a blob in one piece, unless it is there.
   * @param from another repository of the registry that has it
   * @throws REGISTRY_PUSH_REFUSED, REGISTRY_UNAUTHORISED, REGISTRY_UNAVAILABLE, ...
   */
  async putBlob(digest: OciDigest, content: HttpContent, from?: Repository): Promise<BlobArrival> {
    for (let attempt = 1; ; attempt++) {
      if (await this.#hasBlob(digest)) return 'there';
      const location = await this.#beginUpload(digest, from);
      if (location === undefined) return 'mounted';
      const status = await this.#finishUpload(location, digest, content);
      if (status === 201) return 'sent';
      if (attempt === UPLOADS || !FORGOTTEN.has(status))
        this.#refused(`the blob ${formatDigest(digest)}`, status);
    }
  }

  /**
   * Puts a manifest or an index whose content is there.
   * @param at a tag, or its own digest where that is absent
   * @returns whether the registry lists it with what it refers to, if it refers to something
   * @throws REGISTRY_PUSH_REFUSED, REGISTRY_DIGEST_MISMATCH, REGISTRY_UNAUTHORISED, ...
   */
  async putManifest(
    bytes: Uint8Array,
    mediaType: string,
    tag?: string,
  ): Promise<{ readonly isListed: boolean }> {
    const hex = hash('sha256', bytes, 'hex');
    const name = tag ?? `sha256:${hex}`;
    const ask = this.#ask('PUT', `manifests/${name}`, {
      type: mediaType,
      body: { size: bytes.length, read: () => once(bytes) },
    });
    return this.#transport.exchange(ask, async (response) => {
      response.discard();
      if (response.status !== 201) this.#refused(`the manifest ${name}`, response.status);
      checkStored(response, hex, `${this.name}/${name}`);
      return { isListed: response.header('oci-subject') !== undefined };
    });
  }

  async #hasBlob(digest: OciDigest): Promise<boolean> {
    const name = formatDigest(digest);
    return this.#transport.exchange(this.#ask('HEAD', `blobs/${name}`), async (response) => {
      response.discard();
      if (response.status === 404) return false;
      return response.status === 200 ? true : this.#refused(`the blob ${name}`, response.status);
    });
  }

  /** Where the content goes; undefined where the registry has taken it from the other repository. */
  async #beginUpload(digest: OciDigest, from: Repository | undefined): Promise<string | undefined> {
    const mount = new URLSearchParams({ mount: formatDigest(digest), from: from?.path ?? '' });
    const query = from === undefined ? '' : `?${mount.toString()}`;
    const ask = this.#ask('POST', `blobs/uploads/${query}`, { body: { size: 0, read: nothing } });
    return this.#transport.exchange(ask, async (response) => {
      response.discard();
      if (response.status === 201 && from !== undefined) return undefined;
      const location = response.header('location');
      if (response.status === 202 && location !== undefined) return location;
      return this.#refused('an upload', response.status);
    });
  }

  async #finishUpload(location: string, digest: OciDigest, content: HttpContent): Promise<number> {
    const query = new URLSearchParams({ digest: formatDigest(digest) }).toString();
    const path = `${location}${location.includes('?') ? '&' : '?'}${query}`;
    const ask: Ask = {
      repository: this.#repository,
      method: 'PUT',
      path,
      accept: ['*/*'],
      type: 'application/octet-stream',
      body: content,
    };
    return this.#transport.exchange(ask, async (response) => {
      response.discard();
      return response.status;
    });
  }

  #ask(method: Ask['method'], path: string, rest: Pick<Ask, 'body' | 'type'> = {}): Ask {
    const whole = `/v2/${this.#repository.path}/${path}`;
    return { repository: this.#repository, method, path: whole, accept: ['*/*'], ...rest };
  }

  #refused(what: string, status: number): never {
    return refuse('REGISTRY_PUSH_REFUSED', `${this.#repository.registry} does not take ${what}`, {
      path: this.name,
      expected: 'HTTP 201',
      found: `HTTP ${status}`,
      hint: 'check that the repository is there and that its rules allow this name',
    });
  }
}

/** What the registry says that it has must be what was sent. */
function checkStored(response: HttpResponse, hex: string, name: string): void {
  const header = response.header('docker-content-digest');
  if (header === undefined) return;
  const found = parseDigest(header, 'REGISTRY_DIGEST_MISMATCH', 'docker-content-digest');
  if (found.algorithm !== 'sha256' || found.hex === hex) return;
  refuse('REGISTRY_DIGEST_MISMATCH', `${name} is stored as something else than was sent`, {
    expected: `sha256:${hex}`,
    found: formatDigest(found),
    hint: 'the registry, or something on the way to it, changes content: do not use it',
  });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // Of an upload that only begins.
}
