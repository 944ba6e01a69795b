import { refuse } from '#core/errors/error';

/** What is asked of an ELF file: of 64 bits, little-endian (System V ABI, chapters 4 and 5). Offsets are of the file. */
export interface Elf {
  readonly name: string;
  readonly bytes: Buffer;
  /** e_machine: 62 is x86-64, 183 is AArch64. */
  readonly machine: number;
  readonly segments: readonly Segment[];
}

export interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  /** Where it is in memory. */
  readonly address: number;
}

const MAGIC = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
const HEADER = 64;
const SEGMENT = 56;

export function isElf(bytes: Uint8Array): boolean {
  return MAGIC.every((octet, index) => bytes[index] === octet);
}

/**
 * The head of an executable or a shared library.
 * @param name for people
 * @throws ELF_INVALID
 */
export function readElf(bytes: Buffer, name: string): Elf {
  if (!isElf(bytes) || bytes[4] !== CLASS_64 || bytes[5] !== LITTLE_ENDIAN || bytes.length < HEADER)
    broken(name, 'it is none of 64 bits, little-endian');
  const offset = Number(bytes.readBigUInt64LE(32));
  const size = bytes.readUInt16LE(54);
  const count = bytes.readUInt16LE(56);
  if (count > 0 && size !== SEGMENT) broken(name, 'its program headers are of another size');
  const table = slice(bytes, offset, count * SEGMENT, name);
  return {
    name,
    bytes,
    machine: bytes.readUInt16LE(18),
    segments: Array.from({ length: count }, (_, index) => {
      const at = index * SEGMENT;
      return {
        type: table.readUInt32LE(at),
        offset: Number(table.readBigUInt64LE(at + 8)),
        address: Number(table.readBigUInt64LE(at + 16)),
        size: Number(table.readBigUInt64LE(at + 32)),
      };
    }),
  };
}

/** @throws ELF_INVALID */
export function slice(bytes: Buffer, offset: number, size: number, name: string): Buffer {
  if (offset < 0 || size < 0 || offset + size > bytes.length)
    broken(name, 'a part of it lies behind its end');
  return bytes.subarray(offset, offset + size);
}

/** The text at an offset, up to its zero octet. @throws ELF_INVALID */
export function textAt(bytes: Buffer, offset: number, name: string): string {
  const end = bytes.indexOf(0, offset);
  if (offset < 0 || offset >= bytes.length || end < 0) broken(name, 'a text in it has no end');
  return bytes.toString('utf8', offset, end);
}

/** @throws ELF_INVALID, always */
export function broken(name: string, why: string): never {
  return refuse('ELF_INVALID', `${JSON.stringify(name)} is no ELF file that can be read`, {
    expected: 'an executable or a shared library of 64 bits, little-endian',
    found: why,
  });
}
