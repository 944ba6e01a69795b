import { contentOf, type Content, type Entry } from '../../release/archive/entry.ts';
import { readTar, type ReadOptions } from '../../release/archive/read-tar.ts';
import { writeTar } from '../../release/archive/write-tar.ts';
import { checksumOf } from '../../release/archive/block.ts';

/** An entry with its content as a text, to be compared. */
export type Plain =
  | { readonly kind: 'file'; readonly path: string; readonly executable: boolean; readonly content: string }
  | Exclude<Entry, { readonly kind: 'file' }>;

export const MTIME = 1_700_000_000;

export async function bytesOf(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** The octets in pieces of so many. */
export async function* pieces(bytes: Uint8Array, size = bytes.length): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size);
}

export function file(path: string, content: string | Uint8Array = '', executable = false): Entry {
  return { kind: 'file', path, executable, content: contentOf(Buffer.from(content)) };
}

export function link(path: string, target: string): Entry {
  return { kind: 'link', path, target };
}

export async function tarOf(...entries: readonly Entry[]): Promise<Buffer> {
  return bytesOf(writeTar(entries, { mtime: MTIME }));
}

export async function entriesOf(
  source: AsyncIterable<Uint8Array>,
  options: Partial<ReadOptions> = {},
): Promise<readonly Plain[]> {
  const found: Plain[] = [];
  for await (const entry of readTar(source, { name: 'a.tar', links: 'inside', ...options })) {
    found.push(entry.kind === 'file' ? { ...entry, content: await textOf(entry.content) } : entry);
  }
  return found;
}

async function textOf(content: Content): Promise<string> {
  return (await bytesOf(content.read())).toString('latin1');
}

/** A header as nobody should write it: fields by their first octet, its checksum right. */
export function header(...fields: readonly (readonly [offset: number, text: string])[]): Buffer {
  const block = Buffer.alloc(512);
  const plain: readonly (readonly [number, string])[] = [
    [0, 'a'],
    [100, '0000644\0'],
    [108, '0000000\0'],
    [116, '0000000\0'],
    [124, '00000000000\0'],
    [136, '00000000000\0'],
    [156, '0'],
    [257, 'ustar\x0000'],
  ];
  for (const [offset, text] of [...plain, ...fields]) block.write(text, offset, 'latin1');
  return sealed(block);
}

/** With the checksum that fits. */
function sealed(block: Buffer): Buffer {
  block.write(`${checksumOf(block).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

export const END = Buffer.alloc(1024);

/** A block with content. */
export function block(text: string): Buffer {
  const bytes = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
  bytes.write(text);
  return bytes;
}
