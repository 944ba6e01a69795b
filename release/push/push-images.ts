import { hash } from 'node:crypto';
import { refuse } from '#core/errors/error';
import { canonicalize } from '#core/json/canonical';
import { parseJsonBytes } from '#core/json/parse';
import { isArray, isObject, member, type JsonValue } from '#core/json/value';
import { bundleManifest, EMPTY_CONFIG } from '#core/oci/bundle-manifest';
import { equalDigests, formatDigest, type OciDigest } from '#core/oci/digest';
import { mediaTypes } from '#core/oci/media-types';
import { formatRepository, parseReference, type ImageReference, type Repository } from '#core/oci/reference';
import { RegistryRepository } from '#core/oci/registry';
import { RegistryWriter, type BlobArrival } from '#core/oci/registry-writer';
import type { Transport } from '#core/oci/transport';
import type { Store } from '../store/store.ts';
import type { ImageBundle } from './attestations.ts';
import type { LayoutImage, LayoutManifest } from './layout-images.ts';

export interface PushInput {
  readonly images: readonly LayoutImage[];
  /** Of the layout. */
  readonly blobs: Store;
  readonly attestations: readonly ImageBundle[];
  /** May push. */
  readonly transport: Transport;
  /** Where the images go instead of where their names say: by the last part of their names. */
  readonly namespace: Repository | undefined;
  readonly progress: (text: string) => void;
}

/** An image that is in its registry now, under its tag. */
export interface PushedImage {
  readonly reference: string;
  /** `sha256:HEX`. */
  readonly digest: string;
  readonly blobs: Readonly<Record<BlobArrival, number>>;
  /** Attestations of it and of the images in it. */
  readonly attestations: number;
  /** Whether the tag was there before, for this same image. */
  readonly wasThere: boolean;
}

/**
 * Puts images into their registries: first all content of all images, then what is attached to them, the tags last.
 * Until then nobody finds them, and all of it can be done again.
 * @throws REGISTRY_TAG_TAKEN before anything is sent, ATTESTATION_MISSING, REGISTRY_*, IMAGE_REFERENCE_INVALID
 */
export async function pushImages(input: PushInput): Promise<readonly PushedImage[]> {
  const targets = input.images.map((image) => new Target(image, input));
  for (const target of targets) await target.checkTag();
  /** By blob: a repository that has it, of each registry. */
  const known = new Map<string, Repository>();
  for (const target of targets) await target.sendContent(known);
  for (const target of targets) await target.attach();
  const pushed: PushedImage[] = [];
  for (const target of targets) pushed.push(await target.tag());
  return pushed;
}

class Target {
  readonly #image: LayoutImage;
  readonly #input: PushInput;
  readonly #reference: ImageReference;
  readonly #writer: RegistryWriter;
  readonly #reader: RegistryRepository;
  readonly #top: LayoutManifest;
  readonly #arrived = { there: 0, mounted: 0, sent: 0 };
  #attestations = 0;
  #wasThere = false;

  constructor(image: LayoutImage, input: PushInput) {
    this.#image = image;
    this.#input = input;
    this.#reference = movedTo(parseReference(image.reference), input.namespace);
    this.#writer = new RegistryWriter(input.transport, this.#reference);
    this.#reader = new RegistryRepository(input.transport, this.#reference);
    this.#top =
      image.manifests.at(-1) ?? refuse('IMAGE_LAYOUT_INVALID', `${image.reference} has no manifest`);
  }

  get #name(): string {
    return `${formatRepository(this.#reference)}:${this.#reference.tag}`;
  }

  async checkTag(): Promise<void> {
    const found = await this.#reader.tagged(this.#reference.tag ?? '');
    if (found !== undefined && !equalDigests(found, this.#top.digest)) this.#tagTaken(found);
    this.#wasThere = found !== undefined;
    if (this.#input.attestations.length > 0 && this.#bundlesOf(this.#top).length === 0) {
      refuse('ATTESTATION_MISSING', `no attestation is about ${this.#name}`, {
        expected: `one with the subject ${formatDigest(this.#top.digest)}`,
        hint: 'are the attestations those of this build? run edgeseal-release attest again',
      });
    }
  }

  async sendContent(known: Map<string, Repository>): Promise<void> {
    const { registry, path } = this.#reference;
    for (const { digest, size } of this.#image.blobs) {
      const key = `${registry} ${formatDigest(digest)}`;
      const other = known.get(key);
      const from = other?.path === path ? undefined : other;
      this.#input.progress(`${this.#name}: ${formatDigest(digest).slice(0, 19)} (${size} octets)`);
      const content = { size, read: () => this.#input.blobs.stream(digest.hex) };
      this.#arrived[await this.#writer.putBlob(digest, content, from)]++;
      known.set(key, { registry, path });
    }
    for (const { bytes, mediaType } of this.#image.manifests)
      await this.#writer.putManifest(bytes, mediaType);
  }

  async attach(): Promise<void> {
    for (const subject of this.#image.manifests) {
      for (const bundle of this.#bundlesOf(subject)) {
        await this.#putBytes(EMPTY_CONFIG);
        await this.#putBytes(bundle.bytes);
        const { mediaType, predicateType } = bundle;
        const bytes = bundleManifest({ subject, bundle: bundle.bytes, mediaType, predicateType });
        const { isListed } = await this.#writer.putManifest(bytes, mediaTypes.ociManifest);
        if (!isListed) await this.#list(subject.digest, bytes, bundle);
        this.#attestations++;
      }
    }
  }

  async tag(): Promise<PushedImage> {
    const { bytes, mediaType, digest } = this.#top;
    const { tag = '' } = this.#reference;
    if (!this.#wasThere) await this.#writer.putManifest(bytes, mediaType, tag);
    const found = await this.#reader.tagged(tag);
    if (found === undefined || !equalDigests(found, digest)) this.#tagTaken(found);
    return {
      reference: this.#name,
      digest: formatDigest(digest),
      blobs: this.#arrived,
      attestations: this.#attestations,
      wasThere: this.#wasThere,
    };
  }

  #bundlesOf({ digest }: LayoutManifest): readonly ImageBundle[] {
    return this.#input.attestations.filter(({ subjects }) => subjects.has(digest.hex));
  }

  async #putBytes(bytes: Uint8Array): Promise<void> {
    const digest: OciDigest = { algorithm: 'sha256', hex: hash('sha256', bytes, 'hex') };
    const read = async function* read(): AsyncGenerator<Uint8Array> {
      yield bytes;
    };
    await this.#writer.putBlob(digest, { size: bytes.length, read });
  }

  /**
   * A registry that does not list what refers to an image has it listed under a tag.
   * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#referrers-tag-schema
   */
  async #list(
    subject: OciDigest,
    manifest: Uint8Array,
    { mediaType, predicateType }: ImageBundle,
  ): Promise<void> {
    const tag = `${subject.algorithm}-${subject.hex}`;
    const digest = `sha256:${hash('sha256', manifest, 'hex')}`;
    const found = await this.#reader.referrers(subject);
    if (found.some((one) => formatDigest(one.digest) === digest)) return;
    const before = await this.#reader.manifest(tag);
    const listed = before === undefined ? [] : manifestsIn(before.bytes);
    const entry = {
      mediaType: mediaTypes.ociManifest,
      digest,
      size: manifest.length,
      artifactType: mediaType,
      annotations: { 'dev.sigstore.bundle.predicateType': predicateType },
    };
    const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [...listed, entry] };
    await this.#writer.putManifest(Buffer.from(canonicalize(index), 'utf8'), mediaTypes.ociIndex, tag);
  }

  #tagTaken(found: OciDigest | undefined): never {
    return refuse('REGISTRY_TAG_TAKEN', `${this.#name} is another image`, {
      expected: `${formatDigest(this.#top.digest)}, or no such tag`,
      found: found === undefined ? 'no such tag, just after it was put there' : formatDigest(found),
      hint: 'a released tag is never moved: release another version',
    });
  }
}

/** The list as it stands: entries of others are kept as they are. */
function manifestsIn(bytes: Uint8Array): readonly JsonValue[] {
  const value = parseJsonBytes(bytes, 'the list of referrers');
  const manifests = isObject(value) ? member(value, 'manifests') : undefined;
  return isArray(manifests) ? manifests : [];
}

/** `ghcr.io/o/r:v1` in `localhost:5000/x` is `localhost:5000/x/r:v1`. */
function movedTo(reference: ImageReference, namespace: Repository | undefined): ImageReference {
  if (namespace === undefined) return reference;
  const last = reference.path.slice(reference.path.lastIndexOf('/') + 1);
  const path = namespace.path === '' ? last : `${namespace.path}/${last}`;
  return { ...reference, registry: namespace.registry, path };
}
