import { refuse } from '#core/errors/error';
import { limits } from '#core/limits';
import { quotePath } from './block.ts';

/**
 * The path of an entry in its one spelling: relative, without a leading `./` and without a last `/`; the folder
 * itself is the empty text.
 * @throws ARCHIVE_PATH_UNSAFE
 */
export function entryPath(written: string, isFolder: boolean, name: string): string {
  let path = written;
  while (path.startsWith('./')) path = path.slice(2);
  if (isFolder && path.endsWith('/')) path = path.slice(0, -1);
  if (isFolder && (path === '' || path === '.')) return '';
  return checkPath(path, name);
}

/**
 * A path that stays in the folder where the archive is unpacked.
 * @throws ARCHIVE_PATH_UNSAFE
 */
export function checkPath(path: string, name: string): string {
  const isInside =
    path.length <= limits.archivePath &&
    !path.includes('\0') &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  if (isInside) return path;
  return refuse('ARCHIVE_PATH_UNSAFE', `${name} holds a path that leaves it, or is none`, {
    expected: 'as a/b: relative, no empty part, no . and no ..',
    found: quotePath(path),
    hint: 'do not unpack it by other means: tell who made it',
  });
}

/**
 * Whether a symbolic link stays in the folder where the archive is unpacked, whatever other links there are: it
 * goes up first, not above the top, and then down.
 */
export function staysInside(path: string, target: string): boolean {
  if (target === '' || target.startsWith('/') || target.includes('\0')) return false;
  const parts = target.split('/').filter((part) => part !== '' && part !== '.');
  const down = parts.findIndex((part) => part !== '..');
  const up = down < 0 ? parts.length : down;
  return up < path.split('/').length && !parts.slice(up).includes('..');
}
