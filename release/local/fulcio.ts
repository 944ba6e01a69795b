import { randomBytes } from 'node:crypto';
import { parseJsonBytes } from '#core/json/parse';
import { isObject, member, type JsonObject } from '#core/json/value';
import type { PublicKey } from '#core/crypto/public-key';
import type { Authority } from './authority.ts';
import { identityOf, type Claims } from './claims.ts';
import type { CtLog } from './ct-log.ts';
import { nullValue, pem } from './der.ts';
import { claimExtensions } from './fulcio-extensions.ts';
import { textClaim, verifyIdToken } from './id-token.ts';
import type { Issuer } from './issuer.ts';
import { leafExtensions } from './leaf.ts';
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
import { extensionOids, issueCertificate, serialFrom, type CertificateRequest } from './x509.ts';

/** Milliseconds that a certificate is good for. */
const LIFETIME = 600_000;

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
  const claims = claimsIn(
    verifyIdToken(tokenIn(request, headers), {
      issuer: parts.issuer.url,
      audience: AUDIENCE,
      keys: parts.issuer.keys,
      now: parts.clock(),
    }),
  );
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

/** The claims that Fulcio wants of GitHub's tokens: all of them, but for the environment, which few jobs have. */
function claimsIn(token: JsonObject): Claims {
  const claim = (name: keyof Claims): string => {
    const value = textClaim(token, name);
    if (value === undefined) throw new Refused(400, 'There was an error processing the identity token');
    return value;
  };
  return {
    iss: claim('iss'),
    sub: claim('sub'),
    event_name: claim('event_name'),
    sha: claim('sha'),
    workflow: claim('workflow'),
    repository: claim('repository'),
    ref: claim('ref'),
    job_workflow_ref: claim('job_workflow_ref'),
    job_workflow_sha: claim('job_workflow_sha'),
    runner_environment: claim('runner_environment'),
    repository_id: claim('repository_id'),
    repository_owner: claim('repository_owner'),
    repository_owner_id: claim('repository_owner_id'),
    workflow_ref: claim('workflow_ref'),
    workflow_sha: claim('workflow_sha'),
    run_id: claim('run_id'),
    run_attempt: claim('run_attempt'),
    repository_visibility: claim('repository_visibility'),
    environment: textClaim(token, 'environment'),
  };
}

/** A leaf as Fulcio issues it: a precertificate for the CT log, then the same with the log's promise. */
function issue({ authority, ctLog, clock }: FulcioParts, claims: Claims, key: PublicKey): Buffer {
  const now = clock();
  const request: CertificateRequest = {
    subject: {},
    subjectSpki: key.spki,
    issuer: authority.name,
    issuerKey: authority.key,
    notBefore: now,
    notAfter: new Date(now.getTime() + LIFETIME),
    serial: serialFrom(randomBytes(20)),
    extensions: leafExtensions({
      spki: key.spki,
      issuerSpki: authority.key.spki,
      sans: [{ type: 'uri', value: identityOf(claims) }],
      extensions: claimExtensions(claims),
    }),
  };
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
