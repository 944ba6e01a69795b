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
 * Loads `main.cjs` of a folder, and with it V8's code cache of it (`main.cache`), where V8 takes it: one of
 * another version of Node or of another source is ignored. Both files come with the package, so the cache is
 * as much to be trusted as the code; it is never read from a folder that others may write.
 */
export function loadBundle(folder: string): LoadedBundle {
  const filename = join(folder, 'main.cjs');
  const wrapped = `(function (exports, require) {${readFileSync(filename, 'latin1')}\n})`;
  const script = new Script(wrapped, { filename, cachedData: readCache(join(folder, 'main.cache')) });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- main.cjs is what build.ts made of bundled.ts
  const bundle = {} as typeof Bundle;
  script.runInThisContext()(bundle, createRequire(filename));
  return { bundle, codeCache: () => script.createCachedData() };
}

function readCache(name: string): Buffer | undefined {
  try {
    return readFileSync(name);
  } catch {
    return undefined;
  }
}
