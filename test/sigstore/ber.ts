/** Tag, length, value with a length in two octets more than DER allows: BER, not DER. */
export function tlvLongLength(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(parts);
  const octets = Buffer.from([0x83, value.length >> 16, (value.length >> 8) & 255, value.length & 255]);
  return Buffer.concat([Buffer.from([tag]), octets, value]);
}
