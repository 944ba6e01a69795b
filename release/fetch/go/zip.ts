import { crc32, inflateRawSync } from 'node:zlib';
import { decodeUtf8 } from '#core/bytes/utf8';
import { refuse } from '#core/errors/error';

/** A file of a zip archive. */
export interface ZipFile {
  readonly name: string;
  /** Its content, unpacked and checked. @throws ARCHIVE_INVALID */
  readonly read: () => Uint8Array;
}

/** What is unpacked of one archive in all, octets: Go's own limit for modules. */
const CONTENT = 500 * 1024 * 1024;
const FILES = 65_535;
const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const [END_SIZE, CENTRAL_SIZE, LOCAL_SIZE] = [22, 46, 30];
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;

/**
 * Reads a zip archive by its central directory, as Go does: stored and deflated files, no zip64. Whatever another
 * reader could take for something else is refused: overlapping or out of place directories, two files of one name,
 * a local header that names another file.
 * @param name for messages
 * @throws ARCHIVE_INVALID, ARCHIVE_DUPLICATE, UTF8_INVALID, INPUT_TOO_LARGE
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function readZip(bytes: Uint8Array, name: string): readonly ZipFile[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { count, size, offset, end } = findEnd(buffer, name);
  if (offset + size !== end) broken(name, 'its directory is not where it says');
  const files: ZipFile[] = [];
  const names = new Set<string>();
  let total = 0;
  let at = offset;
  for (let index = 0; index < count; index++) {
    const entry = readEntry(buffer, at, end, name);
    total += entry.size;
    if (total > CONTENT) {
      refuse('INPUT_TOO_LARGE', `${name} is too large`, {
        expected: `at most ${CONTENT} octets`,
        found: 'more',
      });
    }
    if (names.has(entry.name))
      refuse('ARCHIVE_DUPLICATE', `${name} holds a path twice`, { found: shown(entry.name) });
    names.add(entry.name);
    files.push({ name: entry.name, read: () => contentOf(buffer, entry, offset, name) });
    at += entry.length;
  }
  if (at !== end) broken(name, 'its directory holds more than it says');
  return files;
}

interface Ending {
  readonly count: number;
  readonly size: number;
  readonly offset: number;
  /** Where it stands itself. */
  readonly end: number;
}

function findEnd(buffer: Buffer, name: string): Ending {
  const least = Math.max(0, buffer.length - END_SIZE - 0xffff);
  for (let at = buffer.length - END_SIZE; at >= least; at--) {
    if (buffer.readUInt32LE(at) !== END) continue;
    if (at + END_SIZE + buffer.readUInt16LE(at + 20) !== buffer.length) continue;
    const count = buffer.readUInt16LE(at + 10);
    const isWhole = buffer.readUInt32LE(at + 4) === 0 && buffer.readUInt16LE(at + 8) === count;
    if (!isWhole || count === FILES) broken(name, 'it is in parts, or zip64');
    return { count, size: buffer.readUInt32LE(at + 12), offset: buffer.readUInt32LE(at + 16), end: at };
  }
  return broken(name, 'it has no end of a zip archive');
}

interface Central {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Of its local header. */
  readonly local: number;
  /** Octets of the entry in the directory. */
  readonly length: number;
}

function readEntry(buffer: Buffer, at: number, end: number, name: string): Central {
  if (at + CENTRAL_SIZE > end || buffer.readUInt32LE(at) !== CENTRAL)
    broken(name, 'its directory is damaged');
  const [nameLength, extra, comment] = [28, 30, 32].map((field) => buffer.readUInt16LE(at + field));
  const length = CENTRAL_SIZE + (nameLength ?? 0) + (extra ?? 0) + (comment ?? 0);
  if (at + length > end) broken(name, 'its directory is cut off');
  const raw = buffer.subarray(at + CENTRAL_SIZE, at + CENTRAL_SIZE + (nameLength ?? 0));
  return {
    name: decodeUtf8(raw, `a name in ${name}`),
    flags: buffer.readUInt16LE(at + 8),
    method: buffer.readUInt16LE(at + 10),
    crc: buffer.readUInt32LE(at + 16),
    packed: buffer.readUInt32LE(at + 20),
    size: buffer.readUInt32LE(at + 24),
    local: buffer.readUInt32LE(at + 42),
    length,
  };
}

function contentOf(buffer: Buffer, entry: Central, end: number, name: string): Uint8Array {
  const { local, packed, size, method, flags, crc } = entry;
  if (local + LOCAL_SIZE > end || buffer.readUInt32LE(local) !== LOCAL)
    broken(name, 'a file is not where it says', entry.name);
  const nameLength = buffer.readUInt16LE(local + 26);
  const start = local + LOCAL_SIZE + nameLength + buffer.readUInt16LE(local + 28);
  if (start + packed > end) broken(name, 'a file is cut off', entry.name);
  const own = buffer.toString('utf8', local + LOCAL_SIZE, local + LOCAL_SIZE + nameLength);
  if (own !== entry.name) broken(name, 'a file has two names', entry.name);
  if ((flags & ENCRYPTED) !== 0) broken(name, 'a file is encrypted', entry.name);
  const content = unpackedOf(buffer.subarray(start, start + packed), method, size, name, entry.name);
  if (content.length !== size || crc32(content) !== crc)
    broken(name, 'a file is not what its directory says', entry.name);
  return content;
}

function unpackedOf(packed: Buffer, method: number, size: number, name: string, file: string): Uint8Array {
  if (method === STORED) return packed;
  if (method !== DEFLATED) return broken(name, 'a file is packed in another way than by deflate', file);
  try {
    return inflateRawSync(packed, { maxOutputLength: size + 1 });
  } catch (cause) {
    return broken(name, 'a file cannot be unpacked', file, cause);
  }
}

function broken(name: string, what: string, file?: string, cause?: unknown): never {
  return refuse('ARCHIVE_INVALID', `${name}: ${what}`, {
    found: file === undefined ? undefined : shown(file),
    cause,
  });
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 200));
}
