import { shown, type Site } from './site.ts';

/**
 * A path that stays in the folder it begins in: relative, with no empty part, `.` or `..`.
 * @throws RELEASE_PATH_OUTSIDE
 */
export function treePath(path: string, site: Site): string {
  if (isTreePath(path)) return path;
  return site.refuse('RELEASE_PATH_OUTSIDE', 'is no path in the work directory', {
    expected: 'as a/b: relative, no empty part, no . and no ..',
    found: shown(path),
    hint: 'a step reads its inputs and the source, and writes into its work directory, nowhere else',
  });
}

/** Whether a path stays in the folder it begins in. */
export function isTreePath(path: string): boolean {
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/**
 * A path in an image: from its root on.
 * @throws RELEASE_PATH_OUTSIDE
 */
export function imagePath(path: string, site: Site): string {
  const [root, ...parts] = path.split('/');
  if (root === '' && parts.every((part) => part !== '' && part !== '.' && part !== '..')) return path;
  return site.refuse('RELEASE_PATH_OUTSIDE', 'is no path of a file in an image', {
    expected: 'as /usr/local/bin/name: from the root on, no empty part, no . and no ..',
    found: shown(path),
  });
}

/** The folders that a path lies in: `a` and `a/b` of `a/b/c`. */
export function foldersOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
