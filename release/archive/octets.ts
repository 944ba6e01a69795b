import { broken } from './block.ts';

/** Takes octets out of a stream, so many at a time. */
export class Octets {
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #name: string;
  #chunk: Uint8Array = new Uint8Array();

  /** @param name of what the octets are, for messages */
  constructor(source: AsyncIterable<Uint8Array>, name: string) {
    this.#iterator = source[Symbol.asyncIterator]();
    this.#name = name;
  }

  /** Exactly so many octets; undefined at the end. @throws ARCHIVE_INVALID where it is cut off */
  async take(count: number): Promise<Uint8Array | undefined> {
    const first = await this.#some(count);
    if (first === undefined || first.length === count) return first;
    const parts = [first];
    for await (const part of this.run(count - first.length)) parts.push(part);
    return Buffer.concat(parts, count);
  }

  /** Exactly so many octets, in pieces. @throws ARCHIVE_INVALID where it is cut off */
  async *run(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0;) {
      const piece = await this.#some(left);
      if (piece === undefined) {
        return broken(this.#name, 'it is cut off', { expected: `${left} octets more`, found: 'its end' });
      }
      left -= piece.length;
      yield piece;
    }
  }

  /** Ends the stream. */
  async close(): Promise<void> {
    await this.#iterator.return?.();
  }

  async #some(most: number): Promise<Uint8Array | undefined> {
    while (this.#chunk.length === 0) {
      const next = await this.#iterator.next();
      if (next.done === true) return undefined;
      this.#chunk = next.value;
    }
    const piece = this.#chunk.subarray(0, most);
    this.#chunk = this.#chunk.subarray(piece.length);
    return piece;
  }
}

/** The same octets, each chunk seen as it passes. */
export async function* watched(
  source: AsyncIterable<Uint8Array>,
  see: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    see(chunk);
    yield chunk;
  }
}
