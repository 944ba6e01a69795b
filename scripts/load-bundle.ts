import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';
import type * as Bundle from './bundled.ts';

/** How names of scripts end: each file is one function of `exports` and `require`. */
export const SCRIPT = '.script';
/** The script that gives what bundled.ts exports. */
export const ENTRY = `entry${SCRIPT}`;

export interface LoadedBundle {
  readonly bundle: typeof Bundle;
  /** By file: what V8 has compiled until now of the scripts that were loaded, for the next start. */
  readonly codeCaches: () => ReadonlyMap<string, Buffer>;
}

/**
 * Modules of Node that take milliseconds to load, so that they are loaded when something of them is first used: a
 * first question to a registry goes out before that.
 */
const LATE: ReadonlySet<string> = new Set(['node:child_process', 'node:crypto', 'node:os']);

/**
 * Loads the scripts of a folder as they are called for, each with V8's code cache of it (`NAME.script.cache`), where
 * V8 takes it: one of another version of Node or of another source is ignored. Both come with the package, so the
 * cache is as much to be trusted as the code; it is never read from a folder that others may write.
 */
export function loadBundle(folder: string): LoadedBundle {
  const scripts = new Map<string, Script>();
  const loaded = new Map<string, object>();
  const load = createRequire(join(folder, ENTRY));
  const require = (id: string): unknown => {
    if (LATE.has(id)) return new Proxy({}, { get: (_, name): unknown => Reflect.get(load(id), name) });
    return id.endsWith(SCRIPT) ? (loaded.get(id) ?? run(id, {})) : load(id);
  };
  const run = <T extends object>(id: string, exports: T): T => {
    // Scripts may call for each other: what is there already is given.
    loaded.set(id, exports);
    const filename = join(folder, id);
    const cachedData = readCache(`${filename}.cache`);
    const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData });
    scripts.set(`${id}.cache`, script);
    script.runInThisContext()(exports, require);
    return exports;
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the entry is what build.ts made of bundled.ts
  const bundle = run(`./${ENTRY}`, {} as typeof Bundle);
  return {
    bundle,
    codeCaches: () => new Map([...scripts].map(([name, script]) => [name, script.createCachedData()])),
  };
}

function readCache(name: string): Buffer | undefined {
  try {
    return readFileSync(name);
  } catch {
    return undefined;
  }
}
