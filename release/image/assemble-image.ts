import { createHash } from 'node:crypto';
import { refuse } from '#core/errors/error';
import { canonicalize } from '#core/json/canonical';
import { mediaTypes } from '#core/oci/media-types';
import { parsePlatform } from '#core/oci/platform';
import { quotePath } from '../archive/block.ts';
import type { Entry } from '../archive/entry.ts';
import { gzip } from '../archive/write-gzip.ts';
import { storedEntry, type StoredFile } from '../archive/stored-file.ts';
import { writeTar } from '../archive/write-tar.ts';
import type { BuiltImage } from '../build/build-record.ts';
import type { Platform } from '../description/document.ts';
import type { Store, Stored } from '../store/store.ts';
import { readBaseImage, type BaseImage } from './base-image.ts';
import { descriptor, imageDocuments } from './image-documents.ts';
import type { LayoutEntry } from './layout-index.ts';

/** An image that is to be made. */
export interface ImageOrder {
  /** `ghcr.io/o/r:v1.2.3`, one for each tag. */
  readonly references: readonly string[];
  /** SHA-256 of the manifest or index that it begins with, in the store. */
  readonly base?: string | undefined;
  readonly platforms: readonly {
    readonly platform: Platform;
    readonly files: readonly StoredFile[];
    readonly entrypoint: readonly string[];
  }[];
}

export interface AssembleOptions {
  /** Has the files and the base. */
  readonly store: Store;
  /** Gets the image: the blobs of a layout. */
  readonly blobs: Store;
  /** Seconds since 1970, the source's: the only time there is in an image. */
  readonly sourceDateEpoch: number;
  /** `org.opencontainers.image.*`: in the configuration, and as annotations of manifests and index. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface AssembledImage {
  readonly built: BuiltImage;
  /** What the layout names. */
  readonly entries: readonly LayoutEntry[];
}

/**
 * Makes an image without a daemon: one layer with the files on top of the base or of nothing, a configuration and a
 * manifest for each platform, an index over several. Its octets depend on its files, its base and the options alone.
 * @throws what `readBaseImage` and `writeTar` throw, ARCHIVE_PATH_UNSAFE for a file below a link of the base
 */
export async function assembleImage(order: ImageOrder, options: AssembleOptions): Promise<AssembledImage> {
  const made = await Promise.all(
    order.platforms.map(async (one) => ({
      platform: one.platform,
      stored: await manifestFor(one, order.base, options),
    })),
  );
  const [first, ...others] = made;
  if (first === undefined) return refuse('IMAGE_MANIFEST_INVALID', 'an image is for no platform');
  const isIndex = others.length > 0;
  const top = isIndex ? await putIndex(made, options) : first.stored;
  const mediaType = isIndex ? mediaTypes.ociIndex : mediaTypes.ociManifest;
  return {
    built: {
      references: order.references,
      digest: `sha256:${top.sha256}`,
      platforms: made.map(({ platform, stored }) => ({ platform, digest: `sha256:${stored.sha256}` })),
    },
    entries: order.references.map((reference) => ({ ...top, mediaType, reference })),
  };
}

async function manifestFor(
  { platform: name, files, entrypoint }: ImageOrder['platforms'][number],
  baseSha256: string | undefined,
  options: AssembleOptions,
): Promise<Stored> {
  const { store, blobs, labels } = options;
  const platform = parsePlatform(name);
  const base = baseSha256 === undefined ? undefined : await readBaseImage(store, baseSha256, platform);
  for (const { digest } of base?.layers ?? []) await blobs.put(store.stream(digest.hex));
  const existing = foldersFor(files, base);
  const { layer, diffId } = await putLayer(
    files.map((file) => storedEntry(file, store)),
    existing,
    options,
  );
  const { sourceDateEpoch } = options;
  const content = { platform: name, entrypoint, base, layer, diffId, labels, sourceDateEpoch };
  const { config, manifest } = imageDocuments(content);
  await blobs.put(config);
  return blobs.put(manifest);
}

/** The layer, packed, and the digest of what it unpacks to. */
async function putLayer(
  entries: readonly Entry[],
  existing: ReadonlySet<string>,
  { blobs, sourceDateEpoch }: AssembleOptions,
): Promise<{ readonly layer: Stored; readonly diffId: string }> {
  const hash = createHash('sha256');
  const tar = async function* tar(): AsyncGenerator<Uint8Array> {
    for await (const chunk of writeTar(entries, { mtime: sourceDateEpoch, existing })) {
      hash.update(chunk);
      yield chunk;
    }
  };
  const layer = await blobs.put(gzip(tar()));
  return { layer, diffId: `sha256:${hash.digest('hex')}` };
}

/** Folders of the base that the files lie in: they stay as they are. A file may replace a file, nothing else. */
function foldersFor(files: readonly StoredFile[], base: BaseImage | undefined): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const { path } of base === undefined ? [] : files) {
    for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash);
      const kind = base?.tree.get(folder)?.kind;
      if (kind === 'folder') folders.add(folder);
      else if (kind !== undefined) inTheWay(path, folder, kind, 'a folder');
    }
    const kind = base?.tree.get(path)?.kind;
    if (kind === 'folder' || kind === 'link') inTheWay(path, path, kind, 'a file, or nothing');
  }
  return folders;
}

function inTheWay(path: string, at: string, kind: string, expected: string): never {
  return refuse('ARCHIVE_PATH_UNSAFE', 'a file of an image would replace what the base has there', {
    path: quotePath(`/${path}`),
    expected: `${expected} at ${quotePath(`/${at}`)}`,
    found: `a ${kind}`,
    hint: 'name the place where the link leads to, as /usr/lib for /lib',
  });
}

async function putIndex(
  made: readonly { readonly platform: Platform; readonly stored: Stored }[],
  { blobs, labels }: AssembleOptions,
): Promise<Stored> {
  const index = canonicalize({
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: made.map(({ platform, stored }) => {
      const { os, architecture } = parsePlatform(platform);
      return { ...descriptor(mediaTypes.ociManifest, stored), platform: { os, architecture } };
    }),
    annotations: labels,
  });
  return blobs.put(Buffer.from(index, 'utf8'));
}
