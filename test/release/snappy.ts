/** One block of Snappy: literals, and copies of what stands at most 2 kB before, or 64 kB. For tests only: slow. */
export function encodeSnappy(content: Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  const parts: Buffer[] = [varint(bytes.length)];
  const seen = new Map<string, number>();
  let literal = 0;
  let at = 0;
  while (at < bytes.length) {
    const key = bytes.toString('latin1', at, at + 4);
    const before = key.length === 4 ? seen.get(key) : undefined;
    if (key.length === 4) seen.set(key, at);
    if (before === undefined || at - before > 0xffff) {
      at++;
      continue;
    }
    let size = 4;
    while (size < 64 && at + size < bytes.length && bytes[before + size] === bytes[at + size]) size++;
    parts.push(literalOf(bytes.subarray(literal, at)), copyOf(at - before, size));
    at += size;
    literal = at;
  }
  parts.push(literalOf(bytes.subarray(literal)));
  return Buffer.concat(parts);
}

function varint(value: number): Buffer {
  const octets: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) octets.push((value & 0x7f) | 0x80);
  return Buffer.from([...octets, value]);
}

function literalOf(bytes: Buffer): Buffer {
  const { length } = bytes;
  if (length === 0) return bytes;
  if (length <= 60) return Buffer.concat([Buffer.from([(length - 1) << 2]), bytes]);
  const head = Buffer.from([62 << 2, 0, 0, 0]);
  head.writeUIntLE(length - 1, 1, 3);
  return Buffer.concat([head, bytes]);
}

function copyOf(offset: number, size: number): Buffer {
  if (size <= 11 && offset < 2048)
    return Buffer.from([1 | ((size - 4) << 2) | ((offset >> 8) << 5), offset & 0xff]);
  return Buffer.from([2 | ((size - 1) << 2), offset & 0xff, offset >> 8]);
}
