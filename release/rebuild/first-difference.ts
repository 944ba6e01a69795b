import { gunzipSync } from 'node:zlib';
import { limits } from '#core/limits';
import { isElf, readElf } from '../elf/elf.ts';
import { readSections } from '../elf/sections.ts';
import { readTar } from '../archive/read-tar.ts';

/** Where two files part. */
export interface FirstDifference {
  /** From the outside to the inside. */
  readonly where: readonly string[];
  /** In the innermost. */
  readonly offset: number;
  readonly found: readonly [first: string, second: string];
}

/** Octets that are shown before and after the place. */
const BEFORE = 16;
const AFTER = 32;
/** Octets that are compared at once. */
const PAGE = 4096;
/** Packed in packed: levels. */
const DEPTH = 4;

/**
 * The first place where two files differ, and what it is in: a member of an archive, a section of an executable, a
 * line of a text.
 */
export async function firstDifference(first: Buffer, second: Buffer, depth = 0): Promise<FirstDifference> {
  const inner = depth < DEPTH ? await inside(first, second, depth) : undefined;
  if (inner !== undefined) return inner;
  const offset = offsetOf(first, second);
  const place = sectionAt(first, second, offset) ?? lineAt(first, second, offset);
  return {
    where: place === undefined ? [] : [place],
    offset,
    found: [shownAt(first, offset), shownAt(second, offset)],
  };
}

async function inside(first: Buffer, second: Buffer, depth: number): Promise<FirstDifference | undefined> {
  const packed = [unzipped(first), unzipped(second)] as const;
  if (packed[0] !== undefined && packed[1] !== undefined) {
    // The same content packed otherwise differs in the packing itself.
    if (packed[0].equals(packed[1])) return undefined;
    const inner = await firstDifference(packed[0], packed[1], depth + 1);
    return { ...inner, where: ['gzip', ...inner.where] };
  }
  const members = [await membersOf(first), await membersOf(second)] as const;
  if (members[0] === undefined || members[1] === undefined) return undefined;
  for (let index = 0; index < Math.max(members[0].length, members[1].length); index++) {
    const one = members[0][index];
    const other = members[1][index];
    if (one === undefined || other === undefined || one.head !== other.head) {
      const found = [one?.head ?? 'the end', other?.head ?? 'the end'] as const;
      return { where: [`member ${index + 1}`], offset: 0, found };
    }
    if (one.content.equals(other.content)) continue;
    const inner = await firstDifference(one.content, other.content, depth + 1);
    return { ...inner, where: [`member ${one.path}`, ...inner.where] };
  }
  return undefined;
}

interface Member {
  readonly path: string;
  /** What says that another member is the same one. */
  readonly head: string;
  readonly content: Buffer;
}

/** The members of a tar archive; undefined for what is none. */
async function membersOf(bytes: Buffer): Promise<readonly Member[] | undefined> {
  if (bytes.toString('latin1', 257, 262) !== 'ustar') return undefined;
  const members: Member[] = [];
  try {
    for await (const entry of readTar(once(bytes), { name: 'the archive', links: 'any' })) {
      const content =
        entry.kind === 'file' ? Buffer.concat(await Array.fromAsync(entry.content.read())) : Buffer.alloc(0);
      members.push({ path: entry.path, head: `${entry.kind} ${entry.path}`, content });
    }
    return members;
  } catch {
    return undefined;
  }
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function unzipped(bytes: Buffer): Buffer | undefined {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return undefined;
  try {
    return gunzipSync(bytes, { maxOutputLength: limits.releaseContentRead });
  } catch {
    return undefined;
  }
}

function offsetOf(first: Buffer, second: Buffer): number {
  const end = Math.min(first.length, second.length);
  // By pages first: comparing them is much faster than octets one by one.
  let at = 0;
  while (at + PAGE <= end && first.subarray(at, at + PAGE).equals(second.subarray(at, at + PAGE))) at += PAGE;
  while (at < end && first[at] === second[at]) at++;
  return at;
}

function sectionAt(first: Buffer, second: Buffer, offset: number): string | undefined {
  if (!isElf(first) || !isElf(second)) return undefined;
  try {
    const sections = readSections(readElf(first, 'the first'));
    const name = sections.find((one) => one.offset <= offset && offset < one.offset + one.size)?.name;
    return name === undefined ? 'outside of all sections' : `section ${name}`;
  } catch {
    return undefined;
  }
}

/** The line of a text; undefined where either holds a zero octet, as texts do not. */
function lineAt(first: Buffer, second: Buffer, offset: number): string | undefined {
  if (first.includes(0) || second.includes(0)) return undefined;
  let line = 1;
  for (let at = first.indexOf(10); at >= 0 && at < offset; at = first.indexOf(10, at + 1)) line++;
  return `line ${line}`;
}

/** What stands around the place, octets that are no letters escaped. */
function shownAt(bytes: Buffer, offset: number): string {
  if (offset >= bytes.length) return 'the end';
  const text = bytes.toString('latin1', Math.max(0, offset - BEFORE), offset + AFTER);
  return text.replaceAll(/[^\x20-\x7e]|\\/g, (sign) =>
    sign === '\\' ? '\\\\' : `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
