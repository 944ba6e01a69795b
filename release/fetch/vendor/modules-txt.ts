import { decodeUtf8 } from '#core/bytes/utf8';
import { refuse } from '#core/errors/error';
import { isTreePath } from '../../description/tree-path.ts';

/** A module of a vendor tree. */
export interface VendoredModule {
  /** Its path: the folder that it has in the tree. */
  readonly path: string;
  readonly version: string;
  /** What stands in its place: another module, or, without a version, a folder. */
  readonly replacement: { readonly path: string; readonly version: string | undefined } | undefined;
  /** Whether packages of it are in the tree. */
  readonly hasPackages: boolean;
}

const MODULE = /^# (\S+) (v\S+)(?: => (\S+)(?: (v\S+))?)?$/;
/** What go.mod replaces, listed once more at the end. */
const REPLACED = /^# \S+(?: v\S+)? => \S+(?: v\S+)?$/;

/**
 * Reads vendor/modules.txt, as `go mod vendor` writes it: a line for each module, under it a line for each package.
 * @throws RELEASE_LOCKFILE_INVALID, UTF8_INVALID
 * @see https://go.dev/ref/mod#vendoring
 */
export function parseModulesTxt(bytes: Uint8Array, name: string): readonly VendoredModule[] {
  const found = new Map<string, VendoredModule>();
  let current: VendoredModule | undefined;
  for (const [index, line] of decodeUtf8(bytes, name).split('\n').entries()) {
    if (line === '' || line.startsWith('## ')) continue;
    if (line.startsWith('#')) {
      current = moduleOf(line, name, index + 1);
      if (current === undefined || found.has(current.path)) continue;
      found.set(current.path, current);
    } else {
      const isOwn = line === current?.path || line.startsWith(`${current?.path ?? ''}/`);
      if (current === undefined || !isOwn || !isTreePath(line))
        return invalid(name, index + 1, 'a package of the module above', line);
      found.set(current.path, { ...current, hasPackages: true });
    }
  }
  return [...found.values()];
}

/** Undefined for a line that only says what is replaced. */
function moduleOf(line: string, name: string, at: number): VendoredModule | undefined {
  const [whole, path = '', version = '', other, otherVersion] = MODULE.exec(line) ?? [];
  if (whole === undefined)
    return REPLACED.test(line) ? undefined : invalid(name, at, '# MODULE VERSION', line);
  if (!isTreePath(path)) invalid(name, at, 'the path of a module', line);
  const replacement = other === undefined ? undefined : { path: other, version: otherVersion };
  return { path, version, replacement, hasPackages: false };
}

function invalid(name: string, line: number, expected: string, found: string): never {
  return refuse('RELEASE_LOCKFILE_INVALID', `${JSON.stringify(name.slice(0, 200))} is no modules.txt`, {
    expected,
    found: JSON.stringify(found.slice(0, 200)),
    at: { file: name, line, column: 1 },
    hint: 'go mod vendor writes it',
  });
}
