import { lutimesSync, readdirSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { refuse } from '#core/errors/error';
import { unpackArchive } from '../archive/unpack.ts';
import type { Platform } from '../description/document.ts';
import { materialiseNpm } from '../fetch/npm/materialise.ts';
import type { FetchedWork } from '../lock/work.ts';
import type { LockedDependency, LockedFile } from '../lock/lock.ts';
import { placeFiles } from './place-files.ts';

/** The folder of npm's packages. */
const MODULES = 'node_modules';

/** An input as files of this machine, read-only for whoever uses it. */
export interface InputFiles {
  /** A folder; of a `url` the file. */
  readonly at: string;
  /**
   * Of an `npm-lockfile` and a `vendor-tree`: where steps have it in the source, as `web/node_modules`, and where
   * that lies in `at`.
   */
  readonly inSource: readonly { readonly path: string; readonly source: string }[];
}

/** Puts inputs into folders, each once. */
export class InputFolders {
  readonly #folder: string;
  readonly #work: FetchedWork;
  readonly #made = new Map<string, Promise<InputFiles>>();

  /** @param folder an empty one */
  constructor(folder: string, work: FetchedWork) {
    this.#folder = folder;
    this.#work = work;
  }

  /** What a step reads. @throws what archives and the store are refused for */
  read(name: string, platform: Platform): Promise<InputFiles> {
    return this.#once(name, platform, true);
  }

  /** What a step has as its root: an archive is unpacked as it is. @throws as `read` */
  root(name: string, platform: Platform): Promise<InputFiles> {
    return this.#once(name, platform, false);
  }

  /** Gives all that is laid out another time. @param time seconds since 1970 */
  async setTimes(time: number): Promise<void> {
    await Promise.all(this.#made.values());
    for (const entry of readdirSync(this.#folder, { recursive: true, withFileTypes: true }))
      lutimesSync(path.join(entry.parentPath, entry.name), time, time);
  }

  #once(name: string, platform: Platform, strip: boolean): Promise<InputFiles> {
    const [own, ...brought] = this.#work.lock.dependencies.filter(({ input }) => input === name);
    if (own === undefined) {
      return refuse('RELEASE_WORK_INVALID', `the lock has no input ${JSON.stringify(name)}`, {
        hint: 'run edgeseal-release fetch again',
      });
    }
    const key = [strip ? 'read' : 'root', name, ...(own.kind === 'oci-image' ? [platform] : [])].join(' ');
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = this.#make(own, brought, path.join(this.#folder, String(this.#made.size)), platform, strip);
    this.#made.set(key, made);
    return made;
  }

  async #make(
    own: LockedDependency,
    brought: readonly LockedDependency[],
    at: string,
    platform: Platform,
    strip: boolean,
  ): Promise<InputFiles> {
    const { store, plan } = this.#work;
    const sha256 = own.digest['sha256'] ?? '';
    const from = plan.inputs.find(({ name }) => name === own.input)?.from ?? '';
    switch (own.kind) {
      case 'npm-lockfile':
        return this.#packages(own.input, at, path.posix.dirname(from));
      case 'vendor-tree':
        return this.#vendored(from, at);
      case 'go-sum':
        await placeFiles(store, at, brought.map(plainFile));
        return { at, inSource: [] };
      case 'oci-image': {
        const { unpackImage } = await import('./unpack-image.ts');
        await unpackImage(store, sha256, platform, at);
        return { at, inSource: [] };
      }
      case 'url':
        await placeFiles(store, path.dirname(at), [{ ...plainFile(own), path: path.basename(at) }]);
        return { at, inSource: [] };
      default: {
        await unpackArchive(store.stream(sha256), at, { name: own.uri, links: 'inside', strip: false });
        return { at: (strip ? await onlyFolder(at) : undefined) ?? at, inSource: [] };
      }
    }
  }

  /** npm's packages, each where the lock file has it, with their programs in `.bin`. */
  async #packages(name: string, at: string, beside: string): Promise<InputFiles> {
    await mkdir(path.join(at, MODULES), { recursive: true });
    const tops = await materialiseNpm(this.#work.lock, this.#work.store, name, at);
    return {
      at: path.join(at, MODULES),
      inSource: [...new Set([MODULES, ...tops])].map((top) => ({
        path: path.posix.join(beside, top),
        source: path.join(at, top),
      })),
    };
  }

  /** A folder of the source, which steps that do not read it do not have. */
  async #vendored(top: string, at: string): Promise<InputFiles> {
    const files = this.#work.lock.source.files.filter((file) => file.path.startsWith(`${top}/`));
    await mkdir(at, { recursive: true });
    const below = files.map((file) => ({ ...file, path: file.path.slice(top.length + 1) }));
    await placeFiles(this.#work.store, at, below);
    return { at, inSource: [{ path: top, source: at }] };
  }
}

function plainFile({ path: below = '', digest, size }: LockedDependency): LockedFile {
  return { path: below, sha256: digest['sha256'] ?? '', size, mode: '100644' };
}

/** The one folder that everything lies in, as `package/` of npm's and `go/` of Go's; undefined where there is none. */
async function onlyFolder(at: string): Promise<string | undefined> {
  const [only, ...others] = await readdir(at, { withFileTypes: true });
  return only?.isDirectory() === true && others.length === 0 ? path.join(at, only.name) : undefined;
}
