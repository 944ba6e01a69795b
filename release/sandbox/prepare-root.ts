import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { refuse } from '#core/errors/error';
import { MountTable } from './mount-table.ts';
import { PROGRAM, type OwnProgram } from './own-program.ts';
import type { Mount, SandboxOrder } from './sandbox.ts';

/** The run's root in the supervisor's. */
export const INNER = '/r';
/** Where the host keeps programs and their libraries: the supervisor's, never the run's. */
const SYSTEM = ['bin', 'gnu', 'lib', 'lib32', 'lib64', 'libx32', 'nix', 'sbin', 'usr'];
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom'];
const READ_ONLY = ['ro', 'nosuid', 'nodev'];
const MEMORY = '/tmp';

/**
 * Lays out the supervisor's root, with the run's root in it: empty folders, empty files and links, and the table of
 * what is mounted over them.
 * @param folder an empty one
 * @returns the table
 * @throws SANDBOX_UNAVAILABLE
 */
export function prepareRoot(
  folder: string,
  order: Pick<SandboxOrder, 'root' | 'mounts'>,
  own: OwnProgram,
): string {
  const table = new MountTable();
  table.bind(folder, folder, READ_ONLY);
  for (const name of SYSTEM) placeEntry(`/${name}`, path.join(folder, name), table);
  for (const [source, target] of [[own.executable, PROGRAM] as const, ...own.modules])
    placeMount(folder, { source, target, isWritable: false }, table);
  placeSpecial(folder, true, table);
  mkdirSync(path.join(folder, 'old'));
  const inner = path.join(folder, INNER);
  mkdirSync(inner);
  const { mounts } = order;
  placeFolder(order.root, inner, '', ['/proc', '/dev', MEMORY, ...mounts.map(({ target }) => target)], table);
  placeSpecial(inner, false, table);
  mkdirSync(path.join(inner, MEMORY), { recursive: true });
  table.memory(path.join(inner, MEMORY));
  // What lies in another comes after it.
  const sorted = mounts.toSorted((a, b) => a.target.length - b.target.length);
  for (const mount of sorted) placeMount(inner, mount, table, sorted);
  return table.text;
}

/** Every entry of a root folder, but what is mounted elsewhere. */
function placeFolder(
  from: string,
  to: string,
  at: string,
  taken: readonly string[],
  table: MountTable,
): void {
  for (const name of readdirSync(from)) {
    const inside = `${at}/${name}`;
    const source = path.join(from, name);
    if (taken.includes(inside)) continue;
    if (taken.some((target) => target.startsWith(`${inside}/`)) && lstatSync(source).isDirectory()) {
      mkdirSync(path.join(to, name));
      placeFolder(source, path.join(to, name), inside, taken, table);
    } else placeEntry(source, path.join(to, name), table);
  }
}

/** A folder or a file read-only, a link as it is; sockets, pipes and devices are left out. */
function placeEntry(source: string, target: string, table: MountTable): void {
  const stat = lstatSync(source, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink() === true) symlinkSync(readlinkSync(source), target);
  else if (stat?.isDirectory() === true) {
    mkdirSync(target);
    table.bind(source, target, READ_ONLY);
  } else if (stat?.isFile() === true) {
    writeFileSync(target, '');
    table.bind(source, target, READ_ONLY);
  }
}

/**
 * `/proc`, and of `/dev` the devices that are no hardware.
 * @param maySet whether what /proc can set may be set: who is root outside could, even without capabilities
 */
function placeSpecial(root: string, maySet: boolean, table: MountTable): void {
  mkdirSync(path.join(root, 'proc'));
  table.proc(path.join(root, 'proc'), maySet);
  const folder = path.join(root, 'dev');
  mkdirSync(folder);
  for (const name of DEVICES) {
    writeFileSync(path.join(folder, name), '');
    table.bind(`/dev/${name}`, path.join(folder, name), ['nosuid', 'noexec']);
  }
  for (const [index, name] of ['stdin', 'stdout', 'stderr'].entries())
    symlinkSync(`/proc/self/fd/${index}`, path.join(folder, name));
  symlinkSync('/proc/self/fd', path.join(folder, 'fd'));
}

function placeMount(root: string, mount: Mount, table: MountTable, others: readonly Mount[] = []): void {
  const { source, target, isWritable } = mount;
  const around = others.findLast((other) => target.startsWith(`${other.target}/`));
  const point =
    around === undefined
      ? path.join(root, target)
      : path.join(around.source, target.slice(around.target.length));
  placePoint(point, statSync(source).isDirectory(), around?.isWritable !== false, target);
  table.bind(source, path.join(root, target), isWritable ? ['rw', 'nosuid', 'nodev'] : READ_ONLY);
}

/** What something can be mounted over. */
function placePoint(point: string, isFolder: boolean, mayMake: boolean, target: string): void {
  const there = lstatSync(point, { throwIfNoEntry: false });
  if (there !== undefined && there.isDirectory() === isFolder && !there.isSymbolicLink()) return;
  if (there !== undefined || !mayMake) {
    refuse('SANDBOX_UNAVAILABLE', 'there is no place in the sandbox for an input', {
      expected: `${isFolder ? 'a folder' : 'a file'}, or nothing, at ${JSON.stringify(target)}`,
      found: there === undefined ? 'nothing, in a folder that is read-only' : 'something else',
    });
  }
  mkdirSync(path.dirname(point), { recursive: true });
  if (isFolder) mkdirSync(point);
  else writeFileSync(point, '');
}
