import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';
import type * as Bundle from './bundled.ts';

/** How names of scripts end: each file is one function of `exports`, `require` and `module`. */
export const SCRIPT = '.script';
/** The script that gives what bundled.ts exports. */
export const ENTRY = `entry${SCRIPT}`;
/** How names end of what V8 has compiled of a script. */
const CACHE = '.cache';

/** Where scripts are, and what V8 has compiled of them before. */
export interface ScriptSource {
  /** Of files that errors name. */
  readonly folder: string;
  /** A script: ASCII. */
  readonly read: (name: string) => string;
  /** V8's code cache of it, from where nobody writes who may not write the scripts as well. */
  readonly cached: (name: string) => Buffer | undefined;
}

export interface LoadedBundle {
  readonly bundle: typeof Bundle;
  /** By file: what V8 has compiled until now of the scripts that were loaded, for the next start. */
  readonly codeCaches: () => ReadonlyMap<string, Buffer>;
  /** Whether a script was loaded without what V8 had compiled of it, or V8 did not take that. */
  readonly isCold: () => boolean;
}

/**
 * Modules of Node that take milliseconds to load, so that they are loaded when something of them is first used: a
 * first question to a registry goes out before that.
 */
const LATE: ReadonlySet<string> = new Set(['node:child_process', 'node:crypto', 'node:os']);

/**
 * Loads scripts as they are called for, each with V8's code cache of it, where V8 takes it: one of another version
 * of Node or of another length of source is ignored.
 */
export function loadBundle(source: ScriptSource): LoadedBundle {
  const scripts = new Map<string, Script>();
  const loaded = new Map<string, { exports: object }>();
  const load = createRequire(path.join(source.folder, ENTRY));
  let isCold = false;
  const require = (id: string): unknown => {
    if (LATE.has(id)) return new Proxy({}, { get: (_, name): unknown => Reflect.get(load(id), name) });
    return id.startsWith('./') ? (loaded.get(id) ?? run(id)).exports : load(id);
  };
  const run = (id: string): { readonly exports: object } => {
    const module = { exports: {} };
    // Scripts may call for each other: what is there already is given.
    loaded.set(id, module);
    const name = id.slice('./'.length);
    const cachedData = source.cached(`${name}${CACHE}`);
    const script = new Script(source.read(name), { filename: path.join(source.folder, name), cachedData });
    isCold ||= script.cachedDataRejected !== false;
    scripts.set(`${name}${CACHE}`, script);
    script.runInThisContext()(module.exports, require, module);
    return module;
  };
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the entry is what build.ts made of bundled.ts
    bundle: run(`./${ENTRY}`).exports as typeof Bundle,
    codeCaches: () => new Map([...scripts].map(([name, script]) => [name, script.createCachedData()])),
    isCold: () => isCold,
  };
}

/** A folder of scripts that come with their code caches: who writes the one writes the other. */
export function folderSource(folder: string): ScriptSource {
  return {
    folder,
    read: (name) => readFileSync(path.join(folder, name), 'latin1'),
    cached: (name) => {
      try {
        return readFileSync(path.join(folder, name));
      } catch {
        return undefined;
      }
    },
  };
}
