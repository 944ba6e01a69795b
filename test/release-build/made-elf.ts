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

/** A program of Go by its sections: the version 'go1.26.8', and these lines of modules. */
export function goProgram(lines: readonly string[]): Buffer {
  const mark = Buffer.alloc(16, 0xfe);
  const list = Buffer.concat([mark, Buffer.from(lines.map((line) => `${line}\n`).join('')), mark]);
  const head = Buffer.alloc(32);
  head.write('\xff Go buildinf:', 'latin1');
  head.set([8, 2], 14);
  const info = Buffer.concat([head, sized(Buffer.from('go1.26.8')), sized(list)]);
  const names = Buffer.from('\0.go.buildinfo\0.shstrtab\0');
  const before = madeElf({});
  // Go aligns it to 16 octets.
  const gap = Buffer.alloc(-before.length & 15);
  const bytes = Buffer.concat([before, gap, info, names]);
  const infoAt = bytes.length - names.length - info.length;
  const namesAt = bytes.length - names.length;
  bytes.writeBigUInt64LE(BigInt(bytes.length), 40);
  bytes.writeUInt16LE(3, 60);
  bytes.writeUInt16LE(2, 62);
  return Buffer.concat([
    bytes,
    section(0, 0, 0),
    section(1, infoAt, info.length),
    section(15, namesAt, names.length),
  ]);
}

function section(name: number, offset: number, size: number): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.writeUInt32LE(name, 0);
  bytes.writeUInt32LE(1, 4);
  bytes.writeBigUInt64LE(BigInt(offset), 24);
  bytes.writeBigUInt64LE(BigInt(size), 32);
  return bytes;
}

function sized(bytes: Buffer): Buffer {
  const size: number[] = [];
  let rest = bytes.length;
  for (; rest >= 128; rest = Math.floor(rest / 128)) size.push((rest % 128) + 128);
  return Buffer.concat([Buffer.from([...size, rest]), bytes]);
}
