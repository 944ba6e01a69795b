import { refuse } from '#core/errors/error';

/** The densest element: a copy of 64 octets in 3. */
const MOST_FOR_ONE = 64 / 3;
/** Literals of up to 60 octets say their length in the tag; of longer ones 1 to 4 octets after it do. */
const LONG_LITERAL = 60;

/**
 * Decompresses one block of Snappy, without the framing of streams.
 * @param limit octets of the content
 * @param name for messages
 * @throws SNAPPY_INVALID, INPUT_TOO_LARGE
 * @see https://github.com/google/snappy/blob/main/format_description.txt
 */
export function decodeSnappy(block: Uint8Array, limit: number, name: string): Uint8Array {
  const invalid = (found: string): never =>
    refuse('SNAPPY_INVALID', `${name} is not compressed by Snappy as it should be`, {
      expected: 'one block of Snappy',
      found,
      hint: 'fetch it again; if it stays so, do not use it',
    });
  const preamble = readLength(block) ?? invalid('a length that has no end, or is not of 32 bits');
  const { length } = preamble;
  if (length > limit) {
    return refuse('INPUT_TOO_LARGE', `${name} is too large`, {
      expected: `at most ${limit} octets`,
      found: `${length} octets, it says`,
    });
  }
  if (length > (block.length - preamble.end) * MOST_FOR_ONE)
    return invalid(`${block.length} octets that cannot hold the ${length} that they say`);
  const content = Buffer.alloc(length);
  let from = preamble.end;
  let to = 0;
  while (from < block.length) {
    const tag = block[from++] ?? 0;
    const kind = tag & 3;
    if (kind === 0) {
      let size = tag >> 2;
      const more = Math.max(0, size - LONG_LITERAL + 1);
      if (from + more > block.length) return invalid('a literal whose length is cut off');
      if (more > 0) size = littleEndian(block, from, more);
      size++;
      from += more;
      if (size > block.length - from) return invalid('a literal that is cut off');
      if (size > length - to) return invalid(`more than the ${length} octets that it says`);
      content.set(block.subarray(from, from + size), to);
      from += size;
      to += size;
      continue;
    }
    const more = kind === 3 ? 4 : kind;
    if (from + more > block.length) return invalid('a copy that is cut off');
    const offset = littleEndian(block, from, more) + (kind === 1 ? (tag >> 5) * 256 : 0);
    const size = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    from += more;
    if (offset === 0 || offset > to) return invalid('a copy of what is not there');
    if (size > length - to) return invalid(`more than the ${length} octets that it says`);
    // One after the other: a copy may reach into itself.
    for (const end = to + size; to < end; to++) content[to] = content[to - offset] ?? 0;
  }
  return to === length ? content : invalid(`${to} octets instead of the ${length} that it says`);
}

/** The length of the content, a varint of at most 32 bits. */
function readLength(block: Uint8Array): { readonly length: number; readonly end: number } | undefined {
  let length = 0;
  for (let end = 0; end < 5; end++) {
    const octet = block[end];
    if (octet === undefined) return undefined;
    length += (octet & 0x7f) * 2 ** (7 * end);
    if (octet < 0x80) return length < 2 ** 32 ? { length, end: end + 1 } : undefined;
  }
  return undefined;
}

function littleEndian(bytes: Uint8Array, start: number, count: number): number {
  let value = 0;
  for (let index = count - 1; index >= 0; index--) value = value * 256 + (bytes[start + index] ?? 0);
  return value;
}
