import path from 'node:path';
import { refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { parseJsonBytes } from '#core/json/parse';
import { isObject, member, type JsonValue } from '#core/json/value';
import { isLoopback } from '#core/oci/origin';
import type { ContentDigests } from '../../store/content-hash.ts';
import type { Address, Wanted } from '../origins.ts';
import type { Web } from '../web.ts';

/** A package of a registry, by name and version. */
export interface NpmRelease {
  readonly name: string;
  readonly version: string;
  readonly digests: ContentDigests;
  /** What the lock file says of where it is. */
  readonly resolved: string | undefined;
}

const HOST = ['registry', 'npmjs', 'org'].join('.');
/** Octets of what a registry says of all versions of a package. */
const PACKUMENT = 128 * 1024 * 1024;

/**
 * Where npm has packages: the registry that npm's own `npm_config_registry` names, else the public one; and npm's
 * cache (`npm_config_cache`, else `~/.npm`), whose files are named by their digest. Other configuration of npm is not
 * read, and no credentials.
 */
export class NpmRegistry {
  readonly #registry: URL;
  readonly #cache: string | undefined;

  /** @throws FLAG_VALUE_INVALID where the environment names no registry */
  constructor(env: Io['env']) {
    this.#registry = registryOf(env['npm_config_registry'] ?? env['NPM_CONFIG_REGISTRY']);
    const home = env['HOME'];
    this.#cache = env['npm_config_cache'] ?? (home === undefined ? undefined : path.join(home, '.npm'));
  }

  /** The tarball of a release: by its usual address, else by the one that the registry says. */
  wanted(release: NpmRelease): Wanted {
    const { name, version, digests, resolved } = release;
    const base = name.slice(name.indexOf('/') + 1);
    const usual = new URL(`${name}/-/${base}-${version}.tgz`, this.#registry);
    const addresses: readonly Address[] = [
      this.#located(resolved) ?? usual,
      async (web) => this.#stated(release, web),
    ];
    return { name: packageUrl(name, version), digests, files: this.#cached(digests), addresses };
  }

  /** As npm: what is at the public registry is asked of the one that is configured. */
  #located(resolved: string | undefined): URL | undefined {
    if (resolved === undefined || !URL.canParse(resolved)) return undefined;
    const url = new URL(resolved);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
    return url.hostname === HOST ? new URL(url.pathname.slice(1), this.#registry) : url;
  }

  /** `dist.tarball` of the version, in what the registry says of the package. */
  async #stated({ name, version }: NpmRelease, web: Web): Promise<URL | undefined> {
    const address = new URL(name.replace('/', '%2f'), this.#registry);
    const about = `what the registry says of ${name}`;
    const bytes = await web.read(address, about, PACKUMENT);
    if (bytes === undefined) return undefined;
    const tarball = [`versions`, version, 'dist', 'tarball'].reduce<JsonValue | undefined>(
      (value, key) => (isObject(value) ? member(value, key) : undefined),
      parseJsonBytes(bytes, about),
    );
    return typeof tarball === 'string' && URL.canParse(tarball) ? new URL(tarball) : undefined;
  }

  /** @see https://github.com/npm/cacache: content-v2/ALGORITHM/AA/BB/REST */
  #cached(digests: ContentDigests): readonly string[] {
    const cache = this.#cache;
    if (cache === undefined) return [];
    return Object.entries(digests).map(([algorithm, hex]) =>
      path.join(cache, '_cacache/content-v2', algorithm, hex.slice(0, 2), hex.slice(2, 4), hex.slice(4)),
    );
  }
}

function registryOf(text: string | undefined): URL {
  if (text === undefined || text === '') return new URL(`https://${HOST}/`);
  const url = URL.canParse(text) ? new URL(text.endsWith('/') ? text : `${text}/`) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url !== undefined && isSafe && url.username === '' && url.password === '' && url.search === '')
    return url;
  return refuse('FLAG_VALUE_INVALID', 'npm_config_registry names no registry that is asked', {
    expected: 'https:, without a name, a password and a query',
    found: url === undefined ? 'no address' : `${url.protocol}//${url.host}`.slice(0, 200),
    hint: 'a registry that wants credentials is not asked; npm ci once fills the cache of npm, which is used too',
  });
}

/**
 * A package URL of npm: the scope's `@` is escaped.
 * @see https://github.com/package-url/purl-spec
 */
export function packageUrl(name: string, version: string): string {
  const path = name.split('/').map(encodeURIComponent).join('/');
  return `pkg:npm/${path}@${encodeURIComponent(version)}`;
}

/** Reads `pkg:npm/NAME@VERSION`, as the schema of descriptions lets it pass. */
export function parsePackageUrl(uri: string): { readonly name: string; readonly version: string } {
  const at = uri.lastIndexOf('@');
  return {
    name: decodeURIComponent(uri.slice('pkg:npm/'.length, at)),
    version: decodeURIComponent(uri.slice(at + 1)),
  };
}
