import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';
import type * as Bundle from './bundled.ts';

export interface LoadedBundle {
  readonly bundle: typeof Bundle;
  /** What V8 has compiled until now, for the next start. */
  readonly codeCache: () => Buffer;
}

/**
 * Modules of Node that take milliseconds to load, so that they are loaded when something of them is first used: a
 * first question to a registry goes out before that.
 */
const LATE: ReadonlySet<string> = new Set(['node:child_process', 'node:crypto', 'node:os']);

/**
 * Loads `main.cjs` of a folder, and with it V8's code cache of it (`main.cache`), where V8 takes it: one of
 * another version of Node or of another source is ignored. Both files come with the package, so the cache is
 * as much to be trusted as the code; it is never read from a folder that others may write.
 */
export function loadBundle(folder: string): LoadedBundle {
  const filename = join(folder, 'main.cjs');
  const script = new Script(readFileSync(filename, 'latin1'), {
    filename,
    cachedData: readCache(join(folder, 'main.cache')),
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- main.cjs is what build.ts made of bundled.ts
  const bundle = {} as typeof Bundle;
  script.runInThisContext()(bundle, lateRequire(createRequire(filename)));
  return { bundle, codeCache: () => script.createCachedData() };
}

function lateRequire(load: NodeJS.Require): (id: string) => unknown {
  return (id) =>
    LATE.has(id) ? new Proxy({}, { get: (_, name): unknown => Reflect.get(load(id), name) }) : load(id);
}

function readCache(name: string): Buffer | undefined {
  try {
    return readFileSync(name);
  } catch {
    return undefined;
  }
}
