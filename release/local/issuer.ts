import { createPublicKey, randomUUID, type KeyObject } from 'node:crypto';
import type { Claims } from './claims.ts';
import { signIdToken } from './id-token.ts';
import { claimsOf, type Job } from './job.ts';
import { keyIdOf, type KeyRing } from './key-ring.ts';
import { json, Refused, type LocalAnswer, type LocalRequest } from './service.ts';

/** Seconds that a token is good for, as GitHub's are. */
const LIFETIME = 300;
/** Seconds before its issue from which a token is good, as GitHub's are. */
const EARLIER = 600;

const WELL_KNOWN = '/.well-known';
const TOKEN = '/oidc/token';

/** What a token says beside the claims of its job. */
export interface TokenOptions {
  /** Default: `sigstore`. */
  readonly audience?: string | undefined;
  readonly issuer?: string | undefined;
  readonly issuedAt?: Date | undefined;
  /** Seconds. */
  readonly lifetime?: number | undefined;
  readonly notBefore?: Date | undefined;
}

/**
 * An OIDC issuer that speaks for GitHub Actions: discovery, keys, and the endpoint where a running job asks for
 * its token.
 */
export class Issuer {
  readonly url: string;
  readonly #key: KeyObject;
  readonly #kid: string;
  readonly #clock: () => Date;
  /** Claims by what a job's requests are authorised with. */
  readonly #jobs = new Map<string, Claims>();

  constructor(url: string, keys: KeyRing, clock: () => Date) {
    this.url = url;
    this.#key = keys.handle('issuer');
    this.#kid = keyIdOf(keys.key('issuer').spki);
    this.#clock = clock;
  }

  /** Public keys by `kid`, as the key set has them. */
  get keys(): ReadonlyMap<string, KeyObject> {
    return new Map([[this.#kid, createPublicKey(this.#key)]]);
  }

  /**
   * Begins a job.
   * @returns the environment that GitHub gives to a job with `id-token: write`
   */
  begin(
    job: Job,
  ): Readonly<Record<'ACTIONS_ID_TOKEN_REQUEST_URL' | 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', string>> {
    const secret = randomUUID();
    this.#jobs.set(secret, claimsOf(job, this.url));
    return {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${this.url}${TOKEN}?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: secret,
    };
  }

  /** A token of a job. */
  token(job: Job, options: TokenOptions = {}): string {
    return this.#token(claimsOf(job, options.issuer ?? this.url), options);
  }

  #token(claims: Claims, { audience = 'sigstore', lifetime = LIFETIME, ...times }: TokenOptions): string {
    const issuedAt = Math.floor((times.issuedAt ?? this.#clock()).getTime() / 1000);
    const nbf = times.notBefore === undefined ? issuedAt - EARLIER : times.notBefore.getTime() / 1000;
    const [owner = ''] = claims.repository.split('/');
    return signIdToken(this.#key, this.#kid, {
      jti: randomUUID(),
      aud: audience,
      ...claims,
      actor: owner,
      actor_id: claims.repository_owner_id,
      base_ref: '',
      head_ref: '',
      ref_protected: 'false',
      ref_type: claims.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
      run_number: '1',
      iat: issuedAt,
      nbf,
      exp: issuedAt + lifetime,
    });
  }

  readonly answer = (request: LocalRequest): LocalAnswer | undefined => {
    if (request.path === `${WELL_KNOWN}/openid-configuration`) return json(this.#discovery());
    if (request.path === `${WELL_KNOWN}/jwks`) return json({ keys: [this.#jwk()] });
    return request.path === TOKEN ? this.#issue(request) : undefined;
  };

  #issue({ method, query, headers }: LocalRequest): LocalAnswer {
    if (method !== 'GET') throw new Refused(405, 'only GET');
    const [, secret = ''] = /^bearer (\S+)$/i.exec(headers['authorization'] ?? '') ?? [];
    const claims = this.#jobs.get(secret);
    if (claims === undefined) throw new Refused(401, 'no job asks with this');
    const audience = query.get('audience') ?? `https://github.com/${claims.repository_owner}`;
    const value = this.#token(claims, { audience });
    return json({ count: value.length, value });
  }

  #discovery(): object {
    return {
      issuer: this.url,
      jwks_uri: `${this.url}${WELL_KNOWN}/jwks`,
      subject_types_supported: ['public', 'pairwise'],
      response_types_supported: ['id_token'],
      claims_supported: [
        'sub',
        'aud',
        'exp',
        'iat',
        'iss',
        'jti',
        'nbf',
        ...Object.keys(claimsOf({}, this.url)),
      ],
      id_token_signing_alg_values_supported: ['ES256'],
      scopes_supported: ['openid'],
    };
  }

  #jwk(): object {
    const jwk = createPublicKey(this.#key).export({ format: 'jwk' });
    return { ...jwk, use: 'sig', alg: 'ES256', kid: this.#kid };
  }
}
