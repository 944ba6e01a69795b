import { canonicalize } from '#core/json/canonical';
import type { JsonValue } from '#core/json/value';
import { formatDigest, type OciDigest } from './digest.ts';
import type { ImageStore, StoredManifest } from './image-store.ts';
import { mediaTypes } from './media-types.ts';

/** A file of an OCI layout, its name relative to the layout's folder. */
export interface LayoutFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Keeps what image stores answer as an OCI layout: whoever asks `Layout` the same afterwards gets the same
 * answers, without a network. Only what was asked for is in it: of an image its manifest, not its layers.
 * @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export class LayoutRecord {
  readonly #blobs = new Map<string, Uint8Array>();
  readonly #entries = new Map<string, JsonValue>();

  /** The same store, listened to. */
  of(store: ImageStore): ImageStore {
    return {
      name: store.name,
      manifest: async (at) => this.#keep(await store.manifest(at)),
      attestations: async (digest) =>
        this.#keep(await store.attestations(digest), `${digest.algorithm}-${digest.hex}.att`),
      blob: async (descriptor) => {
        const bytes = await store.blob(descriptor);
        this.#blobs.set(pathOf(descriptor.digest), bytes);
        return bytes;
      },
      referrers: async (digest) => store.referrers(digest),
      tagged: async (tag) => store.tagged(tag),
    };
  }

  /** The files of the layout, sorted by their names. */
  files(): readonly LayoutFile[] {
    const entries = [...this.#entries].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
    const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: entries };
    return [
      ...[...this.#blobs].map(([name, bytes]) => ({ name, bytes })),
      { name: 'index.json', bytes: Buffer.from(canonicalize(index)) },
      { name: 'oci-layout', bytes: Buffer.from('{"imageLayoutVersion":"1.0.0"}') },
    ].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  #keep(found: StoredManifest | undefined, tag?: string): StoredManifest | undefined {
    if (found === undefined) return undefined;
    const { digest, mediaType, size, bytes } = found;
    this.#blobs.set(pathOf(digest), bytes);
    const entry: Record<string, JsonValue> = { mediaType, digest: formatDigest(digest), size };
    // A manifest's own annotations stay inside it: in the index they would speak to the reader of the layout.
    if (tag !== undefined) entry['annotations'] = { [REF_NAME]: tag };
    this.#entries.set(formatDigest(digest), entry);
    return found;
  }
}

const REF_NAME = 'org.opencontainers.image.ref.name';

function pathOf({ algorithm, hex }: OciDigest): string {
  return `blobs/${algorithm}/${hex}`;
}
