import { decodeUtf8 } from '#core/bytes/utf8';
import { refuse } from '#core/errors/error';
import { isTreePath } from '../description/tree-path.ts';

/** The mode of a commit of another repository in a tree. */
export const SUBMODULE = '160000';

/** One entry of a git tree. */
export interface TreeEntry {
  readonly mode: '40000' | '100644' | '100755' | '120000' | typeof SUBMODULE;
  readonly name: string;
  readonly id: string;
}

export interface GitCommit {
  readonly tree: string;
  /** When it was committed, seconds since 1970. */
  readonly time: number;
}

/**
 * The entries of a tree object: `MODE NAME`, a NUL and the id, again and again.
 * @param idLength octets of an id: 20 or 32
 * @param where the path of the folder, for messages
 * @throws RELEASE_SOURCE_UNSUPPORTED, UTF8_INVALID
 */
export function parseTree(bytes: Buffer, idLength: number, where: string): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  const names = new Set<string>();
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const nul = space < 0 ? -1 : bytes.indexOf(0, space);
    const end = nul + 1 + idLength;
    if (nul < 0 || end > bytes.length) unsupported(where, 'is no tree', 'entries of mode, name and id');
    const mode = bytes.toString('latin1', at, space);
    const name = decodeUtf8(bytes.subarray(space + 1, nul), `a name in ${JSON.stringify(where)}`);
    if (name.includes('/') || !isTreePath(name) || names.has(name))
      unsupported(where, 'has a name that no file can have, or twice', JSON.stringify(name.slice(0, 200)));
    names.add(name);
    entries.push({ mode: modeOf(mode, `${where}/${name}`), name, id: bytes.toString('hex', nul + 1, end) });
    at = end;
  }
  return entries;
}

function modeOf(mode: string, where: string): TreeEntry['mode'] {
  switch (mode) {
    case '40000':
    case '100644':
    case '100755':
    case '120000':
    case SUBMODULE:
      return mode;
    default:
      return unsupported(
        where,
        `has the mode ${JSON.stringify(mode.slice(0, 20))}`,
        '100644, 100755, 120000',
      );
  }
}

const TREE = /^tree ([0-9a-f]{40}|[0-9a-f]{64})$/;
const COMMITTER = /^committer .*> (\d{1,12}) [+-]\d{4}$/;

/**
 * Tree and time of a commit object.
 * @throws RELEASE_SOURCE_UNSUPPORTED
 */
export function parseCommit(bytes: Buffer, id: string): GitCommit {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\n\n');
  const [first = '', ...lines] = text.slice(0, end < 0 ? text.length : end).split('\n');
  const [, tree] = TREE.exec(first) ?? [];
  const committers = lines.flatMap((line) => COMMITTER.exec(line)?.[1] ?? []);
  const [time] = committers;
  if (tree === undefined || tree.length !== id.length || time === undefined || committers.length > 1)
    return unsupported(id, 'is a commit in no known form', 'a tree and one committer with a time');
  return { tree, time: Number(time) };
}

/** @throws RELEASE_SOURCE_UNSUPPORTED, always */
export function refuseSubmodule(where: string): never {
  return unsupported(where, 'is a submodule', 'files and folders of one repository');
}

function unsupported(where: string, what: string, expected: string): never {
  return refuse('RELEASE_SOURCE_UNSUPPORTED', `${JSON.stringify(where.slice(0, 300))} ${what}`, {
    expected,
    hint: 'a release is built from the files of one commit, and nothing that is elsewhere',
  });
}
