import { refuse } from '#core/errors/error';
import { quotePath } from './block.ts';
import type { Entry } from './entry.ts';

type Kind = 'file' | 'link' | 'folder';

/** What an archive has held so far: each path once, and nothing below what is no folder. */
export class Tree {
  readonly #name: string;
  readonly #kinds = new Map<string, Kind>();
  readonly #implied = new Set<string>();

  /** @param name of the archive, for messages */
  constructor(name: string) {
    this.#name = name;
  }

  /** @throws ARCHIVE_DUPLICATE, ARCHIVE_PATH_UNSAFE, ARCHIVE_LINK_UNSAFE */
  add(entry: Pick<Entry, 'kind' | 'path'> & { readonly target?: string }): void {
    const { kind, path } = entry;
    if (kind === 'hard-link') this.#checkHardLink(path, entry.target ?? '');
    this.#addParents(path);
    const isNew = !this.#kinds.has(path);
    if (!isNew && !(kind === 'folder' && this.#implied.has(path))) this.#refuseTwice(path);
    this.#implied.delete(path);
    this.#kinds.set(path, kind === 'hard-link' ? 'file' : kind);
  }

  /** Folders that only stand in the paths of others. */
  impliedFolders(): readonly string[] {
    return [...this.#implied];
  }

  #addParents(path: string): void {
    for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash);
      const kind = this.#kinds.get(folder);
      if (kind === undefined) {
        this.#kinds.set(folder, 'folder');
        this.#implied.add(folder);
      } else if (kind !== 'folder') {
        refuse('ARCHIVE_PATH_UNSAFE', `${this.#name} holds a path below what is no folder`, {
          expected: `a folder at ${quotePath(folder)}`,
          found: `a ${kind}, and below it ${quotePath(path)}`,
          hint: 'do not unpack it by other means: tell who made it',
        });
      }
    }
  }

  #checkHardLink(path: string, target: string): void {
    if (this.#kinds.get(target) === 'file') return;
    refuse('ARCHIVE_LINK_UNSAFE', `${this.#name} holds another name of what is no file of it`, {
      path: quotePath(path),
      expected: 'a file that stands before it in the archive',
      found: quotePath(target),
    });
  }

  #refuseTwice(path: string): never {
    return refuse('ARCHIVE_DUPLICATE', `${this.#name} holds a path twice`, {
      found: quotePath(path),
      hint: 'readers choose one or the other: tell who made it',
    });
  }
}
