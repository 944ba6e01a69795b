/**
 * Gives back the memory of bytes that nobody reads again: they are empty afterwards. The collector of garbage would
 * let some 64 MiB of them stand. Bytes that share their memory with others are left to it.
 */
export function release(bytes: Uint8Array): void {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength) buffer.transfer(0);
}
