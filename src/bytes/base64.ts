import { refuse } from '#core/errors/error';

const STANDARD = /^[A-Za-z0-9+/]*$/;
const URL_SAFE = /^[A-Za-z0-9_-]*$/;

/**
 * Bytes of a padded base64 text in the standard alphabet (RFC 4648 section 4), and only of its one canonical
 * spelling: no white space, no missing padding, no stray bits.
 * @throws BASE64_INVALID
 */
export function fromBase64(text: string, path?: string): Uint8Array {
  return text.length % 4 === 0 ? decode(text, STANDARD, path) : invalid(text, path);
}

/**
 * As {@link fromBase64}, in the standard or in the URL-safe alphabet (RFC 4648 section 5), as DSSE allows.
 * @throws BASE64_INVALID
 */
export function fromBase64Either(text: string, path?: string): Uint8Array {
  return text.length % 4 === 0 ? decode(text, alphabetOf(text), path) : invalid(text, path);
}

/**
 * As {@link fromBase64Either}, with or without padding, as protobuf's JSON mapping allows, and across line
 * breaks, as Go's decoder reads what `openssl base64` writes.
 * @throws BASE64_INVALID
 */
export function fromBase64Protobuf(text: string, path?: string): Uint8Array {
  const joined = text.includes('\n') ? text.replaceAll(/\r?\n/g, '') : text;
  return decode(joined, alphabetOf(joined), path);
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function alphabetOf(text: string): RegExp {
  return /[-_]/.test(text) ? URL_SAFE : STANDARD;
}

function decode(text: string, alphabet: RegExp, path: string | undefined): Uint8Array {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const digits = padding === 0 ? text : text.slice(0, -padding);
  const rest = digits.length % 4;
  const padded = padding === 0 || rest + padding === 4;
  if (rest === 1 || !padded || !alphabet.test(digits)) return invalid(text, path);
  // The bits that are left over must be zero, else two texts would mean the same bytes.
  if (rest !== 0 && (sextet(digits.charCodeAt(digits.length - 1)) & (rest === 2 ? 15 : 3)) !== 0)
    return invalid(text, path);
  return Buffer.from(digits, alphabet === URL_SAFE ? 'base64url' : 'base64');
}

function invalid(text: string, path: string | undefined): never {
  return refuse('BASE64_INVALID', 'not canonical base64', {
    path,
    expected: 'RFC 4648 base64',
    found:
      text.length > 40
        ? `${JSON.stringify(text.slice(0, 40))}... (${text.length} characters)`
        : JSON.stringify(text),
  });
}

/** The value of a base64 digit of either alphabet. */
function sextet(code: number): number {
  if (code >= 97) return code - 71;
  if (code === 95) return 63;
  if (code >= 65) return code - 65;
  if (code >= 48) return code + 4;
  return code === 43 || code === 45 ? 62 : 63;
}
