import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import path from 'node:path';

export interface CodeCacheOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `edgeseal`: caches of its other versions are removed. */
  readonly program: string;
  /** Of its scripts: a cache of others is never read. */
  readonly id: string;
  /** What is called: V8 compiles what it takes. */
  readonly command: string;
}

export interface CodeCache {
  readonly read: (name: string) => Buffer | undefined;
  /** Keeps what V8 has compiled; where it cannot, the next start is as slow as this one. */
  readonly keep: (caches: () => ReadonlyMap<string, Buffer>) => void;
}

const NAME = /^[a-z][a-z-]{0,40}$/;
const NOTHING: CodeCache = { read: () => undefined, keep: () => undefined };

/**
 * What V8 has compiled for this user, in `code/PROGRAM/ID/COMMAND` of the user's cache folder. Compiled code is code: it is
 * read only from folders and files that nobody else may write, root aside.
 */
export function userCodeCache({ env, program, id, command }: CodeCacheOptions): CodeCache {
  const base = cacheFolder(env);
  if (base === undefined) return NOTHING;
  const all = path.join(base, 'code', program);
  const own = path.join(all, `${id}-${process.versions.node}`);
  const folder = path.join(own, NAME.test(command) ? command : 'other');
  let isSafe: boolean | undefined;
  return {
    read: (name) => {
      isSafe ??= isOurs(folder);
      return isSafe ? readOwn(path.join(folder, name)) : undefined;
    },
    keep: (caches) => {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        if (!isOurs(folder)) return;
        for (const [name, bytes] of caches()) replace(path.join(folder, name), bytes);
        for (const name of readdirSync(all)) {
          if (name !== path.basename(own)) rmSync(path.join(all, name), { recursive: true, force: true });
        }
      } catch {
        // A folder that cannot be written is no reason to fail.
      }
    },
  };
}

/** As for copies of trusted roots: EDGESEAL_CACHE, else the user's cache folder. */
function cacheFolder(env: CodeCacheOptions['env']): string | undefined {
  const places: readonly (readonly [string | undefined, string])[] = [
    [env['EDGESEAL_CACHE'], ''],
    [env['XDG_CACHE_HOME'], 'edgeseal'],
    [env['HOME'], '.cache/edgeseal'],
  ];
  const [folder, below] = places.find(([one]) => one !== undefined && path.isAbsolute(one)) ?? [];
  return folder === undefined ? undefined : path.join(folder, below ?? '');
}

/** Whether nobody else can write what lies in the folder, or put another folder in its place. */
function isOurs(folder: string): boolean {
  try {
    const real = realpathSync.native(folder);
    if (statSync(real).uid !== process.geteuid?.()) return false;
    for (let at = real; ; at = path.dirname(at)) {
      if (!isOnlyOurs(statSync(at))) return false;
      if (at === path.dirname(at)) return true;
    }
  } catch {
    return false;
  }
}

/** In a folder with the sticky bit, as /tmp, others cannot rename what is not theirs. */
function isOnlyOurs({ uid, mode }: Stats): boolean {
  const isOwner = uid === 0 || uid === process.geteuid?.();
  return isOwner && ((mode & 0o022) === 0 || (mode & 0o1000) !== 0);
}

function readOwn(file: string): Buffer | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
    const stat = fstatSync(fd);
    return stat.isFile() && stat.uid === process.geteuid?.() && (stat.mode & 0o022) === 0
      ? readFileSync(fd)
      : undefined;
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function replace(file: string, bytes: Uint8Array): void {
  const begun = `${file}.${process.pid}.tmp`;
  writeFileSync(begun, bytes, { flag: 'wx', mode: 0o600 });
  renameSync(begun, file);
}
