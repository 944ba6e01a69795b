import { sign, verify, type KeyObject } from 'node:crypto';
import { parseJsonBytes } from '#core/json/parse';
import { isArray, isObject, member, type JsonObject } from '#core/json/value';
import { Refused } from './service.ts';

/** A signed OIDC identity token (RFC 7519): ES256, compact. */
export function signIdToken(key: KeyObject, kid: string, claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ typ: 'JWT', alg: 'ES256', kid })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

/** What a relying party asks of a token. */
export interface Expectations {
  readonly issuer: string;
  readonly audience: string;
  /** Public keys by their `kid`. */
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly now: Date;
}

/** Octets of a token. */
const LONGEST = 16 * 1024;

/**
 * The claims of a token that is signed by one of the keys, by the issuer, for the audience, now.
 * @throws Refused in fixed words, without the token
 */
export function verifyIdToken(token: string, { issuer, audience, keys, now }: Expectations): JsonObject {
  const [header = '', payload = '', signature = '', ...more] = token.split('.');
  if (token.length > LONGEST || more.length > 0 || signature === '') unbelievable();
  const { alg, kid, crit } = objectIn(header);
  if (alg !== 'ES256' || typeof kid !== 'string' || crit !== undefined) return unbelievable();
  const key = keys.get(kid);
  if (key === undefined) return unbelievable();
  const isSigned = verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    { key, dsaEncoding: 'ieee-p1363' },
    bytesIn(signature),
  );
  if (!isSigned) unbelievable();
  const claims = objectIn(payload);
  const seconds = now.getTime() / 1000;
  const { iss, aud, exp, nbf } = claims;
  const audiences = isArray(aud) ? aud : [aud];
  if (iss !== issuer || !audiences.includes(audience)) unbelievable();
  if (typeof exp !== 'number' || exp <= seconds) unbelievable();
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf > seconds)) unbelievable();
  return claims;
}

/** A claim that must be there: a text, or a whole number as some issuers write identifiers. */
export function textClaim(claims: JsonObject, name: string): string | undefined {
  const value = member(claims, name);
  if (typeof value === 'number' && Number.isInteger(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function objectIn(part: string): JsonObject {
  try {
    const value = parseJsonBytes(bytesIn(part));
    if (isObject(value)) return value;
  } catch {
    // Whatever is wrong with it, none of it is repeated.
  }
  return unbelievable();
}

function bytesIn(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.toString('base64url') === part ? bytes : unbelievable();
}

/** Fulcio's words, which say nothing about the token. */
function unbelievable(): never {
  throw new Refused(400, 'There was an error processing the identity token');
}
