import { refuse } from '#core/errors/error';

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  return view(bytes).toString('hex');
}

/**
 * Bytes of a lower-case hex text of even length.
 * @throws HEX_INVALID
 */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) {
    refuse('HEX_INVALID', 'not a lower-case hexadecimal text', { expected: 'pairs of 0-9 and a-f' });
  }
  return Buffer.from(text, 'hex');
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
