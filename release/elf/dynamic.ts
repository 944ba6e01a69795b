import { broken, slice, textAt, type Elf, type Segment } from './elf.ts';

/** What a program needs before it can run. */
export interface Needs {
  /** The program that loads it: `/lib64/ld-linux-x86-64.so.2`; absent for libraries and for static programs. */
  readonly interpreter?: string;
  /** DT_NEEDED, in order. */
  readonly libraries: readonly string[];
  /** DT_RPATH or DT_RUNPATH, `$ORIGIN` as it is. */
  readonly paths: readonly string[];
}

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT_NULL = 0;
const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_RPATH = 15;
const DT_RUNPATH = 29;
const ENTRY = 16;

/** @throws ELF_INVALID */
export function readNeeds(elf: Elf): Needs {
  const interpreter = elf.segments.find(({ type }) => type === PT_INTERP);
  const entries = dynamicEntries(elf);
  const table = entries.find(({ tag }) => tag === DT_STRTAB);
  const texts = (...tags: readonly number[]): readonly string[] =>
    entries.filter(({ tag }) => tags.includes(tag)).map(({ value }) => textOf(elf, table?.value, value));
  return {
    ...(interpreter === undefined ? {} : { interpreter: textAt(elf.bytes, interpreter.offset, elf.name) }),
    libraries: texts(DT_NEEDED),
    paths: texts(DT_RPATH, DT_RUNPATH).flatMap((text) => text.split(':')),
  };
}

interface DynamicEntry {
  readonly tag: number;
  readonly value: number;
}

function dynamicEntries({ segments, bytes, name }: Elf): readonly DynamicEntry[] {
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  if (dynamic === undefined) return [];
  const table = slice(bytes, dynamic.offset, dynamic.size, name);
  const all = Array.from({ length: Math.floor(table.length / ENTRY) }, (_, index) => ({
    tag: Number(table.readBigInt64LE(index * ENTRY)),
    value: Number(table.readBigUInt64LE(index * ENTRY + 8)),
  }));
  const end = all.findIndex(({ tag }) => tag === DT_NULL);
  return end < 0 ? all : all.slice(0, end);
}

/** A text of the table whose address in memory is known. */
function textOf({ segments, bytes, name }: Elf, table: number | undefined, value: number): string {
  const holds = ({ type, address, size }: Segment): boolean =>
    type === PT_LOAD && table !== undefined && address <= table && table < address + size;
  const segment = segments.find(holds);
  if (segment === undefined || table === undefined) return broken(name, 'its table of texts is nowhere');
  return textAt(bytes, table - segment.address + segment.offset + value, name);
}
