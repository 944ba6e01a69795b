import { sha256Hex } from '#core/bytes/digest';
import { parseJson, parseJsonBytes } from '#core/json/parse';
import { isArray, isObject, member, type JsonObject, type JsonValue } from '#core/json/value';
import { Refused } from './service.ts';
import type { Store } from './store.ts';

/** A manifest as it was pushed. */
export interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly json: JsonObject;
}

const JOURNAL = 'registry.journal';

export const digestOf = (bytes: Uint8Array): string => `sha256:${sha256Hex(bytes)}`;

/** What a registry holds: blobs of all repositories together, manifests and tags of each. */
export class RegistryContent {
  readonly #store: Store;
  /** By repository, then by digest: the media type. */
  readonly #manifests = new Map<string, Map<string, string>>();
  /** By repository, then by tag: the digest. */
  readonly #tags = new Map<string, Map<string, string>>();

  constructor(store: Store) {
    this.#store = store;
    for (const record of store.records(JOURNAL)) this.#learn(record);
  }

  has(digest: string): boolean {
    return this.#store.has(fileOf(digest));
  }

  blob(digest: string): Buffer | undefined {
    return this.#store.read(fileOf(digest));
  }

  putBlob(bytes: Buffer): string {
    const digest = digestOf(bytes);
    this.#store.write(fileOf(digest), bytes);
    return digest;
  }

  /** @param reference tag or digest */
  manifest(repository: string, reference: string): Manifest | undefined {
    const digest = this.#tags.get(repository)?.get(reference) ?? reference;
    const mediaType = this.#manifests.get(repository)?.get(digest);
    const bytes = mediaType === undefined ? undefined : this.blob(digest);
    if (mediaType === undefined || bytes === undefined) return undefined;
    return { digest, mediaType, bytes, json: readManifest(bytes) };
  }

  /** @throws Refused where it is no manifest, or names what is not there */
  putManifest(repository: string, tag: string | undefined, mediaType: string, bytes: Buffer): Manifest {
    const json = readManifest(bytes);
    for (const digest of partsOf(json)) {
      if (!this.has(digest)) throw new Refused(404, 'MANIFEST_BLOB_UNKNOWN');
    }
    const digest = this.putBlob(bytes);
    const record = JSON.stringify([repository, digest, mediaType, ...(tag === undefined ? [] : [tag])]);
    this.#store.append(JOURNAL, record);
    this.#learn(record);
    return { digest, mediaType, bytes, json };
  }

  manifests(repository: string): readonly Manifest[] {
    const digests = [...(this.#manifests.get(repository)?.keys() ?? [])];
    return digests.flatMap((digest) => this.manifest(repository, digest) ?? []);
  }

  tags(repository: string): readonly string[] | undefined {
    if (!this.#manifests.has(repository)) return undefined;
    return [...(this.#tags.get(repository)?.keys() ?? [])].toSorted();
  }

  repositories(): readonly string[] {
    return [...this.#manifests.keys()].toSorted();
  }

  #learn(record: string): void {
    const fields = parseJson(record);
    const [repository, digest, mediaType, tag] = isArray(fields) ? fields.map(String) : [];
    if (repository === undefined || digest === undefined || mediaType === undefined)
      throw new Error('the state of the registry is damaged');
    within(this.#manifests, repository).set(digest, mediaType);
    if (tag !== undefined) within(this.#tags, repository).set(tag, digest);
  }
}

function within(map: Map<string, Map<string, string>>, key: string): Map<string, string> {
  const inner = map.get(key) ?? new Map<string, string>();
  map.set(key, inner);
  return inner;
}

/** @throws Refused for what is no digest: it becomes a file's name */
function fileOf(digest: string): string {
  const [, hex] = /^sha256:([0-9a-f]{64})$/.exec(digest) ?? [];
  if (hex === undefined) throw new Refused(400, 'DIGEST_INVALID');
  return `registry/sha256/${hex}`;
}

function readManifest(bytes: Buffer): JsonObject {
  let value: JsonValue;
  try {
    value = parseJsonBytes(bytes);
  } catch {
    throw new Refused(400, 'MANIFEST_INVALID');
  }
  if (!isObject(value)) throw new Refused(400, 'MANIFEST_INVALID');
  return value;
}

/** Digests of what a manifest is made of. What it refers to by `subject` may be missing. */
function partsOf(manifest: JsonObject): readonly string[] {
  const lists = ['layers', 'manifests'].map((key) => member(manifest, key)).filter(isArray);
  const items = [member(manifest, 'config'), ...lists.flat()];
  return items.flatMap((item) => {
    const digest = isObject(item) ? member(item, 'digest') : undefined;
    return typeof digest === 'string' ? [digest] : [];
  });
}
