/**
 * Bytes of a base64 text as Go's encoding/base64 decodes it: line breaks anywhere, stray bits in the last character;
 * undefined where it is none.
 */
export function goBase64(text: string, padding: 'padded' | 'unpadded'): Uint8Array | undefined {
  const joined = text.replaceAll(/[\r\n]/g, '');
  const wellFormed =
    padding === 'padded'
      ? joined.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(joined)
      : joined.length % 4 !== 1 && /^[A-Za-z0-9+/]*$/.test(joined);
  return wellFormed ? Buffer.from(joined, 'base64') : undefined;
}

/** As protobuf's JSON mapping has it: of either alphabet, with or without padding, told by the text's length. */
export function protoBytes(text: string): Uint8Array | undefined {
  const isUrl = /[-_]/.test(text);
  if (isUrl && /[+/]/.test(text)) return undefined;
  const standard = isUrl ? text.replaceAll('-', '+').replaceAll('_', '/') : text;
  return goBase64(standard, Buffer.byteLength(text) % 4 === 0 ? 'padded' : 'unpadded');
}
