import { Readable, pipeline } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { refuse } from '#core/errors/error';
import { broken } from './block.ts';

/** Octets that come out of a decompressor at once: each piece costs what it takes to hand it on. */
const CHUNK = 256 * 1024;

/** By their first octets, how archives are packed. */
const MAGICS: readonly (readonly [string, string])[] = [
  ['1f8b', 'gzip'],
  ['28b52ffd', 'zstd'],
  ['fd377a585a00', 'xz'],
  ['425a68', 'bzip2'],
  ['504b0304', 'zip'],
];

/**
 * Unpacks an archive, by what its first octets say it is. Nothing may follow the packed octets.
 * @throws ARCHIVE_PACKING_UNSUPPORTED (xz, bzip2, zip), ARCHIVE_INVALID
 */
export async function* unpacked(source: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const { first, whole, close } = await peek(source);
  const start = first.toString('hex', 0, 8);
  const packing = MAGICS.find(([magic]) => start.startsWith(magic))?.[1] ?? 'none';
  if (packing === 'none') return yield* whole;
  if (packing === 'gzip') return yield* checked(whole, createGunzip({ chunkSize: CHUNK }), name);
  if (packing === 'zstd') return yield* checked(whole, createZstdDecompress({ chunkSize: CHUNK }), name);
  await close();
  return refuse('ARCHIVE_PACKING_UNSUPPORTED', `${name} is packed in a way that is not read`, {
    expected: 'a tar archive: as it is, or packed by gzip or zstd',
    found: packing,
    hint: 'name the same archive as .tar.gz, where there is one',
  });
}

type Decompressor = ReturnType<typeof createGunzip> | ReturnType<typeof createZstdDecompress>;

async function* checked(
  source: AsyncIterable<Uint8Array>,
  decompressor: Decompressor,
  name: string,
): AsyncGenerator<Uint8Array> {
  let given = 0;
  const counted = async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      given += chunk.length;
      yield chunk;
    }
  };
  try {
    yield* through(counted(), decompressor);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (!/^(?:Z_|ZSTD_)/.test(code)) throw cause;
    broken(name, 'its packed octets are damaged or cut off', { found: code, cause });
  }
  const used = decompressor.bytesWritten;
  if (used !== given) {
    broken(name, 'something follows the packed octets', {
      expected: `${used} octets`,
      found: `${given} octets`,
    });
  }
}

/** What comes out of it; whoever stops to read ends it. */
async function* through(source: AsyncIterable<Uint8Array>, stream: Decompressor): AsyncGenerator<Uint8Array> {
  const end = Promise.withResolvers<void>();
  // Its reader is told of a fault in the source, too: the pipeline destroys the stream with it.
  pipeline(Readable.from(source, { objectMode: false }), stream, (error) =>
    error === undefined || error === null ? end.resolve() : end.reject(error),
  );
  end.promise.catch(() => undefined);
  for await (const chunk of stream) {
    if (chunk instanceof Uint8Array) yield chunk;
  }
  await end.promise;
}

interface Peeked {
  readonly first: Buffer;
  /** All octets, the first ones too; ends the source when it is ended. */
  readonly whole: AsyncIterable<Uint8Array>;
  /** Ends the source, where the whole is never read. */
  readonly close: () => Promise<void>;
}

async function peek(source: AsyncIterable<Uint8Array>): Promise<Peeked> {
  const iterator = source[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let first = Buffer.alloc(0);
  while (first.length < 8) {
    const next = await iterator.next();
    if (next.done === true) break;
    chunks.push(next.value);
    first = Buffer.concat([first, next.value]);
  }
  const close = async (): Promise<void> => {
    await iterator.return?.();
  };
  const whole = async function* whole(): AsyncGenerator<Uint8Array> {
    try {
      yield* chunks;
      yield* { [Symbol.asyncIterator]: () => iterator };
    } finally {
      await close();
    }
  };
  return { first, whole: whole(), close };
}
