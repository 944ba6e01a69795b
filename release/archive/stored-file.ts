import type { Store } from '../store/store.ts';
import type { EntryFile } from './entry.ts';

/** A file of the store that is put into an archive or an image. */
export interface StoredFile {
  /** In the archive; in an image without the first `/`. */
  readonly path: string;
  readonly executable: boolean;
  readonly sha256: string;
  /** Octets. */
  readonly size: number;
}

/** Its entry; the content is checked against its digest while it is read. */
export function storedEntry({ path, executable, sha256, size }: StoredFile, store: Store): EntryFile {
  return { kind: 'file', path, executable, content: { size, read: () => store.stream(sha256) } };
}
