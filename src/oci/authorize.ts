import { EdgesealError, refuse } from '#core/errors/error';
import { parseJsonBytes } from '#core/json/parse';
import { isObject, member } from '#core/json/value';
import { limits } from '#core/limits';
import type { Challenge } from './challenge.ts';
import type { Credentials } from './credentials.ts';
import type { HttpFetch } from './http.ts';
import { readBody } from './read-body.ts';
import type { Repository } from './reference.ts';

/** What is known when a registry asks who is there. */
export interface AuthorizeInput {
  readonly challenges: readonly Challenge[];
  readonly repository: Repository;
  readonly credentials: Credentials | undefined;
  readonly fetch: HttpFetch;
  /** What the token is asked for. */
  readonly actions: 'pull' | 'pull,push';
  /** Milliseconds for the token service. */
  readonly within: number;
  /** Whether a token service at this address may be asked, and given the credentials. */
  readonly mayAsk: (realm: URL) => boolean;
}

const CLIENT = 'edgeseal';
const TOKEN = /^[\x21-\x7e]{1,65536}$/;

/**
 * The `Authorization` header that answers the challenges: bearer before basic. The token is asked for this
 * one repository and these actions (without a path: for the registry's catalog), whatever the challenge says.
 * @see https://distribution.github.io/distribution/spec/auth/token/
 * @throws REGISTRY_UNAUTHORISED, REGISTRY_INSECURE, REGISTRY_TIMEOUT, NETWORK_UNAVAILABLE, REGISTRY_UNAVAILABLE
 */
export async function authorize(input: AuthorizeInput): Promise<string> {
  const { challenges, credentials, repository } = input;
  if (credentials?.kind === 'bearer') return `Bearer ${headerSafe(credentials.token, repository)}`;
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
  if (bearer !== undefined) return `Bearer ${await fetchToken(bearer, input)}`;
  const wantsBasic = challenges.some(({ scheme }) => scheme === 'basic');
  if (wantsBasic && credentials?.kind === 'basic') return basic(credentials);
  return refuse('REGISTRY_UNAUTHORISED', `${repository.registry} asks for credentials`, {
    expected: 'credentials in the docker configuration, or flags with them',
    found: wantsBasic ? 'none for this registry' : 'a challenge of an unknown kind',
    hint: `docker login ${repository.registry}`,
  });
}

async function fetchToken(challenge: Challenge, input: AuthorizeInput): Promise<string> {
  const { repository, credentials, within, actions } = input;
  const realm = realmOf(challenge, input);
  const service = challenge.parameters.get('service');
  const scope = repository.path === '' ? 'registry:catalog:*' : `repository:${repository.path}:${actions}`;
  const fields = new URLSearchParams();
  if (service !== undefined) fields.set('service', service);
  fields.set('scope', scope);
  const headers = { accept: 'application/json', 'user-agent': CLIENT };
  let response;
  if (credentials?.kind === 'identity-token') {
    fields.set('grant_type', 'refresh_token');
    fields.set('client_id', CLIENT);
    fields.set('refresh_token', credentials.token);
    const type = 'application/x-www-form-urlencoded';
    const body = fields.toString();
    response = await input.fetch({
      method: 'POST',
      url: realm,
      headers: { ...headers, 'content-type': type },
      body,
      within,
    });
  } else {
    for (const [name, value] of fields) realm.searchParams.append(name, value);
    const authorization = credentials?.kind === 'basic' ? { authorization: basic(credentials) } : {};
    response = await input.fetch({
      method: 'GET',
      url: realm,
      headers: { ...headers, ...authorization },
      within,
    });
  }
  if (response.status !== 200) {
    response.discard();
    return refusedToken(response.status, repository, credentials !== undefined);
  }
  const bytes = await readBody(response, { name: 'the token', limit: limits.registryAnswer });
  return tokenIn(bytes, repository);
}

/** Where the token is asked for: not just anywhere, for the credentials go there. */
function realmOf({ parameters }: Challenge, { repository, mayAsk }: AuthorizeInput): URL {
  const text = parameters.get('realm') ?? '';
  const realm = URL.canParse(text) ? new URL(text) : undefined;
  if (realm === undefined || realm.username !== '' || realm.password !== '') {
    return refuse('REGISTRY_UNAUTHORISED', `${repository.registry} names no token service`, {
      expected: 'a realm that is a URL',
      found: JSON.stringify(text.slice(0, 200)),
    });
  }
  if (!mayAsk(realm)) {
    return refuse('REGISTRY_INSECURE', `${repository.registry} names a token service without TLS`, {
      expected: 'https:',
      found: JSON.stringify(`${realm.protocol}//${realm.host}`.slice(0, 200)),
      hint: 'credentials are never sent there; tell who runs the registry',
    });
  }
  return realm;
}

function tokenIn(bytes: Uint8Array, repository: Repository): string {
  let token;
  try {
    const answer = parseJsonBytes(bytes, 'the token');
    if (isObject(answer)) token = member(answer, 'token') ?? member(answer, 'access_token');
  } catch (cause) {
    if (!(cause instanceof EdgesealError)) throw cause;
  }
  return headerSafe(typeof token === 'string' ? token : '', repository);
}

function headerSafe(token: string, { registry }: Repository): string {
  if (TOKEN.test(token)) return token;
  return refuse('REGISTRY_UNAUTHORISED', `the token for ${registry} is not one`, {
    expected: 'visible ASCII characters',
    found: token === '' ? 'nothing' : 'others',
  });
}

function refusedToken(status: number, { registry, path }: Repository, known: boolean): never {
  const found = `HTTP ${status}`;
  if (status >= 500 || status === 429) {
    const code = status === 429 ? 'REGISTRY_RATE_LIMITED' : 'REGISTRY_UNAVAILABLE';
    return refuse(code, `the token service of ${registry} does not answer`, {
      found,
      hint: 'try again later',
    });
  }
  if (status >= 300 && status < 400) {
    return refuse('REGISTRY_REDIRECT_REFUSED', `the token service of ${registry} redirects`, {
      expected: 'a token',
      found,
      hint: 'credentials do not follow a redirect',
    });
  }
  return refuse('REGISTRY_UNAUTHORISED', `${registry} gives no token for ${JSON.stringify(path)}`, {
    found,
    hint: known ? 'the credentials are not accepted: docker login again' : `docker login ${registry}`,
  });
}

function basic({ username, password }: Credentials & { readonly kind: 'basic' }): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}
