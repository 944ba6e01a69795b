import { slice, textAt, type Elf } from './elf.ts';

/** A section: `.text`, `.rodata`. Offsets are of the file. */
export interface Section {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

const ENTRY = 64;
/** SHT_NOBITS: takes no room in the file. */
const NO_BITS = 8;

/**
 * The sections that have octets in the file; none where they were stripped.
 * @throws ELF_INVALID
 */
export function readSections({ bytes, name }: Elf): readonly Section[] {
  const offset = Number(bytes.readBigUInt64LE(40));
  const count = bytes.readUInt16LE(60);
  const namesAt = bytes.readUInt16LE(62);
  if (offset === 0 || count === 0) return [];
  const table = slice(bytes, offset, count * ENTRY, name);
  const headers = Array.from({ length: count }, (_, index) => {
    const at = index * ENTRY;
    return {
      name: table.readUInt32LE(at),
      type: table.readUInt32LE(at + 4),
      offset: Number(table.readBigUInt64LE(at + 24)),
      size: Number(table.readBigUInt64LE(at + 32)),
    };
  });
  const names = headers[namesAt];
  if (names === undefined) return [];
  return headers
    .filter(({ type, size }) => type !== NO_BITS && size > 0)
    .map((header) => ({
      name: textAt(bytes, names.offset + header.name, name),
      offset: header.offset,
      size: header.size,
    }));
}
