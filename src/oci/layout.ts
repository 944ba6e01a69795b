import { EdgesealError, refuse } from '#core/errors/error';
import { parseJsonBytes } from '#core/json/parse';
import { isObject, member } from '#core/json/value';
import { limits } from '#core/limits';
import { annotation, type Descriptor } from './descriptor.ts';
import { equalDigests, formatDigest, type OciDigest } from './digest.ts';
import type { ImageStore, StoredManifest } from './image-store.ts';
import { parseManifest, type Manifest } from './manifest.ts';
import { BUNDLE_PREFIX, MANIFEST_TYPES, mediaTypes } from './media-types.ts';
import { checkDigest } from './read-body.ts';

/**
 * Reads a file of a layout, its name relative to the layout's folder.
 * @throws FILE_NOT_FOUND, INPUT_TOO_LARGE, ...
 */
export type ReadLayoutFile = (path: string, limit: number) => Uint8Array;

/** The names of all blobs by SHA-256. */
export type ListBlobs = () => readonly string[];

/** What cosign calls an entry of the index of what it saves. */
const KIND = 'kind';
const IMAGE_KINDS: ReadonlySet<string | undefined> = new Set([
  'dev.cosignproject.cosign/image',
  'dev.cosignproject.cosign/imageIndex',
]);
const ATTESTATIONS_KIND = 'dev.cosignproject.cosign/atts';
const ATTACHED_KINDS: ReadonlySet<string | undefined> = new Set([
  ATTESTATIONS_KIND,
  'dev.cosignproject.cosign/sigs',
  'dev.cosignproject.cosign/sboms',
]);
const REF_NAME = 'org.opencontainers.image.ref.name';

/**
 * An OCI image layout, also as `cosign save` writes it: the same checks of digest and size as with a registry.
 * @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export class Layout implements ImageStore {
  readonly name: string;
  readonly #read: ReadLayoutFile;
  readonly #list: ListBlobs;
  readonly #entries: readonly Descriptor[];

  /**
   * @param name for reasons
   * @param list the names in `blobs/sha256`, where they can be had
   * @throws IMAGE_LAYOUT_INVALID, IMAGE_MANIFEST_INVALID, JSON_*
   */
  constructor(read: ReadLayoutFile, name: string, list: ListBlobs = () => []) {
    this.name = name;
    this.#read = read;
    this.#list = list;
    this.#entries = readEntries(read, name);
  }

  /**
   * The image that the layout is about: the one that cosign marks, else the only entry that is attached to nothing.
   * @throws IMAGE_LAYOUT_INVALID where it is not clear which
   */
  image(): OciDigest {
    const marked = this.#entries.filter(({ annotations }) => IMAGE_KINDS.has(annotation(annotations, KIND)));
    const plain = this.#entries.filter(
      ({ annotations, artifactType }) =>
        !ATTACHED_KINDS.has(annotation(annotations, KIND)) &&
        artifactType?.startsWith(BUNDLE_PREFIX) !== true &&
        !/^sha(?:256|512)-/.test(annotation(annotations, REF_NAME) ?? ''),
    );
    const candidates = marked.length > 0 ? marked : plain.filter((entry) => !this.#isAttached(entry));
    const [only, ...others] = new Map(
      candidates.map((one) => [formatDigest(one.digest), one.digest]),
    ).values();
    if (only !== undefined && others.length === 0) return only;
    return refuse('IMAGE_LAYOUT_INVALID', `${this.name} does not hold exactly one image`, {
      expected: 'one image, or the digest of one: FOLDER@sha256:HEX',
      found: `${candidates.length} images`,
      hint: 'name the image by its digest',
    });
  }

  async manifest(at: string | OciDigest): Promise<StoredManifest | undefined> {
    if (typeof at !== 'string') return this.#stored(at, undefined);
    const entry = this.#entries.find(({ annotations }) => annotation(annotations, REF_NAME) === at);
    return entry === undefined ? undefined : this.#stored(entry.digest, entry.mediaType);
  }

  async blob(descriptor: Descriptor): Promise<Uint8Array> {
    const bytes = this.#bytes(descriptor.digest, limits.evidenceItem);
    if (bytes === undefined) {
      return refuse('REGISTRY_CONTENT_MISSING', `${this.name} does not have what it lists`, {
        expected: formatDigest(descriptor.digest),
        found: 'no such file',
      });
    }
    checkSize(bytes, descriptor);
    return bytes;
  }

  async referrers(digest: OciDigest): Promise<readonly Descriptor[]> {
    const fallback = await this.manifest(`${digest.algorithm}-${digest.hex}`);
    const listed = fallback?.manifest.kind === 'index' ? fallback.manifest.manifests : [];
    const own = this.#entries.filter((entry) => {
      const subject = this.#manifestOf(entry)?.subject;
      return subject !== undefined && equalDigests(subject.digest, digest);
    });
    return [...listed, ...own, ...this.#unlisted(digest)];
  }

  /** cosign marks what it saves; other tools keep the tag. A layout that cosign wrote is about one image. */
  async attestations(digest: OciDigest): Promise<StoredManifest | undefined> {
    const marked = this.#entries.find(
      ({ annotations }) => annotation(annotations, KIND) === ATTESTATIONS_KIND,
    );
    if (marked !== undefined) return this.#stored(marked.digest, marked.mediaType);
    return this.manifest(`${digest.algorithm}-${digest.hex}.att`);
  }

  async tagged(tag: string): Promise<OciDigest | undefined> {
    return (await this.manifest(tag))?.digest;
  }

  /** What refers to an image that cosign saved: it keeps those manifests, and leaves them out of the index. */
  #unlisted(subject: OciDigest): readonly Descriptor[] {
    if (!this.#entries.some(({ annotations }) => IMAGE_KINDS.has(annotation(annotations, KIND)))) return [];
    const names = this.#list();
    if (names.length > limits.layoutBlobs) {
      refuse('INPUT_TOO_LARGE', `${this.name} holds too many blobs`, {
        expected: `at most ${limits.layoutBlobs}`,
        found: String(names.length),
      });
    }
    return names.flatMap((hex) => {
      const found = /^[0-9a-f]{64}$/.test(hex) ? this.#manifestIn({ algorithm: 'sha256', hex }) : undefined;
      if (found?.manifest.subject === undefined || !equalDigests(found.manifest.subject.digest, subject))
        return [];
      const { digest, size, mediaType, manifest } = found;
      const { artifactType, annotations } = manifest;
      return [{ mediaType, digest, size, artifactType, annotations, platform: undefined }];
    });
  }

  /** Undefined for a blob that is no manifest: nothing said that it is one. */
  #manifestIn(digest: OciDigest): StoredManifest | undefined {
    try {
      return this.#stored(digest, undefined);
    } catch (error) {
      if (error instanceof EdgesealError) return undefined;
      throw error;
    }
  }

  #isAttached(entry: Descriptor): boolean {
    return this.#manifestOf(entry)?.subject !== undefined;
  }

  /** Undefined for what is no manifest, or not here. */
  #manifestOf(entry: Descriptor): Manifest | undefined {
    return MANIFEST_TYPES.includes(entry.mediaType)
      ? this.#stored(entry.digest, entry.mediaType)?.manifest
      : undefined;
  }

  #stored(digest: OciDigest, listedAs: string | undefined): StoredManifest | undefined {
    const bytes = this.#bytes(digest, limits.manifest);
    if (bytes === undefined) return undefined;
    for (const entry of this.#entries) if (equalDigests(entry.digest, digest)) checkSize(bytes, entry);
    const mediaType = listedAs ?? this.#typeOf(digest) ?? ownType(bytes);
    const manifest = parseManifest(bytes, mediaType, `${this.name}@${formatDigest(digest)}`);
    return { digest, size: bytes.length, bytes, mediaType, manifest };
  }

  #typeOf(digest: OciDigest): string | undefined {
    return this.#entries.find((entry) => equalDigests(entry.digest, digest))?.mediaType;
  }

  #bytes(digest: OciDigest, limit: number): Uint8Array | undefined {
    const path = `blobs/${digest.algorithm}/${digest.hex}`;
    let bytes: Uint8Array;
    try {
      bytes = this.#read(path, limit);
    } catch (error) {
      if (error instanceof EdgesealError && error.code === 'FILE_NOT_FOUND') return undefined;
      throw error;
    }
    checkDigest(bytes, digest, `${this.name}@${formatDigest(digest)}`);
    return bytes;
  }
}

function readEntries(read: ReadLayoutFile, name: string): readonly Descriptor[] {
  const file = parseJsonBytes(read('oci-layout', limits.registryAnswer), `${name}/oci-layout`);
  const version = isObject(file) ? member(file, 'imageLayoutVersion') : undefined;
  if (version !== '1.0.0') {
    refuse('IMAGE_LAYOUT_INVALID', `${name} is not an OCI layout that is read`, {
      path: 'imageLayoutVersion',
      expected: '"1.0.0"',
      found: typeof version === 'string' ? JSON.stringify(version.slice(0, 40)) : 'no version',
    });
  }
  const index = parseManifest(read('index.json', limits.manifest), mediaTypes.ociIndex, `${name}/index.json`);
  return index.kind === 'index' ? index.manifests : [];
}

function checkSize(bytes: Uint8Array, { digest, size }: Descriptor): void {
  if (bytes.length === size) return;
  refuse('REGISTRY_SIZE_MISMATCH', 'content has another size than its descriptor says', {
    path: formatDigest(digest),
    expected: `${size} octets`,
    found: `${bytes.length} octets`,
  });
}

/** What a manifest that is only known by its digest calls itself. */
function ownType(bytes: Uint8Array): string {
  const value = parseJsonBytes(bytes, 'a manifest');
  const own = isObject(value) ? member(value, 'mediaType') : undefined;
  if (typeof own === 'string') return own;
  return isObject(value) && member(value, 'manifests') !== undefined
    ? mediaTypes.ociIndex
    : mediaTypes.ociManifest;
}
