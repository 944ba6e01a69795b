import { refuse } from '#core/errors/error';

/** Octets of the length before each entry. */
const PREFIX = 2;

/**
 * Reads a bundle of log entries: each after its length, 16 bits, big-endian; as many as there must be.
 * @param path its name, for reasons
 * @throws LOG_TILE_INVALID
 * @see https://c2sp.org/tlog-tiles
 */
export function readEntryBundle(bytes: Uint8Array, count: number, path: string): readonly Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: Uint8Array[] = [];
  let at = 0;
  for (let number = 0; number < count; number++) {
    if (at + PREFIX > bytes.length) malformed(count, `the end after ${number} entries`, path);
    const start = at + PREFIX;
    at = start + view.getUint16(at);
    if (at > bytes.length) malformed(count, `the end within entry ${number + 1}`, path);
    entries.push(bytes.subarray(start, at));
  }
  if (at < bytes.length) malformed(count, `${bytes.length - at} octets after them`, path);
  return entries;
}

function malformed(count: number, found: string, path: string): never {
  return refuse('LOG_TILE_INVALID', 'a bundle of log entries is malformed', {
    path,
    expected: `${count} entries, each after its length`,
    found,
    hint: 'tell who runs the log',
  });
}
