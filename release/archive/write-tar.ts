import { refuse } from '#core/errors/error';
import { BLOCK, checksumOf, FIELDS, padding, quotePath, type Field } from './block.ts';
import type { Entry } from './entry.ts';
import { paxRecord } from './pax.ts';
import { Tree } from './tree.ts';
import { checkPath } from './entry-path.ts';

export interface WriteOptions {
  /** Seconds since 1970: of everything in the archive. */
  readonly mtime: number;
  /** Folders that entries lie in and that are not written: what is unpacked before has them. */
  readonly existing?: ReadonlySet<string>;
}

const TYPES = { file: '0', 'hard-link': '1', link: '2', folder: '5' } as const;
/** Size of a file that the header's octal digits cannot say. */
const LARGE = 8 ** 11;

/**
 * A tar archive whose octets depend on names, kinds and contents alone: sorted by the octets of the names, owned
 * by 0, without names of owners, one time, mode 0755 for folders and executables and 0644 for the rest. Folders
 * that nobody names are written. ustar; what it cannot say stands in an extended header (pax).
 * @throws ARCHIVE_PATH_UNSAFE, ARCHIVE_DUPLICATE, ARCHIVE_LINK_UNSAFE, ARCHIVE_INVALID (content of another size)
 */
export async function* writeTar(
  entries: readonly Entry[],
  { mtime, existing }: WriteOptions,
): AsyncGenerator<Uint8Array> {
  for (const entry of ordered(entries, existing ?? new Set())) {
    yield headersOf(entry, mtime);
    if (entry.kind === 'file') yield* contentOf(entry);
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** With the folders that entries lie in; a name of a file stands behind the file. */
function ordered(entries: readonly Entry[], existing: ReadonlySet<string>): readonly Entry[] {
  const tree = new Tree('the archive');
  const isHard = ({ kind }: Entry): boolean => kind === 'hard-link';
  for (const entry of [
    ...entries.filter((entry) => !isHard(entry)),
    ...entries.filter((entry) => isHard(entry)),
  ]) {
    checkPath(entry.path, 'the archive');
    tree.add(entry);
  }
  const implied = tree
    .impliedFolders()
    .filter((path) => !existing.has(path))
    .map((path): Entry => ({ kind: 'folder', path }));
  const key = (entry: Entry): Buffer => Buffer.from(entry.path, 'utf8');
  const sorted = [...entries, ...implied].toSorted((a, b) => Buffer.compare(key(a), key(b)));
  return [...sorted.filter((entry) => !isHard(entry)), ...sorted.filter((entry) => isHard(entry))];
}

async function* contentOf({ path, content }: Entry & { readonly kind: 'file' }): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const chunk of content.read()) {
    length += chunk.length;
    if (length > content.size) break;
    yield chunk;
  }
  if (length !== content.size) {
    refuse('ARCHIVE_INVALID', `${quotePath(path)} has another size than was said`, {
      expected: `${content.size} octets`,
      found: length > content.size ? 'more' : `${length} octets`,
      hint: 'does something else write to it?',
    });
  }
  const rest = padding(content.size);
  if (rest > 0) yield Buffer.alloc(rest);
}

/** The header, and before it the extended header where the plain one cannot say all. */
function headersOf(entry: Entry, mtime: number): Uint8Array {
  const path = entry.kind === 'folder' ? `${entry.path}/` : entry.path;
  const target = entry.kind === 'link' || entry.kind === 'hard-link' ? entry.target : '';
  const size = entry.kind === 'file' ? entry.content.size : 0;
  const isExecutable = entry.kind !== 'file' || entry.executable;
  const split = splitPath(path);
  const records = [
    ...(isPlain(target, FIELDS.link[1]) ? [] : [paxRecord('linkpath', target)]),
    ...(split === undefined ? [paxRecord('path', path)] : []),
    ...(size < LARGE ? [] : [paxRecord('size', String(size))]),
  ];
  const [prefix, name] = split ?? ['', plain(path, FIELDS.name[1])];
  const header = headerOf({
    name,
    prefix,
    mode: isExecutable ? 0o755 : 0o644,
    size: size < LARGE ? size : 0,
    mtime,
    type: TYPES[entry.kind],
    link: plain(target, FIELDS.link[1]),
  });
  if (records.length === 0) return header;
  const extended = Buffer.from(records.join(''), 'utf8');
  const before = headerOf({
    name: 'PaxHeader',
    prefix: '',
    mode: 0o644,
    size: extended.length,
    mtime,
    type: 'x',
    link: '',
  });
  return Buffer.concat([before, extended, Buffer.alloc(padding(extended.length)), header]);
}

interface HeaderValues {
  readonly name: string;
  readonly prefix: string;
  readonly mode: number;
  readonly size: number;
  readonly mtime: number;
  readonly type: string;
  readonly link: string;
}

function headerOf({ name, prefix, mode, size, mtime, type, link }: HeaderValues): Buffer {
  const header = Buffer.alloc(BLOCK);
  const put = (field: Field, text: string): void => {
    header.write(text, FIELDS[field][0], FIELDS[field][1], 'latin1');
  };
  const octal = (field: Field, value: number): void =>
    put(field, `${value.toString(8).padStart(FIELDS[field][1] - 1, '0')}\0`);
  put('name', name);
  octal('mode', mode);
  octal('uid', 0);
  octal('gid', 0);
  octal('size', size);
  octal('mtime', mtime);
  put('type', type);
  put('link', link);
  put('magic', 'ustar\x0000');
  put('prefix', prefix);
  put('checksum', `${checksumOf(header).toString(8).padStart(6, '0')}\0 `);
  return header;
}

/** Prefix and name, where the two fields can hold the path. */
function splitPath(path: string): readonly [string, string] | undefined {
  if (isPlain(path, FIELDS.name[1])) return ['', path];
  const [, longest] = FIELDS.prefix;
  if (!isPlain(path, longest + 1 + FIELDS.name[1])) return undefined;
  const slash = path.lastIndexOf('/', Math.min(longest, path.length - 2));
  const name = path.slice(slash + 1);
  return slash > 0 && name.length <= FIELDS.name[1] ? [path.slice(0, slash), name] : undefined;
}

function isPlain(text: string, most: number): boolean {
  return text.length <= most && /^[\x20-\x7e]*$/.test(text);
}

/** What readers show that do not know extended headers. */
function plain(text: string, most: number): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '_').slice(0, most);
}
