import { refuse } from '#core/errors/error';

/**
 * Bytes of a padded base64 text in the standard alphabet (RFC 4648 section 4), and only of its one canonical
 * spelling: no white space, no missing padding, no stray bits.
 * @throws BASE64_INVALID
 */
export function fromBase64(text: string, path?: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  // Node's decoder passes over what is not base64; only the canonical spelling comes back the same.
  return bytes.toString('base64') === text ? bytes : invalid(text, path);
}

/**
 * As {@link fromBase64}, in the standard or in the URL-safe alphabet (RFC 4648 section 5), as DSSE allows.
 * @throws BASE64_INVALID
 */
export function fromBase64Either(text: string, path?: string): Uint8Array {
  return fromBase64(text.includes('-') || text.includes('_') ? toStandard(text, path) : text, path);
}

/**
 * As {@link fromBase64Either}, with or without padding, as protobuf's JSON mapping allows, and across line
 * breaks, as Go's decoder reads what `openssl base64` writes.
 * @throws BASE64_INVALID
 */
export function fromBase64Protobuf(text: string, path?: string): Uint8Array {
  const joined = text.includes('\n') ? text.replaceAll(/\r?\n/g, '') : text;
  const missing = joined.endsWith('=') ? 0 : (4 - (joined.length % 4)) % 4;
  return fromBase64Either(missing === 0 ? joined : joined + '='.repeat(missing), path);
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function toStandard(text: string, path: string | undefined): string {
  if (text.includes('+') || text.includes('/')) return invalid(text, path);
  return text.replaceAll('-', '+').replaceAll('_', '/');
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
