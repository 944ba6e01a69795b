/** Octets of a file, read once for each call. */
export interface Content {
  /** Octets. */
  readonly size: number;
  readonly read: () => AsyncIterable<Uint8Array>;
}

/** What is written into an archive, and what is read from one. `path` is as `a/b`: no leading and no last `/`. */
export type Entry = EntryFile | EntryLink | EntryHardLink | EntryFolder;

export interface EntryFile {
  readonly kind: 'file';
  readonly path: string;
  readonly executable: boolean;
  readonly content: Content;
}

/** A symbolic link. */
export interface EntryLink {
  readonly kind: 'link';
  readonly path: string;
  readonly target: string;
}

/** Another name of a file that stands before it. */
export interface EntryHardLink {
  readonly kind: 'hard-link';
  readonly path: string;
  /** As `path`. */
  readonly target: string;
}

export interface EntryFolder {
  readonly kind: 'folder';
  readonly path: string;
}

/** Bytes that are at hand, as content. */
export function contentOf(bytes: Uint8Array): Content {
  return {
    size: bytes.length,
    read: async function* read() {
      yield bytes;
    },
  };
}
