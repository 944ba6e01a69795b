import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EdgesealError, refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { isLoopback } from '#core/oci/origin';
import type { Store, Stored } from '../../store/store.ts';
import type { Wanted } from '../origins.ts';
import type { GoSumEntry } from './go-sum.ts';
import { hashMod, hashZip } from './hash1.ts';

const PUBLIC = `https://${['proxy', 'golang', 'org'].join('.')}`;

/**
 * Where Go has modules: its cache (`GOMODCACHE`, else `GOPATH` or `~/go`), and the proxies of `GOPROXY`. What stands
 * there as `direct` is left out: no version control is run.
 * @see https://go.dev/ref/mod#goproxy-protocol
 */
export class GoProxy {
  readonly #folders: readonly string[];
  readonly #proxies: readonly URL[];
  readonly #store: Store;

  /** @throws FLAG_VALUE_INVALID where GOPROXY names no proxy that is asked */
  constructor(env: Io['env'], store: Store) {
    const named = proxiesOf(env['GOPROXY']);
    this.#proxies = named.filter(({ protocol }) => protocol !== 'file:');
    const local = named.filter(({ protocol }) => protocol === 'file:').map((url) => fileURLToPath(url));
    const cache = moduleCache(env);
    this.#folders = [...(cache === undefined ? [] : [path.join(cache, 'cache/download')]), ...local];
    this.#store = store;
  }

  wanted({ module, version, what, h1 }: GoSumEntry): Wanted {
    const name = moduleUrl(module, version, what);
    const below = modulePath(module, version, what);
    const check = async ({ sha256 }: Stored): Promise<void> => {
      const bytes = await this.#store.read(sha256);
      const found = what === 'mod' ? hashMod(bytes) : hashOf(bytes, name, h1);
      if (found !== h1) mismatch(name, h1, `h1:${base64(found)}`);
    };
    return {
      name,
      digests: {},
      other: { algorithm: 'dirHash1', hex: h1, check },
      files: this.#folders.map((folder) => path.join(folder, below)),
      addresses: this.#proxies.map((proxy) => new URL(below, proxy)),
    };
  }
}

/** `example.com/!upper/@v/v1.2.3.zip`: capitals are escaped, for file systems that do not tell them apart. */
export function modulePath(module: string, version: string, what: GoSumEntry['what']): string {
  return `${escaped(module)}/@v/${escaped(version)}.${what}`;
}

/** A package URL of Go; of a go.mod alone, its subpath. */
export function moduleUrl(module: string, version: string, what: GoSumEntry['what']): string {
  const name = module.split('/').map(encodeURIComponent).join('/');
  return `pkg:golang/${name}@${encodeURIComponent(version)}${what === 'mod' ? '#go.mod' : ''}`;
}

function escaped(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}

function moduleCache(env: Io['env']): string | undefined {
  if (env['GOMODCACHE']) return env['GOMODCACHE'];
  const goPath = env['GOPATH']?.split(path.delimiter)[0] || (env['HOME'] && path.join(env['HOME'], 'go'));
  return goPath ? path.join(goPath, 'pkg/mod') : undefined;
}

function proxiesOf(text: string | undefined): readonly URL[] {
  const names = (text || PUBLIC).split(/[,|]/).map((name) => name.trim());
  const off = names.indexOf('off');
  return (off < 0 ? names : names.slice(0, off))
    .filter((name) => name !== '' && name !== 'direct')
    .map((name) => {
      const url = URL.canParse(name) ? new URL(name.endsWith('/') ? name : `${name}/`) : undefined;
      const isSafe =
        url?.protocol === 'https:' ||
        url?.protocol === 'file:' ||
        (url?.protocol === 'http:' && isLoopback(url.hostname));
      if (url !== undefined && isSafe && url.username === '' && url.password === '') return url;
      return refuse('FLAG_VALUE_INVALID', 'GOPROXY names no proxy that is asked', {
        expected: 'https: or file:, without a name and a password; direct and off',
        found: url === undefined ? 'no address' : `${url.protocol}//${url.host}`.slice(0, 200),
      });
    });
}

/** What is no archive at all is not the one that was asked for either. */
function hashOf(bytes: Uint8Array, name: string, h1: string): string {
  try {
    return hashZip(bytes, name);
  } catch (cause) {
    if (!(cause instanceof EdgesealError)) throw cause;
    return mismatch(name, h1, cause.message, cause);
  }
}

function mismatch(name: string, expected: string, found: string, cause?: unknown): never {
  return refuse('RELEASE_CONTENT_MISMATCH', `${JSON.stringify(name)} is not what go.sum says`, {
    expected: `h1:${base64(expected)}`,
    found,
    cause,
    hint: 'the module was changed after its version was published, or something on the way serves another',
  });
}

function base64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}
