import { decodeUtf8 } from '#core/bytes/utf8';
import { EdgesealError } from '#core/errors/error';

/** What Go's linker writes into a program of the modules that it is made of. */
export interface GoBuild {
  /** `go1.26.8`. */
  readonly version: string;
  /** `PATH@VERSION` of each module that is linked in, without the main one. */
  readonly modules: readonly string[];
}

const MAGIC = Buffer.from('\u00ff Go buildinf:', 'latin1');
const ALIGNMENT = 16;
/** Octets of the header before the texts, and the bit that says that they stand there. */
const HEADER = 32;
const INLINE = 2;
/** Octets of the marks before and after the list of modules. */
const MARK = 16;

/** The version of what is no module: the program itself, and folders that stand in the place of modules. */
const SOURCE = '(devel)';

/**
 * The modules of a Go program, from its own build information.
 * @returns undefined for what is no Go program, or one of Go before 1.18
 * @see https://pkg.go.dev/debug/buildinfo
 */
export function readGoBuild(program: Uint8Array): GoBuild | undefined {
  const bytes = Buffer.from(program.buffer, program.byteOffset, program.byteLength);
  for (let at = bytes.indexOf(MAGIC); at >= 0; at = bytes.indexOf(MAGIC, at + 1)) {
    if (at % ALIGNMENT !== 0 || ((bytes[at + MAGIC.length + 1] ?? 0) & INLINE) === 0) continue;
    const version = textAt(bytes, at + HEADER);
    const list = version === undefined ? undefined : textAt(bytes, version.end);
    if (version === undefined || list === undefined) continue;
    const modules = modulesOf(list.bytes);
    const name = version.bytes.toString('latin1');
    if (modules !== undefined && /^(?:go|devel)/.test(name)) return { version: name, modules };
  }
  return undefined;
}

/** A text after its length, a varint. */
function textAt(bytes: Buffer, start: number): { readonly bytes: Buffer; readonly end: number } | undefined {
  let length = 0;
  let at = start;
  for (let shift = 0; ; shift += 7) {
    const octet = bytes[at++];
    if (octet === undefined || shift > 28) return undefined;
    length += (octet & 0x7f) * 2 ** shift;
    if (octet < 0x80) break;
  }
  return at + length > bytes.length
    ? undefined
    : { bytes: bytes.subarray(at, at + length), end: at + length };
}

function modulesOf(marked: Buffer): readonly string[] | undefined {
  if (marked.length < 2 * MARK + 1 || marked[marked.length - MARK - 1] !== 0x0a) return undefined;
  let text: string;
  try {
    text = decodeUtf8(marked.subarray(MARK, marked.length - MARK), 'the list of modules');
  } catch (error) {
    if (error instanceof EdgesealError) return undefined;
    throw error;
  }
  const modules: string[] = [];
  let last = '';
  for (const line of text.split('\n')) {
    const [kind = '', path = '', version = ''] = line.split('\t');
    if (kind === 'dep') modules.push(`${path}@${version}`);
    // What stands in for the one before; a folder of the source is no module of its own.
    if (kind === '=>' && last === 'dep')
      modules.splice(-1, 1, ...(version === SOURCE ? [] : [`${path}@${version}`]));
    last = kind;
  }
  return modules;
}
