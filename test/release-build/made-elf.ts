import { writeFileSync } from 'node:fs';

export interface MadeElf {
  /** e_machine; 62 is x86-64. */
  readonly machine?: number;
  readonly interpreter?: string;
  readonly libraries?: readonly string[];
  readonly paths?: readonly string[];
}

const HEADER = 64;
const SEGMENT = 56;
/** Where the file is in memory: another place than in the file, as in real ones. */
const ADDRESS = 0x400_000;

/** An ELF file that says what it needs, and holds nothing to run. */
export function madeElf({ machine = 62, interpreter, libraries = [], paths = [] }: MadeElf): Buffer {
  const texts = ['', ...libraries, ...paths];
  const offsets = texts.map((_, index) => texts.slice(0, index).join('\0').length + (index === 0 ? 0 : 1));
  const table = Buffer.from(`${texts.join('\0')}\0`);
  const count = interpreter === undefined ? 2 : 3;
  const tableAt = HEADER + count * SEGMENT;
  const dynamicAt = tableAt + table.length;
  const entries = [
    ...libraries.map((_, index) => [1, offsets[1 + index]] as const),
    ...paths.map((_, index) => [29, offsets[1 + libraries.length + index]] as const),
    [5, ADDRESS + tableAt],
    [0, 0],
  ] as const;
  const dynamic = Buffer.alloc(entries.length * 16);
  for (const [index, [tag, value = 0]] of entries.entries()) {
    dynamic.writeBigUInt64LE(BigInt(tag), index * 16);
    dynamic.writeBigUInt64LE(BigInt(value), index * 16 + 8);
  }
  const loader = Buffer.from(`${interpreter ?? ''}\0`);
  const loaderAt = dynamicAt + dynamic.length;
  const head = Buffer.alloc(HEADER);
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  head.writeUInt16LE(machine, 18);
  head.writeBigUInt64LE(BigInt(HEADER), 32);
  head.writeUInt16LE(SEGMENT, 54);
  head.writeUInt16LE(count, 56);
  return Buffer.concat([
    head,
    segment(1, 0, loaderAt + loader.length),
    segment(2, dynamicAt, dynamic.length),
    ...(interpreter === undefined ? [] : [segment(3, loaderAt, loader.length)]),
    table,
    dynamic,
    loader,
  ]);
}

function segment(type: number, offset: number, size: number): Buffer {
  const bytes = Buffer.alloc(SEGMENT);
  bytes.writeUInt32LE(type, 0);
  bytes.writeBigUInt64LE(BigInt(offset), 8);
  bytes.writeBigUInt64LE(BigInt(ADDRESS + offset), 16);
  bytes.writeBigUInt64LE(BigInt(size), 32);
  return bytes;
}

export function writeElf(file: string, made: MadeElf): string {
  writeFileSync(file, madeElf(made));
  return file;
}
