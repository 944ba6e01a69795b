import { decodeUtf8 } from '#core/bytes/utf8';
import { refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { parseJsonBytes } from '#core/json/parse';
import { isObject, member } from '#core/json/value';
import { limits } from '#core/limits';
import type { HttpFetch } from '#core/oci/http';
import { readBody } from '#core/oci/read-body';
import { retryAfter } from '#core/oci/retry-after';
import { AUDIENCE } from './identity.ts';
import { AttemptError, type Insist } from './insist.ts';
import type { Secrets } from './secrets.ts';

/** Gives an identity token whenever one is needed: a new one where its issuer can be asked. */
export type TokenSource = () => Promise<string>;

/** Where tokens may come from. */
export interface TokenWorld {
  readonly env: Io['env'];
  readonly files: Pick<Io['files'], 'read'>;
  readonly fetch: HttpFetch;
  readonly insist: Insist;
  /** Gets everything that must not be shown. */
  readonly secrets: Secrets;
}

const URL_VARIABLE = 'ACTIONS_ID_TOKEN_REQUEST_URL';
const TOKEN_VARIABLE = 'ACTIONS_ID_TOKEN_REQUEST_TOKEN';
const FIXED_VARIABLE = 'SIGSTORE_ID_TOKEN';
const LONGEST = 64 * 1024;

/**
 * From a file, from `SIGSTORE_ID_TOKEN`, else from GitHub, which is asked anew each time.
 * @param file the value of `--identity-token`
 * @throws IDENTITY_TOKEN_MISSING
 */
export function tokenSource(world: TokenWorld, file: string | undefined): TokenSource {
  const { env, secrets } = world;
  const shy = (token: string): string => {
    secrets.add(token);
    return token;
  };
  if (file !== undefined) {
    return async () => shy(decodeUtf8(world.files.read(file, LONGEST), 'the identity token').trim());
  }
  const fixed = env[FIXED_VARIABLE];
  if (fixed !== undefined && fixed !== '') return async () => shy(fixed.trim());
  const address = env[URL_VARIABLE];
  const grant = env[TOKEN_VARIABLE];
  if (address !== undefined && address !== '' && grant !== undefined && grant !== '') {
    secrets.add(grant);
    const url = requestAddress(address);
    return async () => shy(await askGithub(world, url, grant));
  }
  return refuse('IDENTITY_TOKEN_MISSING', 'nothing says who signs', {
    expected: `${URL_VARIABLE} and ${TOKEN_VARIABLE} (GitHub's), ${FIXED_VARIABLE}, or --identity-token FILE`,
    found: 'none of them',
    hint: 'in a workflow of GitHub: permissions: id-token: write; for a trial: edgeseal-release local up',
  });
}

function requestAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHere = url !== undefined && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url !== undefined && (url.protocol === 'https:' || (isHere && url.protocol === 'http:'))) {
    url.searchParams.set('audience', AUDIENCE);
    return url;
  }
  return refuse(
    'IDENTITY_TOKEN_MISSING',
    `${URL_VARIABLE} is not an address that a token can be asked from`,
    {
      expected: 'https://..., or http: on this machine',
      found: url === undefined ? 'no address' : JSON.stringify(`${url.protocol}//${url.host}`.slice(0, 200)),
    },
  );
}

async function askGithub({ fetch, insist }: TokenWorld, url: URL, grant: string): Promise<string> {
  return insist({ what: 'the token issuer', url: url.origin, exchange: 10_000 }, async (within) => {
    const response = await fetch({
      method: 'GET',
      url,
      headers: { accept: 'application/json', authorization: `Bearer ${grant}`, 'user-agent': 'edgeseal' },
      within,
    });
    if (response.status !== 200) {
      response.discard();
      throw new AttemptError(response.status, retryAfter(response));
    }
    const answer = parseJsonBytes(
      await readBody(response, { name: 'the answer', limit: limits.registryAnswer }),
    );
    const token = isObject(answer) ? member(answer, 'value') : undefined;
    if (typeof token === 'string' && token !== '') return token;
    throw new AttemptError(undefined, undefined);
  });
}
