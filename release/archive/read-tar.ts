import { refuse } from '#core/errors/error';
import { limits } from '#core/limits';
import { BLOCK, broken, padding, quotePath } from './block.ts';
import type { Content, Entry } from './entry.ts';
import { entryPath, staysInside } from './entry-path.ts';
import { parseHeader, textOf, type Header } from './header.ts';
import { Octets } from './octets.ts';
import { parsePax, type PaxRecords } from './pax.ts';
import { Tree } from './tree.ts';

export interface ReadOptions {
  /** Of the archive, for messages. */
  readonly name: string;
  /**
   * `inside`: symbolic links must stay in the archive; `any`: as in the root file system of an image, where they
   * are meant to begin at its root.
   */
  readonly links: 'inside' | 'any';
}

const TYPES: ReadonlyMap<string, Entry['kind']> = new Map([
  ['0', 'file'],
  ['\0', 'file'],
  ['1', 'hard-link'],
  ['2', 'link'],
  ['5', 'folder'],
]);

/**
 * Reads a tar archive: ustar, pax and GNU's with long names. The content of a file is read before the next entry
 * is asked for; what is not read is passed over. Whatever two readers could read in two ways, or would leave the
 * folder, is refused.
 * @throws ARCHIVE_INVALID, ARCHIVE_PATH_UNSAFE, ARCHIVE_DUPLICATE, ARCHIVE_LINK_UNSAFE, ARCHIVE_ENTRY_UNSUPPORTED
 * (devices, pipes, sparse files), INPUT_TOO_LARGE, UTF8_INVALID
 */
export async function* readTar(
  source: AsyncIterable<Uint8Array>,
  options: ReadOptions,
): AsyncGenerator<Entry> {
  const octets = new Octets(source, options.name);
  try {
    yield* entriesOf(octets, options);
  } finally {
    await octets.close();
  }
}

async function* entriesOf(octets: Octets, options: ReadOptions): AsyncGenerator<Entry> {
  const { name } = options;
  const tree = new Tree(name);
  let count = 0;
  let total = 0;
  for (;;) {
    const { header, path, target, size } = await nextHeader(octets, name);
    if (header === undefined) return;
    if (++count > limits.archiveEntries) tooLarge(name, `at most ${limits.archiveEntries} entries`);
    total += size;
    if (total > limits.archiveContent) tooLarge(name, `at most ${limits.archiveContent} octets`);
    const content = new Once(octets, size);
    const entry = entryOf({ header, path, target, content }, options);
    if (entry.path !== '') {
      tree.add(entry);
      yield entry;
    }
    await content.pass();
  }
}

/** Content that is read once, or passed over. */
class Once implements Content {
  readonly size: number;
  readonly #octets: Octets;
  #rest: AsyncGenerator<Uint8Array>;

  constructor(octets: Octets, size: number) {
    this.#octets = octets;
    this.size = size;
    this.#rest = octets.run(size);
  }

  /** Whoever leaves before the end leaves the rest to be passed over. */
  readonly read = (): AsyncIterable<Uint8Array> => ({
    [Symbol.asyncIterator]: () => ({ next: async () => this.#rest.next() }),
  });

  async pass(): Promise<void> {
    while ((await this.#rest.next()).done !== true);
    const rest = padding(this.size);
    if (rest > 0) for await (const _ of this.#octets.run(rest));
  }
}

interface Found {
  /** Absent at the end. */
  readonly header: Header | undefined;
  readonly path: string;
  readonly target: string;
  readonly size: number;
}

/** The next header with what extended headers say of it. */
async function nextHeader(octets: Octets, name: string): Promise<Found> {
  const said: { path?: string; target?: string; size?: number } = {};
  const say = (key: 'path' | 'target', value: string): void => {
    if (said[key] !== undefined) broken(name, `two headers say the ${key} of one entry`);
    said[key] = value;
  };
  let isBegun = false;
  for (;;) {
    const block = await octets.take(BLOCK);
    if (block === undefined) return broken(name, 'it has no end: two empty blocks', { found: 'its end' });
    if (block.every((octet) => octet === 0)) {
      if (isBegun) broken(name, 'an extended header belongs to nothing');
      await checkEnd(octets, name);
      return { header: undefined, path: '', target: '', size: 0 };
    }
    const header = parseHeader(block, name);
    if (!'xgLK'.includes(header.type)) {
      const { path = header.path, target = header.link, size = header.size } = said;
      return { header, path, target, size };
    }
    const bytes = await extension(octets, header.size, name);
    if (header.type === 'L') say('path', textOf(bytes, name));
    else if (header.type === 'K') say('target', textOf(bytes, name));
    else if (header.type === 'g') checkGlobal(parsePax(bytes, name), name);
    else {
      const records = parsePax(bytes, name);
      const [path, target, size] = ['path', 'linkpath', 'size'].map((key) => records.get(key));
      if (path !== undefined) say('path', path);
      if (target !== undefined) say('target', target);
      if (size !== undefined) {
        if (said.size !== undefined || !/^(?:0|[1-9]\d{0,14})$/.test(size))
          broken(name, 'an extended header says no size');
        said.size = Number(size);
      }
    }
    isBegun ||= header.type !== 'g';
  }
}

async function extension(octets: Octets, size: number, name: string): Promise<Uint8Array> {
  if (size > limits.archiveHeader)
    tooLarge(name, `at most ${limits.archiveHeader} octets of an extended header`);
  const bytes = await octets.take(size + padding(size));
  return bytes === undefined && size > 0
    ? broken(name, 'it is cut off')
    : (bytes ?? new Uint8Array()).subarray(0, size);
}

/** A global header may comment (git writes the commit so), not name. */
function checkGlobal(records: PaxRecords, name: string): void {
  for (const key of ['path', 'linkpath', 'size']) {
    if (records.has(key)) broken(name, `a global header says the ${key} of every entry`);
  }
}

/** After the first empty block only empty ones, at least one. */
async function checkEnd(octets: Octets, name: string): Promise<void> {
  let blocks = 0;
  for (;;) {
    const block = await octets.take(BLOCK);
    if (block === undefined) break;
    if (block.some((octet) => octet !== 0)) broken(name, 'something follows its end');
    blocks++;
  }
  if (blocks === 0) broken(name, 'it has half an end: one empty block');
}

interface Parts {
  readonly header: Header;
  readonly path: string;
  readonly target: string;
  readonly content: Content;
}

function entryOf({ header, path: written, target, content }: Parts, { name, links }: ReadOptions): Entry {
  const kind = TYPES.get(header.type);
  if (kind === undefined) {
    return refuse('ARCHIVE_ENTRY_UNSUPPORTED', `${name} holds what is no file, folder or link`, {
      path: quotePath(written),
      expected: 'a plain file, a folder or a link',
      found: `type ${JSON.stringify(header.type)}`,
    });
  }
  const path = entryPath(written, kind === 'folder', name);
  if (kind !== 'file' && content.size > 0) {
    return broken(name, 'a link or a folder has content', { found: quotePath(path) });
  }
  if (kind === 'file') return { kind, path, executable: (header.mode & 0o111) !== 0, content };
  if (kind === 'folder') return { kind, path };
  if (kind === 'hard-link') return { kind, path, target: entryPath(target, false, name) };
  if (links === 'inside' && !staysInside(path, target)) {
    return refuse('ARCHIVE_LINK_UNSAFE', `${name} holds a symbolic link that leaves it`, {
      path: quotePath(path),
      expected: 'a target in the archive: relative, and .. only at its beginning',
      found: quotePath(target),
      hint: 'do not unpack it by other means: tell who made it',
    });
  }
  if (target === '' || target.length > limits.archivePath || target.includes('\0'))
    return broken(name, 'a symbolic link goes nowhere', { found: quotePath(path) });
  return { kind, path, target };
}

function tooLarge(name: string, expected: string): never {
  return refuse('INPUT_TOO_LARGE', `${name} is too large`, { expected, found: 'more' });
}
