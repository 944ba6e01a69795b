import { isAbsolute, join } from 'node:path';
import { sha256Hex } from '#core/bytes/digest';
import { reasonOf, refuse } from '#core/errors/error';
import type { Reason } from '#core/errors/reason';
import { parseJsonBytes } from '#core/json/parse';
import { isObject, member } from '#core/json/value';
import { limits } from '#core/limits';
import type { Io } from './io.ts';
import { seededTarget } from './seeds.ts';
import { PUBLIC_GOOD_MIRROR, type TufTarget } from './tuf.ts';

/** Where trust was taken from, and how fresh it is. */
export interface TrustSource {
  readonly bytes: Uint8Array;
  /** `file`: given by the user; `tuf`: fetched now; `cache`: fetched before; `embedded`: shipped in @sigstore/tuf. */
  readonly origin: 'file' | 'tuf' | 'cache' | 'embedded';
  /** The file's name, or the target's. */
  readonly name: string;
  /** RFC 3339: when TUF last said that this is current. */
  readonly fetched: string | undefined;
  /** Why an older copy stands in for a fresh one. */
  readonly instead: Reason | undefined;
}

export interface TrustChoice {
  readonly target: TufTarget;
  /** `--trusted-root`: nothing else is asked. */
  readonly file: string | undefined;
  /** No socket is opened and the TUF client is not loaded. */
  readonly offline: boolean;
  /** Asks even when the last copy is fresh, and fails rather than fall back. */
  readonly refresh?: boolean;
}

/** Milliseconds for which a copy fetched by TUF counts as fresh: the repository's timestamp role lives for days. */
const FRESH = 24 * 60 * 60 * 1000;

/**
 * The trust to begin from: the user's file, else a copy that TUF vouched for within a day, else what TUF says
 * now, else the last copy, else the embedded one. Only `refresh` makes a dead network an error.
 * @throws NETWORK_UNAVAILABLE with `refresh`; FILE_* for the user's file
 */
export async function resolveTrust(io: Io, choice: TrustChoice): Promise<TrustSource> {
  if (choice.file !== undefined) {
    const bytes = io.files.read(choice.file, limits.configFile);
    return { bytes, origin: 'file', name: choice.file, fetched: undefined, instead: undefined };
  }
  if (choice.offline) return embedded(io, choice.target, undefined);
  const folder = cacheFolder(io);
  const last = folder === undefined ? undefined : lastCopy(io, folder, choice.target);
  const age = last?.fetched === undefined ? undefined : io.now().getTime() - Date.parse(last.fetched);
  if (last !== undefined && age !== undefined && age >= 0 && age <= FRESH && choice.refresh !== true)
    return last;
  try {
    const bytes = await io.tuf(choice.target, folder);
    const fetched = io.now().toISOString();
    if (folder !== undefined) record(io, folder, choice.target, bytes, fetched);
    return { bytes, origin: 'tuf', name: choice.target, fetched, instead: undefined };
  } catch (cause) {
    const instead: Reason = {
      code: 'NETWORK_UNAVAILABLE',
      message: `no fresh ${choice.target} could be fetched`,
      found: describe(cause),
      hint:
        choice.refresh === true
          ? `check that ${PUBLIC_GOOD_MIRROR} can be reached from here`
          : 'say --offline to use the embedded copy knowingly, or give a file by --trusted-root',
    };
    if (choice.refresh === true) return refuse('NETWORK_UNAVAILABLE', instead.message, { ...instead, cause });
    return last === undefined ? embedded(io, choice.target, instead) : { ...last, instead };
  }
}

/** Where copies are kept: EDGESEAL_CACHE, else the user's cache folder; undefined where there is no home. */
export function cacheFolder(io: Pick<Io, 'env'>): string | undefined {
  const own = io.env['EDGESEAL_CACHE'];
  if (own !== undefined && isAbsolute(own)) return join(own, 'tuf');
  const cache = io.env['XDG_CACHE_HOME'];
  if (cache !== undefined && isAbsolute(cache)) return join(cache, 'edgeseal', 'tuf');
  const home = io.env['HOME'];
  return home !== undefined && isAbsolute(home) ? join(home, '.cache', 'edgeseal', 'tuf') : undefined;
}

function embedded(io: Io, target: TufTarget, instead: Reason | undefined): TrustSource {
  const bytes = seededTarget(io.seeds(), target);
  return { bytes, origin: 'embedded', name: target, fetched: undefined, instead };
}

function copyName(folder: string, target: TufTarget): string {
  return join(folder, `${encodeURIComponent(target)}.copy.json`);
}

/** A copy and the record of when it was fetched; a damaged one is as good as none. */
function lastCopy(io: Io, folder: string, target: TufTarget): TrustSource | undefined {
  const name = copyName(folder, target);
  try {
    const note = parseJsonBytes(io.files.read(`${name}.note`, limits.configFile), 'the note of a copy');
    const fetched = isObject(note) ? member(note, 'fetched') : undefined;
    const sha256 = isObject(note) ? member(note, 'sha256') : undefined;
    const bytes = io.files.read(name, limits.configFile);
    if (typeof fetched !== 'string' || Number.isNaN(Date.parse(fetched)) || sha256Hex(bytes) !== sha256)
      return undefined;
    return { bytes, origin: 'cache', name: target, fetched, instead: undefined };
  } catch {
    return undefined;
  }
}

/** A cache that cannot be written costs the next run a fetch, nothing more. */
function record(io: Io, folder: string, target: TufTarget, bytes: Uint8Array, fetched: string): void {
  const name = copyName(folder, target);
  try {
    io.files.makeFolder(folder);
    io.files.write(name, bytes);
    io.files.write(`${name}.note`, Buffer.from(JSON.stringify({ fetched, sha256: sha256Hex(bytes) })));
  } catch (error) {
    if (reasonOf(error).code !== 'FILE_UNWRITABLE') throw error;
  }
}

function describe(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : typeof cause;
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}...` : text);
}
