import { parseJsonBytes } from '#core/json/parse';
import { isObject, member, type JsonObject } from '#core/json/value';
import type { PublicKey } from '#core/crypto/public-key';
import type { Authority } from './authority.ts';
import { readClaims, type Claims } from './claims.ts';
import type { CtLog } from './ct-log.ts';
import { nullValue, pem } from './der.ts';
import { verifyIdToken } from './id-token.ts';
import type { Issuer } from './issuer.ts';
import { leafRequest } from './leaf-request.ts';
import { provenKey } from './possession.ts';
import { sctListExtension, serialisedSct } from './sct.ts';
import {
  grpcGateway,
  json,
  orRefuse,
  Refused,
  type LocalAnswer,
  type LocalRequest,
  type Service,
} from './service.ts';
import { extensionOids, issueCertificate } from './x509.ts';

const AUDIENCE = 'sigstore';

const BAD_REQUEST = 'the request is not JSON of a CreateSigningCertificateRequest';

export interface FulcioParts {
  readonly authority: Authority;
  readonly ctLog: CtLog;
  readonly issuer: Issuer;
  readonly clock: () => Date;
}

/** A certificate authority that speaks Fulcio's API v2, for the tokens of one issuer of GitHub's kind. */
export function fulcioService(parts: FulcioParts): Service {
  return grpcGateway(({ method, path, ...request }) => {
    if (path === '/api/v2/signingCert' && method === 'POST') return sign(parts, request);
    if (method !== 'GET') return undefined;
    if (path === '/api/v2/trustBundle')
      return json({ chains: [{ certificates: pems(parts.authority.chain) }] });
    return path === '/api/v2/configuration' ? json(configuration(parts.issuer)) : undefined;
  });
}

function sign(parts: FulcioParts, { headers, body }: Pick<LocalRequest, 'headers' | 'body'>): LocalAnswer {
  const request = orRefuse(BAD_REQUEST, () => parseJsonBytes(body));
  if (!isObject(request)) throw new Refused(400, BAD_REQUEST);
  const token = verifyIdToken(tokenIn(request, headers), {
    issuer: parts.issuer.url,
    audience: AUDIENCE,
    keys: parts.issuer.keys,
    now: parts.clock(),
  });
  const claims = readClaims(token, () => {
    throw new Refused(400, 'There was an error processing the identity token');
  });
  const certificate = issue(parts, claims, provenKey(request, claims.sub));
  const certificates = pems([certificate, ...parts.authority.chain]);
  return json({ signedCertificateEmbeddedSct: { chain: { certificates } } });
}

/** In the request, as most clients have it, or in the header. */
function tokenIn(request: JsonObject, headers: LocalRequest['headers']): string {
  const credentials = member(request, 'credentials');
  const inside = isObject(credentials) ? member(credentials, 'oidcIdentityToken') : undefined;
  if (typeof inside === 'string' && inside !== '') return inside;
  const [, token = ''] = /^bearer (\S+)$/i.exec(headers['authorization'] ?? '') ?? [];
  return token;
}

/** A leaf as Fulcio issues it: a precertificate for the CT log, then the same with the log's promise. */
function issue({ authority, ctLog, clock }: FulcioParts, claims: Claims, key: PublicKey): Buffer {
  const request = leafRequest(authority, claims, key.spki, clock());
  const poison = { oid: extensionOids.precertificatePoison, critical: true, value: nullValue() };
  const precertificate = issueCertificate({ ...request, extensions: [...request.extensions, poison] });
  const promised = ctLog.addPreChain([precertificate, ...authority.chain]);
  const sct = serialisedSct(ctLog, promised);
  return issueCertificate({ ...request, extensions: [...request.extensions, sctListExtension([sct])] });
}

const pems = (chain: readonly Uint8Array[]): readonly string[] => chain.map((der) => pem('CERTIFICATE', der));

function configuration(issuer: Issuer): object {
  return {
    issuers: [
      {
        issuerUrl: issuer.url,
        audience: AUDIENCE,
        challengeClaim: 'sub',
        spiffeTrustDomain: '',
        issuerType: 'github-workflow',
        subjectDomain: '',
        skipEmailVerification: false,
      },
    ],
  };
}
