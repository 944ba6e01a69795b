import { refuse } from '#core/errors/error';

const STANDARD = /^[A-Za-z0-9+/]*={0,2}$/;
const URL_SAFE = /^[A-Za-z0-9_-]*={0,2}$/;

/**
 * Bytes of a padded base64 text in the standard alphabet (RFC 4648 section 4), and only of its one canonical
 * spelling: no white space, no missing padding, no stray bits.
 * @throws BASE64_INVALID
 */
export function fromBase64(text: string, path?: string): Uint8Array {
  return decode(text, STANDARD, 'base64', path);
}

/**
 * As {@link fromBase64}, in the standard or in the URL-safe alphabet, as DSSE allows.
 * @throws BASE64_INVALID
 */
export function fromBase64Either(text: string, path?: string): Uint8Array {
  return /[-_]/.test(text) ? decode(text, URL_SAFE, 'base64url', path) : fromBase64(text, path);
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function decode(text: string, alphabet: RegExp, encoding: 'base64' | 'base64url', path?: string): Uint8Array {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  if (text.length % 4 === 0 && alphabet.test(text)) {
    const bytes = Buffer.from(text, encoding);
    // The bits that padding leaves over must be zero, else two texts would mean the same bytes.
    const last = text[text.length - 1 - padding];
    if (padding === 0 || last === undefined || (sextet(last) & (padding === 2 ? 15 : 3)) === 0) return bytes;
  }
  return refuse('BASE64_INVALID', 'not canonical base64', {
    path,
    expected: 'RFC 4648 base64 with padding',
    found: text.length > 40 ? `${JSON.stringify(text.slice(0, 40))}... (${text.length} characters)` : JSON.stringify(text),
  });
}

function sextet(character: string): number {
  const code = character.charCodeAt(0);
  if (code >= 97) return code - 71;
  if (code === 95) return 63;
  if (code >= 65) return code - 65;
  if (code >= 48) return code + 4;
  return code === 43 || code === 45 ? 62 : 63;
}
