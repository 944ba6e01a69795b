import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { canonicalize } from '#core/json/canonical';
import { parseJsonBytes } from '#core/json/parse';
import { isArray, isObject, member, type JsonObject, type JsonValue } from '#core/json/value';
import { limits } from '#core/limits';
import { parseDigest } from '#core/oci/digest';
import { BUNDLE_PREFIX, mediaTypes } from '#core/oci/media-types';
import { nodeFiles } from '#core/io/files';
import { accessFault } from '../store/access-fault.ts';
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

/**
 * Puts bundles into a layout as cosign 3 puts them into a registry: each a manifest that refers to its image (OCI 1.1
 * referrers), instead of those that a former run has put there. The same bundles give the same layout.
 * @param created RFC 3339
 * @see https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md
 * @throws IMAGE_LAYOUT_INVALID, FILE_UNWRITABLE, ...
 */
export async function attachBundles(
  { folder, layout }: ImageLayout,
  bundles: readonly ImageBundle[],
  created: string,
): Promise<void> {
  const entries: JsonObject[] = [];
  for (const { image, predicateType, line } of bundles) {
    const subject = await layout.manifest(parseDigest(image, 'RELEASE_WORK_INVALID'));
    if (subject === undefined) continue;
    const config = putBlob(folder, Buffer.from('{}'));
    const layer = putBlob(folder, Buffer.from(line));
    const annotations = {
      'dev.sigstore.bundle.content': 'dsse-envelope',
      'dev.sigstore.bundle.predicateType': predicateType,
      'org.opencontainers.image.created': created,
    };
    const manifest = putBlob(
      folder,
      Buffer.from(
        canonicalize({
          schemaVersion: 2,
          mediaType: mediaTypes.ociManifest,
          artifactType: BUNDLE,
          config: { mediaType: mediaTypes.empty, ...config },
          layers: [{ mediaType: BUNDLE, ...layer }],
          subject: { mediaType: subject.mediaType, digest: image, size: subject.size },
          annotations,
        }),
      ),
    );
    entries.push({ mediaType: mediaTypes.ociManifest, ...manifest, artifactType: BUNDLE, annotations });
  }
  const index = parseJsonBytes(nodeFiles(folder).read('index.json', limits.manifest), 'index.json');
  if (!isObject(index)) return;
  const listed = member(index, 'manifests');
  const others = (isArray(listed) ? listed : []).filter((entry) => !isBundle(entry));
  const sorted = entries.toSorted((a, b) => (canonicalize(a) < canonicalize(b) ? -1 : 1));
  replace(folder, 'index.json', Buffer.from(canonicalize({ ...index, manifests: [...others, ...sorted] })));
}

function isBundle(entry: JsonValue): boolean {
  const type = isObject(entry) ? member(entry, 'artifactType') : undefined;
  return typeof type === 'string' && type.startsWith(BUNDLE_PREFIX);
}

function putBlob(folder: string, bytes: Uint8Array): { readonly digest: string; readonly size: number } {
  const hex = createHash('sha256').update(bytes).digest('hex');
  replace(path.join(folder, 'blobs', 'sha256'), hex, bytes);
  return { digest: `sha256:${hex}`, size: bytes.length };
}

function replace(folder: string, name: string, bytes: Uint8Array): void {
  const begun = path.join(folder, `.${name}.${process.pid}.tmp`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(begun, bytes);
    renameSync(begun, path.join(folder, name));
  } catch (cause) {
    accessFault('write', name, cause);
  }
}
