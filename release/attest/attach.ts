import { createHash } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { nodeFiles } from '#core/io/files';
import { canonicalize } from '#core/json/canonical';
import { parseJsonBytes } from '#core/json/parse';
import { arrayAt, objectOf, type Where } from '#core/json/shape';
import { isObject, member, type JsonObject, type JsonValue } from '#core/json/value';
import { limits } from '#core/limits';
import { bundleManifest, EMPTY_CONFIG } from '#core/oci/bundle-manifest';
import { parseDigest } from '#core/oci/digest';
import { BUNDLE_PREFIX, mediaTypes } from '#core/oci/media-types';
import { accessFault } from '../store/access-fault.ts';
import { openBlobs } from '../store/store.ts';
import type { ImageLayout } from './image-layout.ts';

/** A bundle about an image. */
export interface ImageBundle {
  /** `sha256:HEX` of the image. */
  readonly image: string;
  readonly predicateType: string;
  /** The bundle, a line of JSON without its line feed. */
  readonly line: string;
}

const BUNDLE = `${BUNDLE_PREFIX}.v0.3+json`;
const INDEX: Where = { code: 'IMAGE_LAYOUT_INVALID', path: '' };

/**
 * Puts bundles into a layout as cosign 3 puts them into a registry: each a manifest that refers to its image (OCI 1.1
 * referrers), instead of those that a former run has put there. The same bundles give the same layout.
 * @see https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md
 * @throws IMAGE_LAYOUT_INVALID, FILE_UNWRITABLE, ...
 */
export async function attachBundles(
  { folder, layout }: ImageLayout,
  bundles: readonly ImageBundle[],
): Promise<void> {
  const blobs = openBlobs(folder);
  const entries: JsonObject[] = [];
  if (bundles.length > 0) await blobs.put(EMPTY_CONFIG);
  for (const { image, predicateType, line } of bundles) {
    const subject = await layout.manifest(parseDigest(image, 'RELEASE_WORK_INVALID'));
    if (subject === undefined) continue;
    const bundle = Buffer.from(line);
    await blobs.put(bundle);
    const manifest = bundleManifest({ subject, bundle, mediaType: BUNDLE, predicateType });
    const { sha256, size } = await blobs.put(manifest);
    entries.push({
      mediaType: mediaTypes.ociManifest,
      digest: `sha256:${sha256}`,
      size,
      artifactType: BUNDLE,
    });
  }
  const index = objectOf(
    parseJsonBytes(nodeFiles(folder).read('index.json', limits.manifest), 'index.json'),
    INDEX,
  );
  const others = arrayAt(index, 'manifests', INDEX).filter((entry) => !isBundle(entry));
  const sorted = entries.toSorted((a, b) => (canonicalize(a) < canonicalize(b) ? -1 : 1));
  replaceIndex(folder, Buffer.from(canonicalize({ ...index, manifests: [...others, ...sorted] })));
}

function isBundle(entry: JsonValue): boolean {
  const type = isObject(entry) ? member(entry, 'artifactType') : undefined;
  return typeof type === 'string' && type.startsWith(BUNDLE_PREFIX);
}

function replaceIndex(folder: string, bytes: Uint8Array): void {
  const begun = path.join(folder, `index.json.${createHash('sha256').update(bytes).digest('hex')}.tmp`);
  try {
    writeFileSync(begun, bytes);
    renameSync(begun, path.join(folder, 'index.json'));
  } catch (cause) {
    accessFault('write', 'index.json', cause);
  }
}
