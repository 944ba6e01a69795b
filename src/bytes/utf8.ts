import { isAscii } from 'node:buffer';
import { refuse } from '#core/errors/error';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of UTF-8 bytes; no byte order mark, no replacement characters.
 * @throws UTF8_INVALID
 */
export function decodeUtf8(bytes: Uint8Array, name?: string): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    refuse('UTF8_INVALID', `${name ?? 'the text'} begins with a byte order mark`, {
      expected: 'UTF-8 without a byte order mark',
      hint: 'save it as plain UTF-8',
    });
  }
  if (isAscii(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  try {
    return strict.decode(bytes);
  } catch (cause) {
    return refuse('UTF8_INVALID', `${name ?? 'the text'} is not UTF-8`, { expected: 'UTF-8', cause });
  }
}
