import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { nodeFiles } from '#core/io/files';
import type { Descriptor } from '#core/oci/descriptor';
import { formatDigest } from '#core/oci/digest';
import { Layout } from '#core/oci/layout';
import { accessFault } from '../store/access-fault.ts';
import { same } from './digests.ts';

/** The OCI layout of a work folder: `DIR/images`. */
export interface ImageLayout {
  readonly folder: string;
  readonly layout: Layout;
  /**
   * A blob as it is read: whoever takes all of it has it checked.
   * @throws RELEASE_CONTENT_MISMATCH, FILE_UNREADABLE
   */
  readonly blob: (descriptor: Descriptor) => AsyncGenerator<Uint8Array>;
}

/** @throws FILE_NOT_FOUND, IMAGE_LAYOUT_INVALID, ... */
export function openImageLayout(folder: string): ImageLayout {
  const files = nodeFiles(folder);
  const layout = new Layout((name, limit) => files.read(name, limit), 'images');
  return { folder, layout, blob: (descriptor) => readBlob(folder, descriptor) };
}

async function* readBlob(folder: string, { digest, size }: Descriptor): AsyncGenerator<Uint8Array> {
  const name = formatDigest(digest);
  const hash = createHash(digest.algorithm);
  let length = 0;
  try {
    const file: AsyncIterable<Uint8Array> = createReadStream(
      path.join(folder, 'blobs', digest.algorithm, digest.hex),
    );
    for await (const chunk of file) {
      hash.update(chunk);
      length += chunk.length;
      yield chunk;
    }
  } catch (cause) {
    accessFault('read', name, cause);
  }
  same(name, size, length);
  same(name, digest.hex, hash.digest('hex'));
}
