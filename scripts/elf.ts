/** What a file of Linux says that it loads. */
export interface Elf {
  readonly architecture: 'amd64' | 'arm64';
  /** The dynamic loader: `/lib64/ld-linux-x86-64.so.2`. */
  readonly interpreter: string | undefined;
  /** Shared libraries by their names. */
  readonly needed: readonly string[];
}

/** Machines, kinds of segments and tags of the dynamic section (System V ABI, ELF-64). */
const MACHINES: ReadonlyMap<number, Elf['architecture']> = new Map([
  [62, 'amd64'],
  [183, 'arm64'],
]);
const SEGMENT = { load: 1, dynamic: 2, interpreter: 3 } as const;
const TAG = { end: 0, needed: 1, strings: 5 } as const;

interface Segment {
  readonly kind: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** Reads the head of an ELF file: 64 bits, little-endian. @throws Error where it is none */
export function readElf(bytes: Buffer, name: string): Elf {
  const architecture = MACHINES.get(bytes.length < 64 ? 0 : bytes.readUInt16LE(18));
  if (bytes.toString('latin1', 0, 6) !== '\x7fELF\x02\x01' || architecture === undefined)
    throw new Error(`${name} is no program of Linux on amd64 or arm64`);
  const segments = segmentsOf(bytes);
  const interpreter = segments.find(({ kind }) => kind === SEGMENT.interpreter);
  const dynamic = segments.find(({ kind }) => kind === SEGMENT.dynamic);
  return {
    architecture,
    interpreter: interpreter === undefined ? undefined : textAt(bytes, interpreter.offset),
    needed: dynamic === undefined ? [] : neededIn(bytes, dynamic, segments),
  };
}

function segmentsOf(bytes: Buffer): readonly Segment[] {
  const start = Number(bytes.readBigUInt64LE(32));
  const size = bytes.readUInt16LE(54);
  return Array.from({ length: bytes.readUInt16LE(56) }, (_, index) => {
    const at = start + index * size;
    return {
      kind: bytes.readUInt32LE(at),
      offset: Number(bytes.readBigUInt64LE(at + 8)),
      address: Number(bytes.readBigUInt64LE(at + 16)),
      size: Number(bytes.readBigUInt64LE(at + 32)),
    };
  });
}

function neededIn(bytes: Buffer, { offset, size }: Segment, segments: readonly Segment[]): readonly string[] {
  const names: number[] = [];
  let strings = 0;
  for (let at = offset; at < offset + size; at += 16) {
    const tag = Number(bytes.readBigInt64LE(at));
    const value = Number(bytes.readBigUInt64LE(at + 8));
    if (tag === TAG.end) break;
    if (tag === TAG.needed) names.push(value);
    if (tag === TAG.strings) strings = value;
  }
  const holder = segments.find(
    ({ kind, address, size: length }) =>
      kind === SEGMENT.load && strings >= address && strings < address + length,
  );
  const table = strings - (holder?.address ?? 0) + (holder?.offset ?? 0);
  return names.map((name) => textAt(bytes, table + name));
}

function textAt(bytes: Buffer, start: number): string {
  return bytes.toString('latin1', start, bytes.indexOf(0, start));
}
