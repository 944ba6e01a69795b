import { signCheckpoint } from '../../release/local/checkpoint.ts';
import { rootHash } from '../../release/local/merkle.ts';
import { leafHash } from '#core/tlog/merkle';
import type { Rekor } from './rekor.ts';

export interface TiledLogOptions {
  /** Entries, count. */
  readonly size: number;
  /** Entries by their index; the others are made up. */
  readonly entries?: ReadonlyMap<number, Buffer> | undefined;
  /** The tree that the checkpoint is of, where the log has grown since. */
  readonly checkpointSize?: number | undefined;
  /** Whether parts of tiles that are whole by now are still served. */
  readonly keepsParts?: boolean | undefined;
}

const WIDTH = 256;

/**
 * A log of Rekor v2 as it is read: checkpoint, tiles and bundles of entries of a real Merkle tree.
 * @see https://c2sp.org/tlog-tiles
 */
export class TiledLog {
  readonly entries: readonly Buffer[];
  readonly checkpoint: string;
  readonly #levels: Buffer[][];
  readonly #size: number;
  readonly #keepsParts: boolean;

  constructor(log: Rekor, { size, entries, checkpointSize = size, keepsParts = false }: TiledLogOptions) {
    this.entries = Array.from({ length: size }, (_, i) => entries?.get(i) ?? Buffer.from(`entry ${i}`));
    this.#levels = [this.entries.map((entry) => leafHash(entry))];
    for (let below = this.#levels[0] ?? []; below.length >= WIDTH;) {
      const roots = Array.from({ length: Math.floor(below.length / WIDTH) }, (_, i) =>
        rootHash(below.slice(i * WIDTH, (i + 1) * WIDTH)),
      );
      this.#levels.push(roots);
      below = roots;
    }
    const whole = Math.floor(checkpointSize / WIDTH);
    const rest = this.#levels[0]?.slice(whole * WIDTH, checkpointSize) ?? [];
    // A tree splits between its tiles as long as it has several.
    const tops = [...(this.#levels[1]?.slice(0, whole) ?? []), ...(rest.length > 0 ? [rootHash(rest)] : [])];
    const root = rootHash(tops);
    this.checkpoint = signCheckpoint({
      origin: log.origin,
      size: checkpointSize,
      root,
      signers: [log.signer],
    });
    this.#size = checkpointSize;
    this.#keepsParts = keepsParts;
  }

  /** What stands at a path under the log's prefix; undefined: nothing. */
  resource(path: string): Buffer | undefined {
    if (path === 'checkpoint') return Buffer.from(this.checkpoint);
    const [, kind = '', groups = '', part] =
      /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path) ?? [];
    if (groups.startsWith('x000')) return undefined;
    const level = kind === 'entries' ? 0 : Number(kind);
    const start = Number(groups.replaceAll(/[x/]/g, '')) * WIDTH;
    const items = kind === 'entries' ? this.entries : this.#levels[level];
    const has = Math.min(WIDTH, (items?.length ?? 0) - start);
    const width = part === undefined ? WIDTH : Number(part);
    if (kind === '' || items === undefined || !this.#serves(level, start, width, has)) return undefined;
    const wanted = items.slice(start, start + width);
    return Buffer.concat(kind === 'entries' ? wanted.flatMap((entry) => [lengthOf(entry), entry]) : wanted);
  }

  /** Whole tiles, the part that the tree ends with, and that of the checkpoint's tree while it is kept. */
  #serves(level: number, start: number, width: number, has: number): boolean {
    if (width === has) return true;
    const then = Math.floor(this.#size / WIDTH ** level) - start;
    return width === then && width < has && (has < WIDTH || this.#keepsParts);
  }
}

function lengthOf(entry: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(entry.length);
  return length;
}
