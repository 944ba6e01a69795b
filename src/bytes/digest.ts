import { hash } from 'node:crypto';

export type HashAlgorithm = 'sha256' | 'sha384' | 'sha512';

/** Digest of the bytes. */
export function digest(algorithm: HashAlgorithm, bytes: Uint8Array): Buffer {
  // By way of a string, because Node makes a Buffer for the digest in three times the time.
  return Buffer.from(hash(algorithm, bytes, 'binary'), 'binary');
}

/** SHA-256 of the bytes or of the text's UTF-8, lower-case hex. */
export function sha256Hex(data: Uint8Array | string): string {
  return hash('sha256', data, 'hex');
}

/** Has all loaded that a first digest loads, some ten milliseconds of it; worth it while others are waited for. */
export function prepareDigests(): void {
  sha256Hex('');
}

/** Whether two byte strings are equal. Not constant in time: nothing here compares secrets. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
