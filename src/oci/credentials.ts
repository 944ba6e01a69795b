import { decodeUtf8 } from '#core/bytes/utf8';
import { EdgesealError, refuse } from '#core/errors/error';
import { parseJson, parseJsonBytes } from '#core/json/parse';
import { optionalStringAt, type Where } from '#core/json/shape';
import { isObject, member, type JsonObject } from '#core/json/value';
import type { Repository } from './reference.ts';

/** What a registry knows its user by. */
export type Credentials =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  /** A refresh token for the registry's token service. */
  | { readonly kind: 'identity-token'; readonly token: string }
  /** Sent as it is. */
  | { readonly kind: 'bearer'; readonly token: string };

/** Finds the credentials for a repository; none means that it is asked without. */
export type FindCredentials = (repository: Repository) => Promise<Credentials | undefined>;

/** Runs `docker-credential-NAME get` with the registry on standard input. */
export type RunHelper = (
  name: string,
  input: string,
) => Promise<{ readonly status: number; readonly stdout: Uint8Array }>;

const WHERE: Where = { code: 'CREDENTIALS_UNAVAILABLE', path: '' };
const HELPER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** The name that Docker's own tools store Docker Hub's credentials under. */
export const DOCKER_HUB_KEY = 'https://index.docker.io/v1/';
const NOT_FOUND = /credentials not found|no credentials server URL|not found in native keychain/i;

/**
 * The credentials that a docker configuration has for a repository: the helper of its registry, else an entry
 * for it or for a part of its path, else the common store.
 * @param bytes of config.json
 * @throws CREDENTIALS_UNAVAILABLE
 * @see https://docs.docker.com/reference/cli/docker/login/#credential-stores
 */
export function dockerCredentials(bytes: Uint8Array, name: string, run: RunHelper): FindCredentials {
  const config = readConfig(bytes, name);
  return async (repository) => {
    const helpers = member(config, 'credHelpers');
    const own = isObject(helpers) ? member(helpers, repository.registry) : undefined;
    if (typeof own === 'string') return fromHelper(own, keyOf(repository), run);
    const entry = entryFor(config, repository);
    const found = entry === undefined ? undefined : fromEntry(entry, name);
    if (found !== undefined) return found;
    const store = optionalStringAt(config, 'credsStore', WHERE);
    return store === undefined || store === '' ? undefined : fromHelper(store, keyOf(repository), run);
  };
}

function readConfig(bytes: Uint8Array, name: string): JsonObject {
  try {
    const value = parseJsonBytes(bytes, name);
    if (isObject(value)) return value;
  } catch (cause) {
    if (!(cause instanceof EdgesealError)) throw cause;
    return unreadable(name, cause.message);
  }
  return unreadable(name, 'another value than an object');
}

function keyOf({ registry }: Repository): string {
  return registry === 'index.docker.io' ? DOCKER_HUB_KEY : registry;
}

/** The entry that names most of the repository: `host/a/b` before `host/a` before `host`. */
function entryFor(config: JsonObject, { registry, path }: Repository): JsonObject | undefined {
  const auths = member(config, 'auths');
  if (!isObject(auths)) return undefined;
  const byPlace = new Map(Object.keys(auths).map((key) => [placeOf(key), key]));
  const parts = [registry, ...path.split('/')];
  for (let count = parts.length; count > 0; count--) {
    const key = byPlace.get(parts.slice(0, count).join('/'));
    const entry = key === undefined ? undefined : member(auths, key);
    if (isObject(entry)) return entry;
  }
  return undefined;
}

/** A key without scheme and without the API's version, which older tools wrote. */
function placeOf(key: string): string {
  const bare = key.replace(/^https?:\/\//, '').replace(/\/+$/, '');
  const place = bare.replace(/\/v[12]$/, '');
  return place === 'docker.io' || place === 'registry-1.docker.io' ? 'index.docker.io' : place;
}

function fromEntry(entry: JsonObject, name: string): Credentials | undefined {
  const registryToken = optionalStringAt(entry, 'registrytoken', WHERE);
  if (registryToken) return { kind: 'bearer', token: registryToken };
  const identityToken = optionalStringAt(entry, 'identitytoken', WHERE);
  if (identityToken) return { kind: 'identity-token', token: identityToken };
  const auth = optionalStringAt(entry, 'auth', WHERE);
  if (auth) {
    const text = Buffer.from(auth, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon < 1) return unreadable(name, 'an "auth" that is not base64 of NAME:PASSWORD');
    return {
      kind: 'basic',
      username: text.slice(0, colon),
      password: text.slice(colon + 1).replace(/\0+$/, ''),
    };
  }
  const username = optionalStringAt(entry, 'username', WHERE);
  const password = optionalStringAt(entry, 'password', WHERE);
  return username && password ? { kind: 'basic', username, password } : undefined;
}

async function fromHelper(helper: string, key: string, run: RunHelper): Promise<Credentials | undefined> {
  if (!HELPER.test(helper)) return failed(helper, 'a name with other characters');
  const { status, stdout } = await run(`docker-credential-${helper}`, `${key}\n`);
  let text = '';
  try {
    text = decodeUtf8(stdout, 'its answer');
    if (status !== 0) {
      // What helpers write when they know nothing of this registry: asked without credentials then.
      return NOT_FOUND.test(text) ? undefined : failed(helper, `exit code ${status}`);
    }
    const answer = parseJson(text, 'its answer');
    const username = isObject(answer) ? member(answer, 'Username') : undefined;
    const secret = isObject(answer) ? member(answer, 'Secret') : undefined;
    if (typeof username !== 'string' || typeof secret !== 'string')
      return failed(helper, 'an answer without Username and Secret');
    if (username === '<token>') return { kind: 'identity-token', token: secret };
    return { kind: 'basic', username, password: secret };
  } catch (cause) {
    if (cause instanceof EdgesealError && cause.code === 'CREDENTIALS_UNAVAILABLE') throw cause;
    return failed(helper, 'an answer that is not JSON');
  }
}

/** Neither message shows what was read: it may be a secret. */
function unreadable(name: string, found: string): never {
  return refuse('CREDENTIALS_UNAVAILABLE', `${JSON.stringify(name)} is not a docker configuration`, {
    expected: 'JSON as docker login writes it',
    found,
    hint: 'log in again, or name another folder by DOCKER_CONFIG',
  });
}

function failed(helper: string, found: string): never {
  return refuse(
    'CREDENTIALS_UNAVAILABLE',
    `the credential helper ${JSON.stringify(helper.slice(0, 80))} failed`,
    {
      expected: 'a Username and a Secret, as JSON',
      found,
      hint: 'call it by hand: echo REGISTRY | docker-credential-NAME get',
    },
  );
}
