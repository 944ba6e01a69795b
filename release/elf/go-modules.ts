import { broken, type Elf } from './elf.ts';
import { readSections } from './sections.ts';

/** A module that a program of Go was linked from. */
export interface GoModule {
  readonly path: string;
  /** Empty for a folder of the source that stands in the place of a module. */
  readonly version: string;
}

const SECTION = '.go.buildinfo';
const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1');
const HEADER = 32;
/** Where the flags stand, and the one that says that texts follow: Go 1.18 and later. */
const FLAGS = 15;
const INLINE = 2;
/** Octets around the list of modules that mark where it is in memory. */
const SENTINEL = 16;

/**
 * The modules that a program of Go says it holds, beside the main one, each as replaced; undefined for what is no
 * program of Go.
 * @throws ELF_INVALID
 * @see https://pkg.go.dev/debug/buildinfo
 */
export function readGoModules(elf: Elf): readonly GoModule[] | undefined {
  const section = readSections(elf).find(({ name }) => name === SECTION);
  if (section === undefined) return undefined;
  const bytes = elf.bytes.subarray(section.offset, section.offset + section.size);
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC) || ((bytes[FLAGS] ?? 0) & INLINE) === 0)
    broken(elf.name, 'its list of Go modules is of a Go before 1.18');
  const [, afterVersion] = sizedText(bytes, HEADER, elf.name);
  const [list] = sizedText(bytes, afterVersion, elf.name);
  return modulesOf(list.subarray(SENTINEL, Math.max(SENTINEL, list.length - SENTINEL)).toString('utf8'));
}

/** Octets after their number, which is a varint. */
function sizedText(bytes: Buffer, offset: number, name: string): readonly [text: Buffer, end: number] {
  let size = 0;
  let at = offset;
  for (let scale = 1; ; scale *= 128) {
    const octet = bytes[at++] ?? broken(name, 'its list of Go modules is cut off');
    size += (octet & 0x7f) * scale;
    if (octet < 0x80) break;
  }
  if (at + size > bytes.length) broken(name, 'its list of Go modules is cut off');
  return [bytes.subarray(at, at + size), at + size];
}

/** `dep PATH VERSION SUM`, and after it, where it is replaced, `=> PATH VERSION SUM`; fields are parted by tabs. */
function modulesOf(list: string): readonly GoModule[] {
  const modules: GoModule[] = [];
  let isDependency = false;
  for (const line of list.split('\n')) {
    const [word, path = '', version = ''] = line.split('\t');
    if (word === '=>' && isDependency) modules.splice(-1, 1, { path, version });
    if (word === 'dep') modules.push({ path, version });
    isDependency = word === 'dep';
  }
  return modules;
}
