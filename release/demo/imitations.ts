import { hash } from 'node:crypto';
import { canonicalize } from '#core/json/canonical';
import { parseJsonBytes } from '#core/json/parse';
import { nodeHttp } from '#core/io/http';
import { nodeClock } from '#core/io/network';
import { bundleManifest, EMPTY_CONFIG } from '#core/oci/bundle-manifest';
import type { Descriptor } from '#core/oci/descriptor';
import { parseDigest, type OciDigest } from '#core/oci/digest';
import type { HttpContent } from '#core/oci/http';
import type { StoredManifest } from '#core/oci/image-store';
import type { Repository } from '#core/oci/reference';
import { RegistryWriter } from '#core/oci/registry-writer';
import { Transport } from '#core/oci/transport';
import { openImageLayout, type ImageLayout } from '../attest/image-layout.ts';
import { TAG } from './demo-job.ts';

const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const PROVENANCE = 'https://slsa.dev/provenance/v1';
const TIMEOUT = 60_000;

/** Somebody who may write into the registry, and puts images there that only look like the release. */
export class Imitator {
  readonly #registry: string;
  readonly #released: Repository;
  readonly #layout: ImageLayout;
  readonly #transport: Transport;

  /** @param released where the images of the release are; @param images the layout that they came from */
  constructor(released: Repository, images: string) {
    this.#registry = released.registry;
    this.#released = released;
    this.#layout = openImageLayout(images);
    this.#transport = new Transport({
      fetch: nodeHttp({ env: {} }),
      clock: nodeClock,
      credentials: async () => undefined,
      allowHttp: true,
      timeout: TIMEOUT,
      actions: 'pull,push',
    });
  }

  /** The image as it was released, with another attestation or none. @returns its reference */
  async copy(digest: string, path: string, bundle?: string): Promise<string> {
    return this.#put(path, await this.#manifest(digest), await this.#content(digest), bundle);
  }

  /** The image with one bit of its largest layer turned, and the attestation of the true one. @returns its reference */
  async tamper(digest: string, path: string, bundle: string): Promise<string> {
    const released = await this.#manifest(digest);
    const content = await this.#content(digest);
    const largest = content.toSorted((a, b) => b.size - a.size)[0];
    if (largest === undefined) throw new Error(`the image ${digest} is empty`);
    const bytes = Buffer.from(await this.#layout.blobs.read(largest.digest.hex, largest.size));
    const middle = bytes.length >> 1;
    bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
    const turned = hash('sha256', bytes, 'hex');
    const writer = new RegistryWriter(this.#transport, this.#at(path));
    await writer.putBlob({ algorithm: 'sha256', hex: turned }, contentOf(bytes));
    const text = Buffer.from(released.bytes).toString('utf8').replaceAll(largest.digest.hex, turned);
    const others = content.filter((one) => one !== largest);
    return this.#put(
      path,
      { ...described(Buffer.from(text)), mediaType: released.mediaType },
      others,
      bundle,
    );
  }

  async #put(
    path: string,
    manifest: Pick<StoredManifest, 'bytes' | 'digest' | 'size' | 'mediaType'>,
    content: readonly Descriptor[],
    bundle: string | undefined,
  ): Promise<string> {
    const writer = new RegistryWriter(this.#transport, this.#at(path));
    for (const { digest, size } of content) {
      const read = (): AsyncIterable<Uint8Array> => this.#layout.blobs.stream(digest.hex);
      await writer.putBlob(digest, { size, read }, this.#released);
    }
    await writer.putManifest(manifest.bytes, manifest.mediaType, TAG);
    if (bundle !== undefined) {
      const bytes = Buffer.from(bundle);
      for (const one of [bytes, EMPTY_CONFIG]) await writer.putBlob(described(one).digest, contentOf(one));
      const subject = { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.size };
      const attached = bundleManifest({
        subject,
        bundle: bytes,
        mediaType: BUNDLE,
        predicateType: PROVENANCE,
      });
      await writer.putManifest(attached, 'application/vnd.oci.image.manifest.v1+json');
    }
    return `${this.#registry}/${path}:${TAG}`;
  }

  #at(path: string): Repository {
    return { registry: this.#registry, path };
  }

  async #manifest(digest: string): Promise<StoredManifest> {
    const found = await this.#layout.layout.manifest(parseDigest(digest, 'RELEASE_WORK_INVALID'));
    if (found === undefined) throw new Error(`the layout has no ${digest}`);
    return found;
  }

  async #content(digest: string): Promise<readonly Descriptor[]> {
    const { manifest } = await this.#manifest(digest);
    return manifest.kind === 'index' ? [] : [manifest.config, ...manifest.layers];
  }
}

/** The provenance as a builder would write it that has left the network on. */
export function withNetwork(statement: Uint8Array): Uint8Array {
  return changed(statement, '"network":"none"', '"network":"host"');
}

/** The provenance as another builder would write it. */
export function withBuilder(statement: Uint8Array, builder: string, other: string): Uint8Array {
  return changed(statement, JSON.stringify(builder), JSON.stringify(other));
}

function changed(statement: Uint8Array, from: string, to: string): Uint8Array {
  const text = canonicalize(parseJsonBytes(statement, 'the provenance'));
  if (!text.includes(from)) throw new Error(`the provenance does not say ${from}`);
  return Buffer.from(text.replaceAll(from, to));
}

function described(bytes: Uint8Array): {
  readonly bytes: Uint8Array;
  readonly digest: OciDigest;
  readonly size: number;
} {
  return { bytes, digest: { algorithm: 'sha256', hex: hash('sha256', bytes, 'hex') }, size: bytes.length };
}

function contentOf(bytes: Uint8Array): HttpContent {
  return {
    size: bytes.length,
    read: async function* () {
      yield bytes;
    },
  };
}
