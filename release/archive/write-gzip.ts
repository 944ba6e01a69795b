import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';

/** Octets that are compressed by themselves, but for what they refer to before them: nothing but these depends on it. */
const PIECE = 1024 * 1024;
/** Octets before a piece that it may refer to: what a decompressor keeps (RFC 1951). */
const WINDOW = 32 * 1024;
/** Pieces that are compressed at one time, each on a thread of its own. */
const AT_ONCE = 4;
/** Next to the size of level 6, in three quarters of the time. */
const LEVEL = 5;
/** RFC 1952: deflate, no flags, MTIME 0, XFL 0, OS Unix. */
const HEADER = Buffer.from('1f8b0800000000000003', 'hex');
/** RFC 1951: the last block, with nothing in it. */
const LAST = Buffer.from('0300', 'hex');

const deflate = promisify<Uint8Array, object, Uint8Array>(deflateRaw);

/**
 * Compresses, with a header that says nothing of time, name and machine (RFC 1952). The octets depend on the content
 * and on the version of zlib, that of the Node that runs, not on how the content comes or how many threads there are.
 */
export async function* gzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield HEADER;
  const under: Promise<Uint8Array>[] = [];
  let dictionary: Uint8Array = new Uint8Array();
  let checksum = 0;
  let size = 0;
  for await (const piece of pieces(source)) {
    checksum = crc32(piece, checksum);
    size += piece.length;
    under.push(compressed(piece, dictionary));
    dictionary = piece.subarray(-WINDOW);
    if (under.length >= AT_ONCE) yield* first(under);
  }
  while (under.length > 0) yield* first(under);
  const end = Buffer.alloc(8);
  end.writeUInt32LE(checksum, 0);
  end.writeUInt32LE(size % 2 ** 32, 4);
  yield Buffer.concat([LAST, end]);
}

/** Whole blocks that end with an octet, and are not the last. */
async function compressed(piece: Uint8Array, dictionary: Uint8Array): Promise<Uint8Array> {
  const known = dictionary.length === 0 ? {} : { dictionary };
  return deflate(piece, {
    level: LEVEL,
    finishFlush: constants.Z_SYNC_FLUSH,
    chunkSize: PIECE / 2,
    ...known,
  });
}

async function* first(under: Promise<Uint8Array>[]): AsyncGenerator<Uint8Array> {
  const next = under.shift();
  if (next !== undefined) yield await next;
}

async function* pieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let piece = Buffer.allocUnsafe(PIECE);
  let length = 0;
  for await (const chunk of source) {
    for (let offset = 0; offset < chunk.length;) {
      const taken = Math.min(PIECE - length, chunk.length - offset);
      piece.set(chunk.subarray(offset, offset + taken), length);
      length += taken;
      offset += taken;
      if (length < PIECE) continue;
      yield piece;
      piece = Buffer.allocUnsafe(PIECE);
      length = 0;
    }
  }
  if (length > 0) yield piece.subarray(0, length);
}
