import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { refuse } from '#core/errors/error';
import { quotePath } from './block.ts';
import { checkPath } from './entry-path.ts';
import type { Entry } from './entry.ts';
import { unpacked } from './gzip.ts';
import { readTar } from './read-tar.ts';
import { removeEntry } from './unpack.ts';
import { writeEntry } from './write-entry.ts';

/** One layer of an image: a tar archive, packed or not. */
export interface Layer {
  /** For messages: its digest. */
  readonly name: string;
  readonly read: () => AsyncIterable<Uint8Array>;
}

/** Whiteouts of the image specification: what begins so is not in the image, and what is named so is not below. */
const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

/** Where the file system of an image is put. */
export interface LayerSink {
  readonly write: (entry: Entry) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
}

/** What stands where in an image, and which layer put it there. */
export type ImageTree = ReadonlyMap<string, { readonly kind: Entry['kind']; readonly layer: number }>;

/**
 * Applies the layers of an image, the lowest first. No entry goes through a symbolic link, be it of a layer below.
 * @returns what is there in the end
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.0/layer.md
 * @throws what `readTar` throws, and ARCHIVE_PATH_UNSAFE for a path below a link of another layer
 */
export async function applyLayers(layers: readonly Layer[], sink: LayerSink): Promise<ImageTree> {
  const tree = new LayerTree(sink);
  for (const [index, layer] of layers.entries()) {
    const entries = readTar(unpacked(layer.read(), layer.name), { name: layer.name, links: 'any' });
    for await (const entry of entries) {
      const folder = path.posix.dirname(entry.path);
      const base = path.posix.basename(entry.path);
      if (base === OPAQUE) await tree.removeBelow(folder, index);
      else if (base.startsWith(WHITEOUT)) await tree.remove(whitedOut(folder, base, layer.name), index);
      else await tree.put(entry, index, layer.name);
    }
  }
  return tree.entries;
}

/** The path that a whiteout tells of. */
function whitedOut(folder: string, base: string, name: string): string {
  const below = base.slice(WHITEOUT.length);
  return checkPath(folder === '.' ? below : `${folder}/${below}`, name);
}

/** Unpacks an image into a folder that does not exist or is empty. @throws what {@link applyLayers} throws */
export async function unpackLayers(layers: readonly Layer[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await applyLayers(layers, {
    write: async (entry) => writeEntry(folder, entry),
    remove: async (below) => removeEntry(folder, below),
  });
}

class LayerTree {
  readonly entries = new Map<string, { readonly kind: Entry['kind']; readonly layer: number }>();
  readonly #sink: LayerSink;

  constructor(sink: LayerSink) {
    this.#sink = sink;
  }

  async put(entry: Entry, layer: number, name: string): Promise<void> {
    this.#checkParents(entry.path, layer, name);
    if (entry.kind === 'hard-link') this.#checkTarget(entry.path, entry.target, name);
    const there = this.entries.get(entry.path);
    if (there?.kind === 'folder' && entry.kind === 'folder') {
      this.entries.set(entry.path, { kind: 'folder', layer });
      return;
    }
    if (there !== undefined) await this.#drop(entry.path);
    this.entries.set(entry.path, { kind: entry.kind, layer });
    await this.#sink.write(entry);
  }

  /** A whiteout tells of the layers below its own. */
  async remove(below: string, layer: number): Promise<void> {
    const found = this.entries.get(below);
    if (found === undefined) return;
    if (found.layer === layer) await this.removeBelow(below, layer);
    else if (this.#hasNewer(below, layer)) await this.removeBelow(below, layer);
    else await this.#drop(below);
  }

  async removeBelow(folder: string, layer: number): Promise<void> {
    const prefix = folder === '.' ? '' : `${folder}/`;
    const children = [...this.entries.keys()].filter(
      (key) => key.startsWith(prefix) && key.length > prefix.length && !key.includes('/', prefix.length),
    );
    for (const child of children) {
      if (this.entries.get(child)?.layer === layer || this.#hasNewer(child, layer))
        await this.removeBelow(child, layer);
      else await this.#drop(child);
    }
  }

  #hasNewer(path: string, layer: number): boolean {
    return [...this.entries].some(([key, entry]) => key.startsWith(`${path}/`) && entry.layer === layer);
  }

  async #drop(path: string): Promise<void> {
    const isFolder = this.entries.get(path)?.kind === 'folder';
    this.entries.delete(path);
    const below = isFolder ? [...this.entries.keys()].filter((key) => key.startsWith(`${path}/`)) : [];
    for (const key of below) this.entries.delete(key);
    await this.#sink.remove(path);
  }

  #checkParents(path: string, layer: number, name: string): void {
    for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash);
      const there = this.entries.get(folder);
      if (there === undefined) this.entries.set(folder, { kind: 'folder', layer });
      else if (there.kind !== 'folder') {
        refuse('ARCHIVE_PATH_UNSAFE', `${name} holds a path below what is no folder in the image`, {
          expected: `a folder at ${quotePath(folder)}`,
          found: `a ${there.kind}, and below it ${quotePath(path)}`,
        });
      }
    }
  }

  #checkTarget(path: string, target: string, name: string): void {
    const kind = this.entries.get(target)?.kind;
    if (kind === 'file' || kind === 'hard-link') return;
    refuse('ARCHIVE_LINK_UNSAFE', `${name} holds another name of what is no file of it`, {
      path: quotePath(path),
      found: quotePath(target),
    });
  }
}
